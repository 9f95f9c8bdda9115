"""A real program in a real pseudo-terminal, with a terminal emulator that shows what it painted."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import pyte

KEYS = {
    **{"enter": "\r", "esc": "\x1b", "tab": "\t", "down": "\x1b[B", "up": "\x1b[A", "backspace": "\x7f"},
    **{"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR"},
}
_PATIENCE_S = 60.0


class Terminal:
    """Runs `command` on `columns` × `rows` cells; use as a context manager."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 80, rows: int = 24) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._inside, outside = pty.openpty()
        fcntl.ioctl(outside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._outside = outside
        self._modes = termios.tcgetattr(outside)
        self.written = b""
        """All that the program has sent."""
        sized = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            command,
            stdin=outside,
            stdout=outside,
            stderr=outside,
            env={**sized, "TERM": "xterm-256color", **env},
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self._inside >= 0:
            os.close(self._inside)
            os.close(self._outside)

    @property
    def text(self) -> str:
        """The screen, one line a row."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Type: names of KEYS, single characters, or words."""
        for key in keys:
            os.write(self._inside, KEYS.get(key, key).encode())

    def send(self, typed: bytes) -> None:
        """Send bytes as a terminal may."""
        os.write(self._inside, typed)

    def until(self, text: str, *, gone: bool = False) -> None:
        """Read until `text` is on the screen (or no longer is)."""
        self._read(lambda: (text in self.text) != gone, f"{text!r} {'gone' if gone else 'shown'}")

    def watch(self, condition: Callable[[], object], what: str) -> None:
        """Read until `condition` holds."""
        self._read(condition, what)

    def until_exit(self) -> int:
        """Read until the program has ended; its exit code."""
        self._read(lambda: self.process.poll() is not None, "the end of the program")
        self._take(0.05)
        assert self.process.returncode is not None
        return self.process.returncode

    def modes_restored(self) -> bool:
        """Whether echo, line mode and the like are as before the program started."""
        return termios.tcgetattr(self._outside)[:4] == self._modes[:4]

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._outside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def wipe(self) -> None:
        """Empty the screen, as going to the terminal's other one does."""
        self._screen.reset()

    def hang_up(self) -> None:
        """Take the terminal away, as a cut connection does."""
        os.close(self._outside)
        os.close(self._inside)
        self._inside = self._outside = -1

    def _read(self, done: Any, what: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not done():
            assert time.monotonic() < end, f"not seen: {what}\n{self.text}"
            self._take(0.2)

    def _take(self, wait_s: float) -> None:
        while select.select([self._inside], [], [], wait_s)[0]:
            data = os.read(self._inside, 65536)
            self.written += data
            self._stream.feed(data)
            wait_s = 0
