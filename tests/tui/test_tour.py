"""For somebody new: a sentence on every screen, and the tour."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.live_run import log_metrics, set_status
from helpers.models import toy_run
from helpers.screens import shown, until, until_gone, until_shown, until_still
from helpers.terminal import Terminal

from mftui import paths
from mftui.runs.store.status import FINISHED
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base import keys
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import SessionState
from mftui.tui.registry import SCREENS
from mftui.tui.tour import _POLL_S, HINTS, STEPS

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


@pytest.mark.parametrize("mode", HINTS)
async def test_a_screen_says_in_a_line_what_is_seen_and_what_to_press(make_app: MakeApp, home: Path, mode: str):
    toy_run(home)
    app = make_app(hints=True)
    async with app.run_test(size=SIZE) as pilot:
        await app.switch_mode(mode)
        await until_shown(pilot, app.guidance(mode, hidden=True))
        assert shown(app).splitlines()[1].strip() == app.guidance(mode, hidden=True)
    assert re.findall(r"\{[\w.]+\}", HINTS[mode])


def test_the_sentences_are_of_screens_that_there_are() -> None:
    assert set(HINTS) <= set(SCREENS)


async def test_it_can_be_hidden_and_comes_back_with_the_help(make_app: MakeApp, home: Path):
    app = make_app(hints=True)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "A model learns from ratings")
        await pilot.press("z")
        await until_gone(pilot, "A model learns from ratings")
        await pilot.press("question_mark")
        await until_shown(pilot, "A model learns from ratings")
        await pilot.press("escape")
        await until_gone(pilot, "A model learns from ratings")
        await pilot.press("z")
        await until_shown(pilot, "A model learns from ratings")


async def test_that_it_is_hidden_is_remembered(home: Path, starter):
    for pressed, there in (("z", False), ("z", True)):
        memory = SessionState.load(paths.state_file())
        async with (app := MftuiApp(Display(), Settings(standby=False), starter, memory)).run_test(size=SIZE) as pilot:
            await until_shown(pilot, "t: train on the sample")
            await pilot.press(pressed)
            await until(pilot, lambda: ("A model learns" in shown(app)) == there, "the line")  # noqa: B023
            await pilot.press("q")
            await until(pilot, lambda: not app.is_running, "the end")


async def test_a_low_terminal_has_no_room_for_it(make_app: MakeApp, home: Path):
    async with (app := make_app(hints=True)).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "A model learns")
        await pilot.resize_terminal(40, 12)
        await until_gone(pilot, "A model learns")
        await pilot.resize_terminal(80, 24)
        await until_shown(pilot, "A model learns")
        assert "t trains one" in shown(app)


async def test_the_sentences_have_the_users_own_keys(make_app: MakeApp, home: Path):
    app = make_app(settings=Settings(standby=False, keys={"train.toggle": "f5"}), hints=True)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "F5 trains one")


async def test_the_tour_goes_on_with_what_is_done(make_app: MakeApp, home: Path, starter):
    app = make_app(settings=Settings(standby=False, data="elsewhere"))
    app.begin_tour()
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "Press t to train a model on them.")
        await pilot.press("t")
        await until(pilot, lambda: starter.requests, "a training asked for")
        assert starter.requests[0].data == "sample"
        await until_shown(pilot, "how far predictions are off")
        run = app.trainings.run
        assert run is not None
        log_metrics(run, {"step": 1, "train_rmse": 1.0})
        set_status(run, state=FINISHED, process=None)
        await until_shown(pilot, "trained. Press 2")
        await pilot.press("2")
        await until_shown(pilot, "press /, type part of a title")
        await pilot.press("slash", *"batman")
        await until_shown(pilot, "press /, type part of a title")
        await pilot.press("enter")
        await until_shown(pilot, "press l for its neighbours")
        await pilot.press("l")
        await until_shown(pilot, "Then 3: users.")
        await pilot.press("1")
        await until_shown(pilot, "2 goes on with it; z ends it.")
        await pilot.press("3")
        await until_shown(pilot, "press ] for the first user")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "Press l for what it recommends")
        await pilot.press("l")
        await until_shown(pilot, "press w to see why")
        await pilot.press("w")
        await until_shown(pilot, "4 goes on with it; z ends it.")
        await pilot.press("4")
        await until_shown(pilot, "5 gives five stars")
        await pilot.press("slash", *"batman", "enter", "5")
        await until_shown(pilot, "F5 goes on with it; z ends it.")
        await pilot.press("f5")
        await until_shown(pilot, "every point is a film")
        await pilot.press("enter")
        await until_shown(pilot, "6 goes on with it; z ends it.")
        await pilot.press("6")
        await until_shown(pilot, "d shows the settings of one")
        await pilot.press("d")
        await until_shown(pilot, "1 goes on with it; z ends it.")
        await pilot.press("f1")
        await until_shown(pilot, "now real ratings")
        await pilot.press("g", "enter")
        await until_shown(pilot, "Data set")
        await until_shown(pilot, "That was the tour.")
        await pilot.press("escape")
        await until_gone(pilot, "Data set")
        await pilot.press("z")
        await until_gone(pilot, "That was the tour.")


async def test_a_tour_begun_on_train_is_seen_at_once_and_says_nothing_of_a_run(make_app: MakeApp, home: Path):
    async with (app := make_app(hints=True)).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "A model learns from ratings")
        await pilot.press("T")
        await until_shown(pilot, "Press t to train a model on them.")
        await until_still(pilot)
        assert not app._notifications


async def test_a_tour_begun_again_is_looked_at_once_and_an_ended_one_no_more(make_app: MakeApp, home: Path):
    async with (app := make_app(hints=True)).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "A model learns from ratings")
        before = set(app._timers)
        for pressed, n in (("T", 1), ("T", 1), ("z", 0), ("T", 1)):
            await pilot.press(pressed)
            await until(pilot, lambda: (app.guide.tour is not None) == (n > 0), "the tour")  # noqa: B023
            polls = [t for t in set(app._timers) - before if t._interval == _POLL_S and t._task and not t._task.done()]
            assert len(polls) == n


async def test_no_step_of_the_tour_is_too_long_or_names_a_key_that_is_none(make_app: MakeApp):
    app = make_app()
    for step in STEPS:
        if step.mode in app.MODES:
            assert len(keys.written(f"Tour 13/13: {step.sentence}", {}, step.mode)) <= 78


def test_the_tour_is_an_option_and_begins_on_train(home: Path):
    paths.state_file().write_text('{"format_version": 1, "screen": "users"}')
    environ = {"MFTUI_HOME": str(home), "MFTUI_STANDBY": "0"}
    with Terminal([sys.executable, "-m", "mftui", "--tour"], environ) as terminal:
        terminal.until("Press t to train a model on them.")
