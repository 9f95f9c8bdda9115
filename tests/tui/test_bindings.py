"""Every binding that the help lists, on every screen, is pressed with each of its keys: none is dead."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from helpers.finished import make_run
from helpers.live_run import log_metrics
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until, until_shown
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widget import Widget

from mftui.tui.app import MftuiApp
from mftui.tui.screens.help import help_bindings
from mftui.tui.widgets.scatter import Scatter

MakeApp = Callable[..., MftuiApp]
SIZE = (80, 24)
BEFORE = {
    "list.up": ("G",), "list.page_up": ("G",), "list.first": ("G",),
    "list.down": ("g",), "list.page_down": ("g",), "list.last": ("g",),
    "movies.left": ("l",), "users.left": ("l",), "app.back": ("l",), "movies.right": ("h",), "users.right": ("h",),
    "movies.open": ("h",), "runs.left": ("escape", "escape", "d", "l"), "runs.right": ("escape", "escape"),
    "scatter.whole": ("plus",), "map.choose": ("escape", "escape"), "map.left": ("tab",),
    "runs.undo": ("x",), "runs.search": ("escape",),
    "chart.right": ("g",), "chart.far_right": ("g",), "chart.last": ("g",), "chart.out": ("plus",),
    "chart.all": ("plus",), "chart.left": ("G",), "chart.far_left": ("G",), "chart.first": ("G",), "chart.best": ("G",),
}  # fmt: skip
"""What is pressed first, so that there is something to do."""
SCREENS = {"movies": ("2", "Neighbours of"), "users": ("3", "Recommended to"), "runs": ("6", "Test RMSE"),
           "map": ("5", "films")}  # fmt: skip


def owner_of(app: MftuiApp, binding: Binding) -> DOMNode:
    """Where the key works: the screen, one of its parts, or the app."""
    nodes: list[DOMNode] = [app.screen, *app.screen.query("*"), app]
    return next(node for node in nodes if any(found.id == binding.id for _, found in node._bindings))


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
    await pilot.press("tab" if app.focused and app.focused.check_consume_key("2", "2") else "1", key)
    if app.screen.has_class("-factors"):
        await pilot.press("i")
    if app.focused is None or app.focused.check_consume_key("2", "2"):
        app.screen.set_focus(first)
    await until_shown(pilot, sign)
    if mode == "map" and "Neighbours of" not in shown(app):  # a list of more than one film
        app.screen.set_focus(first)
        await pilot.press("enter")
        await until_shown(pilot, "Neighbours of")
    app.clear_notifications()
    await pilot.pause()


@pytest.mark.parametrize("mode", SCREENS)
async def test_each_key_that_the_help_lists_does_something(make_app: MakeApp, home: Path, mode: str):
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
            if binding.id == "app.quit":
                continue
            for key in names:
                await ready(pilot, mode, first)
                owner = owner_of(app, binding)
                if isinstance(owner, Widget) and owner.focusable:
                    app.screen.set_focus(owner)
                await pilot.pause()
                if binding.id == f"screen.{mode}":
                    await pilot.press("1")
                await pilot.press(*BEFORE.get(str(binding.id), ()))
                await pilot.pause()
                before = seen(app)
                await pilot.press(key)
                await until(pilot, partial(changed, app, before), f"an effect of {key} ({binding.id})")
        await ready(pilot, mode, first)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "the end")


async def test_each_key_of_train_reaches_its_action(make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch):
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.model, "the model")
        run = app.run_action
        reached: list[tuple[Any, bool]] = []

        async def record(action: Any, *args: Any, **kwargs: Any) -> bool:
            handled = await run(action, *args, **kwargs)
            reached.append((action, handled))
            return handled

        monkeypatch.setattr(app, "run_action", record)
        for binding, names in help_bindings(app.screen):
            if binding.id in ("app.quit", "train.toggle"):
                continue
            for key in names:
                while len(app.screen_stack) > 1:
                    app.pop_screen()
                await app.switch_mode("train")
                owner = owner_of(app, binding)
                if isinstance(owner, Widget) and owner.focusable:
                    app.screen.set_focus(owner)
                await pilot.pause()
                active = app.screen.active_bindings.get(key)
                if active is None or not active.enabled:
                    continue
                reached.clear()
                await pilot.press(key)
                await until(pilot, partial(reached.__contains__, (binding.action, True)), f"{key} ({binding.id})")
