"""The screen Map: going there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.screens import until, until_shown
from textual.pilot import Pilot

from mftui.tui.app import MftuiApp
from mftui.tui.screens.map.screen import MapScreen

MakeApp = Callable[..., MftuiApp]
SIZE = (120, 40)


def the_map(app: MftuiApp) -> MapScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, MapScreen)
    return screen


async def opened(pilot: Pilot[Any]) -> MapScreen:
    """The map with its first picture."""
    await pilot.press("5")
    await until_shown(pilot, "by genre")
    app = pilot.app
    assert isinstance(app, MftuiApp)
    await until(pilot, lambda: len(the_map(app).films), "the films listed")
    return the_map(app)
