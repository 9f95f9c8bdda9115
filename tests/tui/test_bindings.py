"""Every binding that the help lists, on every screen, is pressed with each of its keys: none is dead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from helpers.finished import make_run
from helpers.live_run import log_metrics, set_status
from helpers.models import toy_factors
from helpers.screens import shown, until, until_shown, until_still
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widget import Widget

from mftui.runs.control import signal_run
from mftui.runs.store.lock import trainer_lock
from mftui.runs.store.process import Process
from mftui.runs.store.run import Run
from mftui.runs.store.status import PAUSED, RUNNING, STOPPED
from mftui.tui.app import MftuiApp
from mftui.tui.base import keys
from mftui.tui.dialogs.help import help_bindings
from mftui.tui.screens.map.scatter import Scatter
from mftui.tui.screens.train.form_view import FormView

MakeApp = Callable[..., MftuiApp]
SIZE = (80, 24)
BEFORE = {
    "list.up": ("G",), "list.page_up": ("G",), "list.first": ("G",),
    "list.down": ("g",), "list.page_down": ("g",), "list.last": ("g",),
    "movies.left": ("l",), "users.left": ("l",), "app.back": ("l",), "movies.right": ("h",), "users.right": ("h",),
    "movies.open": ("h",), "runs.left": ("escape", "escape", "d", "l"), "runs.right": ("escape", "escape"),
    "scatter.whole": ("plus",), "map.choose": ("escape", "escape"), "map.left": ("tab",),
    "runs.undo": ("x",), "runs.search": ("escape",), "table.export": ("escape", "escape", "d", "l"),
    "you.left": ("l",), "you.right": ("h",), "you.less": ("4",), "you.more": ("1",), "you.remove": ("4",),
    "you.half": ("4",), "you.no_stars": ("4",),
    "chart.right": ("g",), "chart.far_right": ("g",), "chart.last": ("g",), "chart.out": ("plus",),
    "chart.all": ("plus",), "chart.left": ("G",), "chart.far_left": ("G",), "chart.first": ("G",), "chart.best": ("G",),
}  # fmt: skip
"""What is pressed first, so that there is something to do."""
LEAVES = ("app.quit", "app.interrupt", "app.suspend")
"""Tested by themselves."""
SCREENS = {"movies": ("f2", "Neighbours of"), "users": ("f3", "Recommended to"), "runs": ("f6", "Test RMSE"),
           "you": ("f4", "Recommended to"), "map": ("f5", "films")}  # fmt: skip


def owner_of(app: MftuiApp, binding: Binding) -> DOMNode:
    """Where the key works: one of the screen's parts that is seen, the screen, or the app."""
    nodes: list[DOMNode] = [*app.screen.query("*"), app.screen, app]
    owners = [node for node in nodes if any(found.id == binding.id for _, found in node._bindings)]
    return next((owner for owner in owners if not isinstance(owner, Widget) or is_seen(owner)), owners[0])


def is_seen(widget: Widget) -> bool:
    """Whether neither it nor what it is in is hidden."""
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))


def give_keys(app: MftuiApp, owner: DOMNode, otherwise: Widget | None) -> None:
    """Give the keys to `owner` if it is a pane that is seen; to `otherwise` where what has them takes text, or none."""
    if isinstance(owner, Widget) and owner.focusable and is_seen(owner):
        app.screen.set_focus(owner)
    elif app.focused is None or app.focused.check_consume_key("2", "2"):
        app.screen.set_focus(otherwise)


def seen(app: MftuiApp) -> tuple[object, ...]:
    """All that a key can change, as somebody at the terminal would notice it."""
    cursors = [scatter.cursor for scatter in app.screen.query(Scatter)]  # a cell in other colours
    told = app.clipboard, len(app._notifications)
    return (shown(app), app.focused, app.current_mode, len(app.screen_stack), cursors, *told)


def changed(app: MftuiApp, before: tuple[object, ...]) -> bool:
    """Whether anything is not as it was."""
    return seen(app) != before


async def ready(pilot: Pilot[Any], mode: str, first: Widget | None) -> None:
    """Back on the screen, no dialog open, the first list with the keys."""
    app = pilot.app
    assert isinstance(app, MftuiApp)
    while len(app.screen_stack) > 1:
        app.pop_screen()
    key, sign = SCREENS[mode]
    await pilot.press("f1", key)
    if app.screen.has_class("-factors"):
        await pilot.press("i")
    if app.screen.has_class("-settings"):
        await pilot.press("d")
    give_keys(app, app, first)
    await until_shown(pilot, sign)
    if mode == "map" and "Neighbours of" not in shown(app):  # a list of more than one film
        app.screen.set_focus(first)
        await pilot.press("enter")
        await until_shown(pilot, "Neighbours of")
    app.clear_notifications()
    await pilot.pause()


@pytest.mark.long
@pytest.mark.parametrize("most", [1, pytest.param(9, marks=pytest.mark.long)], ids=["first keys", "all keys"])
@pytest.mark.parametrize("mode", SCREENS)
async def test_each_key_that_the_help_lists_does_something(make_app: MakeApp, home: Path, mode: str, most: int):
    """The first key of each binding, or all of them."""
    for number in range(1, 40 if mode == "runs" else 2):
        run = make_run(home, f"r{number}", number, model=toy_factors(audience=True))
        log_metrics(run, *({"step": step, "valid_rmse": 1 + abs(step - 150) / 100} for step in (120, 150, 180)))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to")
        await pilot.press(SCREENS[mode][0])
        first = app.focused
        listed = help_bindings(app.screen)
        assert len(listed) > 20
        for binding, names in listed:
            if binding.id in LEAVES:
                continue
            for key in names[:most]:
                await ready(pilot, mode, first)
                give_keys(app, owner_of(app, binding), first)
                await pilot.pause()
                if binding.id == f"screen.{mode}":
                    await pilot.press("f1")
                app.clear_notifications()
                await pilot.press(*BEFORE.get(str(binding.id), ()))
                await until_still(pilot)
                before = seen(app)
                await pilot.press(key)
                await until(pilot, partial(changed, app, before), f"an effect of {key} ({binding.id})")
        await ready(pilot, mode, first)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "the end")


async def live(pilot: Pilot[Any], run: Run) -> None:
    """A training under way."""
    await put(pilot, run, "running", state=RUNNING, process=Process.current())


async def stopped(pilot: Pilot[Any], run: Run) -> None:
    """One to go on with."""
    run.checkpoint_path.mkdir(exist_ok=True)
    await put(pilot, run, "stopped", state=STOPPED, process=None)


async def put(pilot: Pilot[Any], run: Run, sign: str, **status: Any) -> None:
    """Another state of the run that is watched."""
    set_status(run, **status)
    assert isinstance(pilot.app, MftuiApp)
    pilot.app.trainings.watch(run)
    await until_shown(pilot, f" {sign} ")


NEEDS = {"train.toggle": live, "train.pause": live, "train.resume": stopped}
"""What a key of Train cannot do without: it is not offered where that is not there."""
BEFORE_TRAIN = {
    "app.back": ("tab",), "train.defaults": ("g", "j", "j", "j", "l"), "form.up": ("G",), "form.first": ("G",),
    "form.down": ("g",), "form.last": ("g",), "form.less": ("g", "j", "j", "j", "l"),
    "form.greater": ("g", "j", "j", "j"), "form.edit": ("g",), "screen.train": ("2",),
}  # fmt: skip
AFTER_TRAIN = {"train.view": "v", "train.form": "f", "train.more": "m", "train.log": "o", "train.tail": "a"}
"""What is pressed afterwards, so that the next key finds the screen as it was."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What ends with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.long
async def test_each_key_of_train_does_something(
    make_app: MakeApp, home: Path, starter: Any, monkeypatch: pytest.MonkeyPatch, stack: ExitStack
):
    make_run(home, "r1", 1)
    run = make_run(home, "r2", 2)
    log_metrics(run, *({"step": step, "valid_rmse": 1 + abs(step - 150) / 100} for step in (120, 150, 180)))

    def pause(run: Run) -> str:
        set_status(run, state=PAUSED)
        return PAUSED

    monkeypatch.setattr(signal_run, "pause_run", pause)
    monkeypatch.setattr(starter, "resume", lambda run: set_status(run, state=RUNNING, process=Process.current()))
    stack.enter_context(trainer_lock(run.path))  # this process stands in for the trainer
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "validation 1.30")
        listed = help_bindings(app.screen)
        assert {binding.id for binding in keys.TRAIN + keys.FORM + keys.CHART if isinstance(binding, Binding)} <= {
            binding.id for binding, _ in listed
        }
        for binding, names in listed:
            if binding.id in LEAVES:
                continue
            for key in names:
                name = str(binding.id)
                while len(app.screen_stack) > 1:
                    app.pop_screen()
                await app.switch_mode("train")
                if name in NEEDS:
                    await NEEDS[name](pilot, run)
                owner = owner_of(app, binding)
                app.screen.set_focus(owner if isinstance(owner, Widget) and owner.focusable else None)
                if not app.focused:
                    app.screen.query_one(FormView).focus()
                app.clear_notifications()
                await pilot.press(*BEFORE_TRAIN.get(name, BEFORE.get(name, ())))
                await until_still(pilot)
                before = seen(app)
                await pilot.press(key)
                await until(pilot, partial(changed, app, before), f"an effect of {key} ({name})")
                await pilot.press(*AFTER_TRAIN.get(name, ()))
