"""What is asked of a run while the list is still being read is done once it is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from mftui.tui.monitor.runs_watcher import RunsWatcher

T = TypeVar("T")


class WhenRead:
    """Does something with one run or several; says so where there are none.

    Parameters
    ----------
    book: what reads the list.
    say: says something to the user.
    """

    def __init__(self, book: RunsWatcher, say: Callable[[str], None]) -> None:
        self._book, self._say = book, say
        self._asked: Callable[[], None] | None = None

    def act(self, act: Callable[[T], None], on: Callable[[], T | None]) -> None:
        """Do `act` with what `on` returns; the last thing that was asked for, if the list is not there yet."""
        if self._book.rows is None:
            self._asked = partial(self.act, act, on)
        elif found := on():
            act(found)
        else:
            self._say("No run is listed.")

    def is_read(self) -> None:
        """Do what has waited."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked()
