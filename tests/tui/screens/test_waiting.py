"""While another mftui holds the list of runs, Runs hears every key; what is pressed twice is done once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest
from helpers.models import toy_run
from helpers.screens import until, until_gone, until_shown, until_still
from textual import events

from mftui.data.storage.writing import exclusive
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.runs.store.trash import deleted_runs, remove_run
from mftui.tui.app import MftuiApp
from mftui.tui.dialogs.choice import MessageDialog

MakeApp = Callable[..., MftuiApp]


@pytest.mark.parametrize("what", ["notes", "delete", "undo"])
async def test_keys_are_heard_while_another_mftui_changes_the_list_of_runs(
    make_app: MakeApp, home: Path, what: str
) -> None:
    run = toy_run(home, name="one")
    remove_run(toy_run(home, name="two"))
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "finished")
        await until_still(pilot)
        with exclusive(run.path.parent / ".lock"):
            await pilot.press({"notes": "c", "delete": "x", "undo": "u"}[what])
            if what == "notes":
                await until_shown(pilot, "Notes on")
                await pilot.press(*"er", "enter", "enter", "enter")
                await until_gone(pilot, "Notes on")
            await pilot.press("question_mark")
            await until_shown(pilot, "Keys (tab: words)")
            await pilot.press("escape")
            await until_gone(pilot, "Keys (tab: words)")
            assert run.name != "oneer" and len(deleted_runs()) == 1
        done = {
            "notes": lambda: run.name.endswith("er"),
            "delete": lambda: len(deleted_runs()) == 2,
            "undo": lambda: not deleted_runs(),
        }
        await until(pilot, done[what], f"{what} done")
    assert app.crash is None


async def test_a_dialog_that_answers_twice_takes_away_itself_alone(make_app: MakeApp, home: Path) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await until_still(pilot)
        below, above = MessageDialog("Below", "words"), MessageDialog("Above", "words")
        for dialog in (below, above):
            await app.push_screen(dialog)
        for _ in range(3):
            above.post_message(events.Key("enter", "\r"))
        await until_gone(pilot, "Above")
        await until_still(pilot)
        assert app.screen is below and app.crash is None
        for _ in range(3):
            below.post_message(events.Key("enter", "\r"))
        await until_gone(pilot, "Below")
        await until_still(pilot)
        assert len(app.screen_stack) == 1 and app.crash is None


async def test_a_training_that_is_asked_for_twice_at_once_is_started_once(
    make_app: MakeApp, starter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, start = Event(), starter.start

    def slow(request: TrainRequest) -> Run:
        assert go.wait(timeout=60)
        return cast("Run", start(request))

    monkeypatch.setattr(starter, "start", slow)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "mftui learns from film ratings")
        await pilot.press("t", "t", "t")
        go.set()
        await pilot.press("t")
        await until_shown(pilot, "running")
        await until_still(pilot)
        assert len(starter.requests) == 1 and app.crash is None
