"""What makes each screen. A screen is made, and its modules are imported, when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen


def _train() -> Screen[None]:
    from mftui.tui.screens.train.screen import TrainScreen

    return TrainScreen()


def _movies() -> Screen[None]:
    from mftui.tui.screens.movies.screen import MoviesScreen

    return MoviesScreen()


def _users() -> Screen[None]:
    from mftui.tui.screens.users.screen import UsersScreen

    return UsersScreen()


def _you() -> Screen[None]:
    from mftui.tui.screens.you.screen import YouScreen

    return YouScreen()


def _map() -> Screen[None]:
    from mftui.tui.screens.map.screen import MapScreen

    return MapScreen()


def _runs() -> Screen[None]:
    from mftui.tui.screens.runs.screen import RunsScreen

    return RunsScreen()


SCREENS: dict[str, str | Callable[[], Screen[Any]]] = {
    "train": _train,
    "movies": _movies,
    "users": _users,
    "you": _you,
    "map": _map,
    "runs": _runs,
}
"""How to make each screen, by its mode."""


def import_screens() -> None:
    """Import the screens but Map, for a thread: the first visit to one then waits for its widgets alone."""
    import mftui.tui.screens.movies.screen
    import mftui.tui.screens.runs.screen
    import mftui.tui.screens.train.screen
    import mftui.tui.screens.users.screen
    import mftui.tui.screens.you.screen  # noqa: F401
