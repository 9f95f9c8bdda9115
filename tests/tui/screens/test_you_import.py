"""You: ratings from a file, shown as they were read before they are saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.ratings_files import write
from helpers.screens import shown, until_gone, until_shown
from helpers.you import MakeApp, given, opened
from textual.pilot import Pilot

SIZE = (100, 40)


async def ask(pilot: Pilot[None], *fields: str) -> None:
    """Fill in the dialog, field by field."""
    await until_shown(pilot, "not rated")
    for at, text in enumerate(fields):
        if text:
            await pilot.press("home", "ctrl+k", *(_KEYS.get(letter, letter) for letter in text))
        await pilot.press("enter" if at == len(fields) - 1 else "tab")


_KEYS = {
    "/": "slash",
    ".": "full_stop",
    "=": "equals_sign",
    ",": "comma",
    "_": "underscore",
    "-": "minus",
    " ": "space",
}


async def test_a_file_is_shown_as_it_was_read_and_saved(make_app: MakeApp, home: Path):
    toy_run(home)
    file = write(home / "r.csv", "Const,Your Rating,Title,Year\ntt1,9,Toy Story,1995\ntt2,3,Hete,1995\n")
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("a")
        await ask(pilot, str(file), "", "", "", "")
        await until_shown(pilot, "Yes, both")
        screen = " ".join(shown(pilot.app).replace("│", " ").split())
        assert (
            "rating = Your Rating" in screen
            and "Not found (1), kept for a model that has them: Hete (1995)" in screen
            and "The first, in stars: " in screen
        )
        assert given() == {}
        await pilot.press("b")
        await until_shown(pilot, "imported 2 ratings")
        assert given() == {"Toy Story (1995)": 4.5, "Hete (1995)": 1.5}
        assert "Hete" in (home / "r-not-found.csv").read_text()
        await pilot.press("u")
        await until_shown(pilot, "undone")
        assert given() == {}


@pytest.mark.long
async def test_of_several_people_one_is_asked_for_and_columns_can_be_said(make_app: MakeApp, home: Path):
    toy_run(home)
    file = write(home / "r.csv", "wer,was,wie\nkim,Toy Story (1995),5\nlee,Toy Story (1995),1\nkim,Heat (1995),0\n")
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("a")
        await ask(pilot, str(file), "", "", "", "")
        await until_shown(pilot, "needs a movie and a rating column")
        await ask(pilot, "", "title=was,rating=wie,user=wer", "", "", "")
        await until_shown(pilot, "Say whose to take")
        assert "Say whose to take." in shown(pilot.app)
        await ask(pilot, "", "", "0", "kim", "")
        await until_shown(pilot, "Import them; u undoes it")
        await pilot.press("c")
        await until_shown(pilot, "Read otherwise")
        await pilot.press("escape")
        await until_gone(pilot, "Read otherwise")
        assert given() == {}


async def test_all_ratings_of_a_file_are_accounted_for(make_app: MakeApp, home: Path):
    toy_run(home)
    file = write(home / "r.csv", "Title,Year,Rating\nToy Story,1995,9\nToy Story,1995,7\nHete,1995,3\n")
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("a")
        await ask(pilot, str(file), "", "", "", "")
        await until_shown(pilot, "Yes, both")
        said = " ".join(" ".join(line.split("│")[1] for line in shown(pilot.app).splitlines() if "│" in line).split())
        assert "1 of 3 ratings found; 1 replaced by a later one of the same film." in said
        assert "Not found (1), kept for a model that has them: Hete (1995)." in said
