"""The screens of the app, in the order of their keys; each is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.tui.screens.base import BaseScreen


def _train() -> BaseScreen:
    from mftui.tui.screens.train.screen import TrainScreen

    return TrainScreen()


def _movies() -> BaseScreen:
    from mftui.tui.screens.movies.screen import MoviesScreen

    return MoviesScreen()


def _users() -> BaseScreen:
    from mftui.tui.screens.users.screen import UsersScreen

    return UsersScreen()


def _you() -> BaseScreen:
    from mftui.tui.screens.you.screen import YouScreen

    return YouScreen()


def _map() -> BaseScreen:
    from mftui.tui.screens.map.screen import MapScreen

    return MapScreen()


def _runs() -> BaseScreen:
    from mftui.tui.screens.runs.screen import RunsScreen

    return RunsScreen()


def import_screens() -> None:
    """Read the modules of all screens, so that the first look at one waits for its widgets alone. For a thread."""


SCREENS: tuple[tuple[str, str, Callable[[], BaseScreen]], ...] = (
    ("train", "Train", _train),
    ("movies", "Movies", _movies),
    ("users", "Users", _users),
    ("you", "You", _you),
    ("map", "Map", _map),
    ("runs", "Runs", _runs),
)
"""(mode, title, how to make it); the binding of a screen is `mode('MODE')`."""

PANES: dict[str, tuple[str, str]] = {
    "Train: settings": ("train", "FormView"),
    "Train: chart": ("train", "Chart"),
    "Train: log": ("train", "LogPane"),
    "Movies: search": ("movies", "#search"),
    "Movies: list": ("movies", "#results"),
    "Movies: page": ("movies", "#page"),
    "Movies: neighbours": ("movies", "#neighbours"),
    "Users: id": ("users", "#search"),
    "Users: ratings": ("users", "#rated"),
    "Users: page": ("users", "#page"),
    "Users: recommendations": ("users", "#recommended"),
    "You: search": ("you", "#search"),
    "You: films to rate": ("you", "#own"),
    "You: why": ("you", "#page"),
    "You: recommendations": ("you", "#recommended"),
    "Map: search": ("map", "#search"),
    "Map: map": ("map", "#map"),
    "Map: films": ("map", "#films"),
    "Map: factors": ("map", "#axes"),
    "Runs: search": ("runs", "#search"),
    "Runs: table": ("runs", "#runs"),
    "Runs: curves": ("runs", "#curves"),
    "Runs: calibration": ("runs", "#calibration"),
    "Runs: settings": ("runs", "#settings"),
}
"""Where one can jump to: name -> (mode, selector within that screen)."""
