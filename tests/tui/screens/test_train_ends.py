"""Train: pausing, going on, and how a training that ends is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from helpers.live_run import set_status
from helpers.models import toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui.runs.control import signal_run
from mftui.runs.store.process import Process
from mftui.runs.store.publish import publish, write_json
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.runs.store.status import DIVERGED, FINISHED, PAUSED, RUNNING, STOPPED
from mftui.tui.app import MftuiApp

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]
NOBODY = Process(2**22 + 1, "never", Process.current().host)


async def test_p_pauses_and_goes_on(make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch):
    run = toy_run(home, state=RUNNING)
    asked: list[str] = []

    def ask(what: str, state: str) -> Callable[[Run], str]:
        def do(of: Run) -> str:
            asked.append(what)
            set_status(of, state=state)
            return state

        return do

    monkeypatch.setattr(signal_run, "pause_run", ask("pause", PAUSED))
    monkeypatch.setattr(signal_run, "continue_run", ask("continue", RUNNING))
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "running")
        await until_shown(pilot, "t Stop  p Pause")
        await pilot.press("p")
        await until_shown(pilot, "paused")
        await until_shown(pilot, "p Continue")
        await pilot.press("p")
        await until(pilot, lambda: asked == ["pause", "continue"], "asked to go on")
        await until(pilot, lambda: run.state == RUNNING, "running")


async def test_nothing_to_pause_offers_no_pause(make_app: MakeApp, home: Path):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "t: train on")
        assert "Pause" not in shown(pilot.app)
        await pilot.press("p", "r")
        assert pilot.app.is_running


async def test_early_stop_is_named(make_app: MakeApp, home: Path):
    run = toy_run(home, state=FINISHED)
    write_json(run.path / "result.json", {"outcome": "early-stop", "test_rmse": 0.9})
    set_status(run, message="no better validation RMSE for some epochs")
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "early stop")
        await until_shown(pilot, "no better validation RMSE")
        await until_shown(pilot, "test RMSE 0.9000")


async def test_divergence_says_where_and_what_is_kept(make_app: MakeApp, home: Path):
    run = toy_run(home, state=DIVERGED)
    set_status(run, step=123, steps=1000)
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "diverged at step 123: lower the learning rate; last good model kept.")


async def test_a_crash_shows_the_end_of_the_log_and_how_to_go_on(make_app: MakeApp, home: Path, starter):
    async with (app := make_app()).run_test(size=(100, 30)) as pilot:
        await pilot.press("t")
        await until_shown(pilot, "running")
        run = app.trainings.run
        assert run is not None
        run.log_path.write_text("INFO epoch 3\nKilled: [/b] out of memory\n")
        publish(run.checkpoint_path, lambda directory: None)
        set_status(run, process=NOBODY)
        await until_shown(pilot, "the trainer process died")
        await until_shown(pilot, "machine ran out of memory")
        await until_shown(pilot, "Killed: [/b] out of memory")
        await until_shown(pilot, "r goes on from its checkpoint")
        await pilot.press("escape")
        await until_gone(pilot, "machine ran out of memory")
        await until_shown(pilot, "crashed")
        await pilot.press("r")
        await until(pilot, lambda: starter.resumed == [run], "asked to resume")


async def test_a_stopped_run_says_that_it_can_go_on(make_app: MakeApp, home: Path, starter):
    run = toy_run(home, state=STOPPED)
    publish(run.checkpoint_path, lambda directory: None)
    set_status(run, message="stopped on request")
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "stopped on request; r goes on with it")
        await until_shown(pilot, "r Resume")
        await pilot.press("r")
        await until(pilot, lambda: starter.resumed, "asked to resume")


async def test_a_run_stopped_before_its_first_step_can_go_on_too(make_app: MakeApp, home: Path, starter):
    run = toy_run(home, state=STOPPED)
    set_status(run, message="stopped on request")
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "stopped on request; r goes on with it")
        await until_shown(pilot, "It was stopped before its first step.")
        await pilot.press("r")
        await until(pilot, lambda: starter.resumed == [run], "asked to resume")


async def test_a_run_can_be_trained_again_with_one_change(make_app: MakeApp, home: Path, starter):
    run = toy_run(home)
    request = TrainRequest(recipe="post2019", hyper={"factors": 9, "learning_rate": 0.002}, seed=5, split_seed=3)
    write_json(run.path / "config.json", {**run.config().to_dict(), "request": request.to_dict()}, seal=True)
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "finished")
        await pilot.press("U")
        await until_shown(pilot, "factors       9")
        await pilot.press("j", "j", "j", "l", "t")
        await until(pilot, lambda: starter.requests, "a training asked for")
        asked = starter.requests[0]
        assert asked.hyper == {"factors": 10, "learning_rate": 0.002}
        assert (asked.recipe, asked.seed, asked.split_seed, asked.data) == ("post2019", 5, 3, "sample")


async def test_what_comes_while_the_app_closes_finds_no_screen(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch):
    app = make_app()
    found: list[Any] = []
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.base_screen() is not None, "the screen")
        monkeypatch.setattr(app, "_close_all", partial(_noting, app._close_all, app, found))
    assert found == [None]


async def _noting(close: Callable[[], Awaitable[None]], app: MftuiApp, found: list[Any]) -> None:
    found.append(app.base_screen())
    await close()
