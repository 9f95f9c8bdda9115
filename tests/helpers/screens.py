"""What an app under test shows, as text; and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual import _wait
from textual.app import App
from textual.pilot import Pilot

_PATIENCE_S = 20.0
_wait.SLEEP_GRANULARITY = 0.004
"""How long Textual's pilot looks whether the app is at rest, twice a key; its own 0.02 s add up to two minutes."""


def shown(app: App[Any]) -> str:
    """The screen as a terminal would show it, one line a row, without colours."""
    app.screen._compositor.update_widgets(set())
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def until(
    pilot: Pilot[Any], condition: Callable[[], object], what: str, *, patience_s: float = _PATIENCE_S
) -> None:
    """Let the app work until `condition` holds; fails with what is shown."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, f"not seen: {what}\n{shown(pilot.app)}"
        await pilot.pause(0.01)


async def until_shown(pilot: Pilot[Any], text: str) -> None:
    """Let the app work until `text` is on the screen."""
    await until(pilot, lambda: text in shown(pilot.app), text)


async def until_gone(pilot: Pilot[Any], text: str) -> None:
    """Let the app work until `text` is no longer on the screen."""
    await until(pilot, lambda: text not in shown(pilot.app), f"{text} gone")


async def until_still(pilot: Pilot[Any]) -> None:
    """Let the app work until what it shows no longer changes."""
    before = None
    while before != (before := shown(pilot.app)):
        await pilot.pause(0.02)


async def redrawn(pilot: Pilot[Any]) -> None:
    """Have what lies below a dialog drawn again, if it was drawn before it was there."""
    for _ in range(100):
        if shown(pilot.app).splitlines()[0].strip():
            break
        pilot.app.screen.refresh()
        await pilot.pause(0.01)
