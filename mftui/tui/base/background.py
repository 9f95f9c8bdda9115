"""Work in a thread of which only the newest counts: a search while typing, neighbours while scrolling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from mftui.errors import MftuiError

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.timer import Timer

T = TypeVar("T")


class LatestWins:
    """Runs one call at a time in a thread. While one runs, only the newest of those that wait is kept,
    and the result of a call that has been overtaken is shown only if nothing newer is waiting."""

    def __init__(self, node: DOMNode, group: str) -> None:
        self._node = node
        self._group = group
        self._waiting: Callable[[], Callable[[], None]] | None = None
        self._busy = False

    def ask(self, work: Callable[[], T], show: Callable[[T], None]) -> None:
        """Call `work` in a thread, then `show` with its result on the event loop."""

        def job() -> Callable[[], None]:
            result = work()
            return lambda: show(result)

        self._waiting = job
        if not self._busy:
            self._busy = True
            self._node.run_worker(self._run(), group=self._group, name=self._group)

    async def _run(self) -> None:
        try:
            while (job := self._waiting) is not None:
                self._waiting = None
                show = await asyncio.to_thread(job)
                if self._waiting is None and self._node.is_attached:
                    show()
        finally:
            self._busy = False


def or_error(work: Callable[[], T]) -> Callable[[], T | MftuiError]:
    """Return a call that returns what `work` does, or the MftuiError that it raises."""

    def attempt() -> T | MftuiError:
        try:
            return work()
        except MftuiError as error:
            return error

    return attempt


class Debounce:
    """Calls what was asked for last, once nothing has been asked for in a while."""

    def __init__(self, node: DOMNode, seconds: float) -> None:
        self._node = node
        self._seconds = seconds
        self._waiting: Callable[[], None] | None = None
        self._timer: Timer | None = None

    def ask(self, call: Callable[[], None]) -> None:
        """Call it when it is quiet, unless something else is asked for before."""
        self.forget()
        self._waiting = call
        self._timer = self._node.set_timer(self._seconds, self.now)

    def now(self) -> None:
        """Do not wait any longer; does nothing where nothing waits."""
        call = self._waiting
        self.forget()
        if call is not None:
            call()

    def forget(self) -> None:
        """Do not call it at all."""
        self._waiting = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
