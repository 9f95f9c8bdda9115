"""Runs, `w`: the model written from the app, or a page about it, by a process beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import pytest
from helpers.finished import make_run
from helpers.screens import until, until_gone, until_shown

from mftui.tui.app import MftuiApp

MakeApp = Callable[..., MftuiApp]
SIZE = (100, 30)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where mftui was started."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def told(app: MftuiApp, words: str) -> bool:
    return any(words in str(toast.message) for toast in app._notifications)


@pytest.mark.timeout(300)
async def test_a_model_and_a_report_are_written_where_they_are_wanted(make_app: MakeApp, home: Path, here: Path):
    run = make_run(home, "one", 1)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "one")
        await pilot.press("e")
        await until_shown(pilot, "Export one as")
        await pilot.press("h")
        await until_shown(pilot, "one.h5")
        await pilot.press("enter")
        await until(pilot, lambda: told(app, "one: written to"), "that it was written")
        await pilot.press("e")
        await until_shown(pilot, "Export one as")
        await pilot.press("r")
        await until_shown(pilot, "one.html")
        await pilot.press("enter")
        await until(pilot, (here / "one.html").is_file, "the report")
    with h5py.File(here / "one.h5") as file:
        assert file["U"].shape == run.load_factors().parameters.user_factors.shape
    assert run.id in (here / "one.html").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_what_cannot_be_written_is_said(make_app: MakeApp, home: Path, here: Path):
    make_run(home, "one", 1)
    (here / "one-csv").mkdir()
    (here / "one-csv" / "mine.txt").write_text("mine")
    (here / "one.h5").write_text("mine")
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "one")
        await pilot.press("e")
        await until_shown(pilot, "Export one as")
        await pilot.press("h")
        await until_shown(pilot, "one.h5 already exists")
        await pilot.press("escape")
        await until_gone(pilot, "there already")
        await pilot.press("e")
        await until_shown(pilot, "Export one as")
        await pilot.press("c")
        await until_shown(pilot, "one-csv")
        await pilot.press("enter")
        await until_shown(pilot, "Not exported")
    assert (here / "one.h5").read_text() == "mine"


async def test_without_runs_there_is_nothing_to_take(make_app: MakeApp):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "No runs yet")
        await pilot.press("e")
        await until(pilot, lambda: told(app, "There is nothing to export"), "why not")
