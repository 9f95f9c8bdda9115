"""Receive what a trainer is asked by signals: stop (SIGTERM, SIGINT), pause (SIGUSR1), continue (SIGUSR2)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

from mftui.runs.store.process import REQUEST_SIGNALS


class Requests:
    """Remember what was asked, from `install` on. Handlers only set flags; the trainer looks between steps.

    A second SIGINT, while the first is being obeyed, raises KeyboardInterrupt. SIGHUP (the terminal or
    the connection is gone) is no request: the training goes on, and `hung_up` says so.

    `signals`: those that are taken over.
    """

    def __init__(self, signals: Collection[signal.Signals] = (*REQUEST_SIGNALS, signal.SIGHUP)) -> None:
        self._signals = signals
        self.stop = False
        self.interrupted = False
        """Whether the stop came from SIGINT."""
        self.pause = False
        self.hung_up = False
        self._before: dict[signal.Signals, Any] = {}

    def install(self) -> Self:
        """Take over the signals, and let those in that were blocked till now; only the main thread can."""
        handlers = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGUSR1: self._on_pause,
            signal.SIGUSR2: self._on_pause,
            signal.SIGHUP: self._on_hang_up,
        }
        for number in self._signals:
            before = signal.signal(number, handlers[number])
            self._before.setdefault(number, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, set(self._signals) - {signal.SIGHUP})
        return self

    def __enter__(self) -> Self:
        return self.install()

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            if self.interrupted:
                raise KeyboardInterrupt
            self.interrupted = True
        self.stop = True

    def _on_pause(self, number: int, frame: FrameType | None) -> None:
        self.pause = number == signal.SIGUSR1

    def _on_hang_up(self, number: int, frame: FrameType | None) -> None:
        self.hung_up = True


@contextmanager
def interruptible() -> Iterator[Requests]:
    """Make the first SIGINT a request to stop; a second one raises KeyboardInterrupt, as usual.

    In a thread that is not the main one nothing is installed: signals never arrive there.
    """
    requests = Requests((signal.SIGINT,))
    if threading.current_thread() is not threading.main_thread():
        yield requests
        return
    with requests:
        yield requests
