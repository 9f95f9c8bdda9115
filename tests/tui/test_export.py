"""A row into the clipboard, a table into a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.screens import until, until_gone, until_shown

from mftui.errors import UsageError
from mftui.tui.app import MftuiApp
from mftui.tui.base.file_texts import as_csv, as_json, file_name
from mftui.tui.dialogs.export_table import write_file

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "＝1"])
def test_no_text_becomes_a_formula_in_a_spreadsheet(text: str):
    (_, (cell, number)) = csv.reader(io.StringIO(as_csv(["a", "b"], [[text, -0.5]]), newline=""))
    assert cell == f"'{text}"
    assert number == "-0.5"


def test_json_keeps_texts_as_they_are():
    assert json.loads(as_json(["Movie id", "Title"], [[3, "=1+1"]])) == [{"movie_id": 3, "title": "=1+1"}]


def test_a_files_name_comes_from_the_caption():
    assert file_name("Neighbours of Amélie /../ (2001)", ".csv") == "neighbours-of-amelie-2001.csv"
    assert file_name("千と", ".csv") == "table.csv"


def test_another_format_or_place_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="no known format"):
        write_file(tmp_path / "a.xlsx", {".csv": str})
    with pytest.raises(UsageError, match="cannot be written"):
        write_file(tmp_path / "nowhere" / "a.csv", {".csv": str})


@pytest.mark.long
@pytest.mark.parametrize(("name", "titles"), [("m.csv", TITLES), ("m.json", TITLES), ("h.csv", HOSTILE)])
async def test_e_writes_all_rows_of_the_table(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch, name: str, titles: tuple[str, ...]
):
    toy_run(home, toy_factors(titles))
    monkeypatch.chdir(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("e")
        await until_shown(pilot, "Export: Most rated movies")
        await pilot.press("ctrl+a", "ctrl+k", *name, "enter")
        await until_gone(pilot, "Export:")
    text = (home / name).read_text(encoding="utf-8")
    rows = json.loads(text) if name.endswith("json") else list(csv.DictReader((home / name).open(newline="")))
    found = [row["title" if name.endswith("json") else "Title"].removeprefix("'") for row in rows]
    assert sorted(found) == sorted(titles)
    if name == "m.json":
        assert rows[0].keys() == {
            "title",
            "genres",
            "ratings",
            "mean",
            "bias",
            "year",
            "movie_id",
            "imdb_id",
            "tmdb_id",
        }
        assert isinstance(rows[0]["mean"], float)


async def test_a_file_that_is_there_is_replaced_only_at_a_second_enter(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    toy_run(home)
    monkeypatch.chdir(home)
    (home / "most-rated-movies.csv").write_text("mine")
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("e")
        await until_shown(pilot, "most-rated-movies-2.csv")  # a name that is free
        await pilot.press("ctrl+a", "ctrl+k", *"most-rated-movies.csv", "enter")
        await until_shown(pilot, "already exists")
        assert (home / "most-rated-movies.csv").read_text() == "mine"
        await pilot.press("enter")
        await until_gone(pilot, "Export:")
    assert "Toy Story" in (home / "most-rated-movies.csv").read_text()


async def test_y_copies_the_row_with_nothing_a_terminal_would_obey(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(HOSTILE))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        for _ in HOSTILE:
            await pilot.press("y", "j")
            assert "\x1b" not in app.clipboard and "\n" not in app.clipboard
            assert len(app.clipboard.split("\t")) == 9
        await until(pilot, lambda: app._notifications, "what was copied")


async def test_an_empty_table_has_nothing_to_copy_or_export(make_app: MakeApp):
    async with make_app().run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("2", "y")
        await until_shown(pilot, "no row to copy")
        await pilot.press("e")
        await until_shown(pilot, "nothing to export")
