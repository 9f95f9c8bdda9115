"""How the app ends when it is not asked to by a key: on a signal, on a fault, with the terminal as it was before."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import termios
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from mftui import limits
from mftui.tui.textual8 import terminal_keeper
from mftui.tui.textual8.terminal_keeper import PLAIN

if TYPE_CHECKING:
    from mftui.tui.textual8.base_app import Textual8App

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
_PATIENCE_S = 5.0
"""How long an orderly end may take after a signal, before the process just ends."""


def run_guarded(app: Textual8App, *, mouse: bool = True) -> int:
    """Run `app` in this terminal; returns the exit code when it has ended, however it has."""
    with _terminal_kept() as kept, _signals_obeyed(app, kept):
        try:
            app.run(mouse=mouse)
        except Exception as error:  # noqa: BLE001  # outside of any message: told as one within is
            kept.make_plain()
            app.note_crash(error)
    # Work that had not begun when the app ended is no fault, and Python would say so on the way out.
    warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
    if app.ended_by is not None:
        log.info("ended by %s", app.ended_by.name)
        return 128 + app.ended_by
    if app.crash is not None:
        with contextlib.suppress(OSError):
            print(app.crash, file=sys.stderr, flush=True)
        return 1
    return 0


class _Terminal:
    """The terminal as it was before the app."""

    def __init__(self) -> None:
        self._modes: list[Any] | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(termios.error, OSError, ValueError):
            self._modes = termios.tcgetattr(0)
            modes = terminal_keeper.written(self._modes)
            keeper = [sys.executable, "-I", "-S", terminal_keeper.__file__, modes, limits.words()]
            self._keeper = subprocess.Popen(
                keeper, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True, bufsize=0
            )
            limits.leave()  # the keeper tells, once the terminal is plain

    def leave(self) -> None:
        """Say that the process ends by itself."""
        if self._keeper is not None and self._keeper.stdin is not None:
            with contextlib.suppress(OSError):
                self._keeper.stdin.write(terminal_keeper.LEFT)
                self._keeper.stdin.close()

    def restore_modes(self) -> None:
        if self._modes is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._modes)

    def make_plain(self) -> None:
        """Undo all that the app may have switched on, without its help."""
        with contextlib.suppress(OSError):
            os.set_blocking(2, False)  # a terminal that nobody reads must not hold up the end
            os.write(2, PLAIN)
        with contextlib.suppress(OSError):
            os.set_blocking(2, True)
        self.restore_modes()


@contextmanager
def _terminal_kept() -> Iterator[_Terminal]:
    kept = _Terminal()
    try:
        yield kept
    except BaseException:
        kept.make_plain()
        raise
    finally:
        kept.restore_modes()
        kept.leave()


@contextmanager
def _signals_obeyed(app: Textual8App, kept: _Terminal) -> Iterator[None]:
    """Meanwhile the first signal asks `app` to leave, and the second, or too long a wait, ends the process."""

    def end_now(number: int) -> None:
        kept.make_plain()
        kept.leave()
        os._exit(128 + number)

    def obey(number: int, frame: FrameType | None) -> None:
        if app.ended_by is not None:
            end_now(number)
        app.ended_by = signal.Signals(number)
        timer = threading.Timer(_PATIENCE_S, end_now, (number,))
        timer.daemon = True
        timer.start()
        if app._loop is None:
            raise SystemExit(128 + number)
        app._loop.call_soon_threadsafe(lambda: app.run_worker(app.leave(), group="leave"))

    def wait_for_hang_up() -> None:
        # With ignored or lost signals, as after a cut connection: a hung up terminal reads as empty for ever.
        terminal = select.poll()
        terminal.register(0, 0)
        if terminal.poll() and app.ended_by is None:
            with contextlib.suppress(SystemExit):
                obey(signal.SIGHUP, None)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, obey)
    threading.Thread(target=wait_for_hang_up, name="hang-up", daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
