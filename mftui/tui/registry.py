"""What makes each screen. A screen is made, and its modules are imported, when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mftui.tui.base.panes import TITLES

if TYPE_CHECKING:
    from textual.screen import Screen


def make_screen(mode: str) -> Screen[Any]:
    """Make the screen of a mode: for "movies", the class `MoviesScreen` in `screens/movies/screen.py`."""
    made: Screen[Any] = getattr(import_module(f"mftui.tui.screens.{mode}.screen"), f"{mode.title()}Screen")()
    return made


SCREENS: dict[str, str | Callable[[], Screen[Any]]] = {mode: partial(make_screen, mode) for mode in TITLES}
"""How to make each screen, by its mode."""


def import_screens() -> None:
    """Import the screens but Map, for a thread: the first visit to one then waits for its widgets alone."""
    import mftui.tui.screens.movies.screen
    import mftui.tui.screens.runs.screen
    import mftui.tui.screens.train.screen
    import mftui.tui.screens.users.screen
    import mftui.tui.screens.you.screen  # noqa: F401
