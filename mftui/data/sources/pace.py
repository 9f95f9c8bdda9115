"""End what comes over the network and is too slow: a server that sends a byte now and then keeps no timeout waiting."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from mftui.errors import MftuiError

WINDOW_S = 60.0
LEAST_BYTES = 30_000
"""What has to come within a window of time."""

T = TypeVar("T")


class TooSlow(MftuiError):
    """Less came than the least speed."""


class Paced(Generic[T]):
    """Does something in another thread, which is left behind where too little comes; it then does nothing more.

    Parameters
    ----------
    work: what to do; it calls `came` with the number of bytes of each piece, before it uses the piece.
    """

    def __init__(self, work: Callable[[Paced[T]], T]) -> None:
        self._work = work
        self._bytes = 0
        self._given_up = False
        self._done = threading.Event()
        self._found: list[T] = []
        self._error: BaseException | None = None

    def came(self, n_bytes: int) -> None:
        """Count what came. Raises TooSlow where nobody waits for it any more."""
        self._bytes += n_bytes
        if self._given_up:
            raise TooSlow("given up.")

    def result(self) -> T:
        """Do it; return what it returns, raise what it raises. Raises TooSlow where too little comes."""
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run,), name="download", daemon=True).start()
        try:
            before = 0
            while not self._done.wait(WINDOW_S):
                if self._bytes - before < LEAST_BYTES:
                    raise TooSlow(
                        f"too slow: {self._bytes - before:,} bytes came within {WINDOW_S:g} seconds.",
                        hint="Try again later: the download continues where it stopped.",
                    )
                before = self._bytes
        finally:
            self._given_up = True
        if self._error is not None:
            raise self._error
        return self._found[0]

    def _run(self) -> None:
        try:
            self._found.append(self._work(self))
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            self._error = error
        finally:
            self._done.set()
