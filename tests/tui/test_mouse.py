"""The mouse: rows, column heads, screens and keys can be clicked; and it can be turned off."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown, until_still
from helpers.terminal import Terminal
from textual.pilot import Pilot

from mftui.engine.query.recommend import recommend
from mftui.tui.app import MftuiApp

COMMAND = [sys.executable, "-m", "mftui"]
SIZE = (120, 40)
MakeApp = Callable[..., MftuiApp]


async def click_on(pilot: Pilot[Any], text: str) -> None:
    """Click where `text` is first shown."""
    await until_shown(pilot, text)
    await until_still(pilot)
    lines = shown(pilot.app).splitlines()
    y = next(y for y, line in enumerate(lines) if text in line)
    await pilot.click(offset=(lines[y].index(text) + 1, y))


async def test_screens_and_keys_can_be_clicked(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await click_on(pilot, "2 Movies")
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        await click_on(pilot, "f Filter")
        await until_shown(pilot, "min. ratings")
        await click_on(pilot, "esc Cancel")
        await until_gone(pilot, "min. ratings")


@pytest.mark.parametrize(("column", "order"), [("Title", "by title"), ("Mean", "by mean"), ("Bias", "by bias")])
async def test_a_column_head_sorts_movies_and_again_the_other_way_round(
    make_app: MakeApp, home: Path, column: str, order: str
):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")  # all panes are in their places
        await click_on(pilot, column)
        await until_shown(pilot, f"{order} {'▴' if column == 'Title' else '▾'}")
        await click_on(pilot, column)
        await until_shown(pilot, f"{order} {'▾' if column == 'Title' else '▴'}")


async def test_a_column_head_sorts_a_users_ratings(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "type a user's id")
        await pilot.press("right_square_bracket")
        await click_on(pilot, "Error")
        await until_shown(pilot, "by error")
        await click_on(pilot, "Error")
        await until_shown(pilot, "by error, rever")
        await click_on(pilot, "Like")
        await until_shown(pilot, "by error, rever")


async def test_a_click_moves_to_a_row_and_a_second_opens_it(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await click_on(pilot, "Heat (1995)       ")
        await until_shown(pilot, "Neighbours of Heat")
        await click_on(pilot, "Heat (1995)       ")
        await until(pilot, lambda: app.focused and app.focused.id == "neighbours", "the neighbours")


async def test_rows_of_lists_dialogs_and_help_can_be_clicked(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await click_on(pilot, "recipe  ")
        await click_on(pilot, "recipe  ")
        await click_on(pilot, "the post's dense")
        await click_on(pilot, "the post's dense")
        await until_shown(pilot, "recipe        post2019")
        await pilot.press("question_mark")
        await click_on(pilot, "Log scale")
        await until_shown(pilot, "Logarithmic values, or plain ones.")
        await pilot.press("escape", "3", "p")
        await click_on(pilot, "3         ")
        await click_on(pilot, "3         ")
        await until_shown(pilot, "Recommended to user 3")
        assert len(app.screen_stack) == 1


async def test_a_film_of_a_user_is_opened_and_escape_comes_back(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    best = factors.movies.titles[recommend(factors, 6, 1).movies[0]]
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter", "l")
        await until_shown(pilot, "Recommended to user 7")
        await click_on(pilot, f"{best}")
        await until_shown(pilot, "From Users")
        await until_shown(pilot, f"Neighbours of {best[:20]}")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "users", "Users")
        await until_shown(pilot, "Recommended to user 7")


def test_a_real_terminal_s_clicks_arrive(home: Path):
    with Terminal(COMMAND, {"MFTUI_HOME": str(home), "MFTUI_STANDBY": "0"}) as terminal:
        terminal.until("t: train on the sample")
        terminal.press("\x1b[<0;20;1M", "\x1b[<0;20;1m")
        terminal.until("words of a title")
    assert b"\x1b[?1000h" in terminal.written


@pytest.mark.parametrize(
    ("options", "environ"), [(["--no-mouse"], {}), ([], {"MFTUI_MOUSE": "off"})], ids=["option", "variable"]
)
def test_without_the_mouse_the_terminal_is_not_asked_for_clicks(
    home: Path, options: list[str], environ: dict[str, str]
):
    environ = {"MFTUI_HOME": str(home), "MFTUI_STANDBY": "0"} | environ
    with Terminal([*COMMAND, *options], environ) as terminal:
        terminal.until("t: train on the sample")
        terminal.press("2")
        terminal.until("words of a title")
    assert not any(b"\x1b[?%dh" % mode in terminal.written for mode in (1000, 1002, 1003, 1006, 1015))
