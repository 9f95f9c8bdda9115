"""The app in a real pseudo-terminal: what it has painted, when, and what it computed for that. Linux only."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from typing import NamedTuple

import pyte

COLUMNS, ROWS = 120, 40
WINDOW_S = 0.4
"""How long after a key its effects are waited for."""
LATE_S = 5.0
"""How long for effects that are known beforehand."""
PATIENCE_S = 180.0


class Key(NamedTuple):
    """What a key led to."""

    ms: float | None
    """From the writing of the key to the reading of the last byte of its effect; None where there was none."""
    cpu_ms: float
    """What all threads of the app's process computed within the window."""


class App:
    """The app in a pseudo-terminal; `standby`: it keeps a trainer warm."""

    def __init__(self, home: str, *, standby: bool = False) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        settings = {"MFTUI_HOME": home, "MFTUI_STANDBY": str(int(standby)), "SSH_CONNECTION": ""}
        settings["TERM"] = "xterm-256color"
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ.pop("NO_COLOR", None)
            os.execve(sys.executable, [sys.executable, "-m", "mftui"], {**os.environ, **settings})
        ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return list(self._screen.display)

    def until(self, text: str) -> None:
        """Read until `text` is on the screen."""
        end = time.monotonic() + PATIENCE_S
        while text not in "\n".join(self.lines):
            if time.monotonic() > end:
                raise SystemExit(f"{text!r} was not painted:\n" + "\n".join(self.lines))
            self.settle(0.2)

    def settle(self, seconds: float = 1.0) -> None:
        """Read for a while."""
        for _, data in self._read(time.perf_counter() + seconds):
            self._stream.feed(data)

    def press(self, key: str, part: tuple[int, int], window_s: float = WINDOW_S) -> Key:
        """Press `key`, and see for `window_s` when these columns got their final content."""
        cpu_before, shown, changed_at = self._cpu_ms(), self._content(part), None
        began = self._write(key)
        # Nothing is parsed until the window is over: that would take a processor from the app.
        for at, data in self._read(began + window_s):
            self._stream.feed(data)
            if (content := self._content(part)) != shown:
                shown, changed_at = content, at
        ms = None if changed_at is None else (changed_at - began) * 1000
        return Key(ms, self._cpu_ms() - cpu_before)

    def press_for(
        self, key: str, shows: Callable[[list[str]], bool], window_s: float = WINDOW_S, late_s: float = LATE_S
    ) -> Key:
        """Press `key`, and see when the screen `shows` what it must show then, within `late_s`."""
        cpu_before = self._cpu_ms()
        began = self._write(key)
        found, end = None, began + window_s
        while found is None and end < began + late_s:
            for at, data in self._read(end):
                self._stream.feed(data)
                if found is None and shows(self.lines):
                    found = (at - began) * 1000
            end = time.perf_counter() + window_s
        return Key(found, self._cpu_ms() - cpu_before)

    def _write(self, key: str) -> float:
        began = time.perf_counter()
        os.write(self._terminal, key.encode())
        return began

    def _cpu_ms(self) -> float:
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def _read(self, end: float) -> list[tuple[float, bytes]]:
        """What is painted until then, piece by piece, with the moment at which it came."""
        pieces = []
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                data = os.read(self._terminal, 65536)
                pieces.append((time.perf_counter(), data))
        return pieces

    def _content(self, part: tuple[int, int]) -> tuple[object, ...]:
        """Characters and backgrounds of some columns, without the first lines (a cursor blinks there) and the last."""
        rows = (self._screen.buffer[y] for y in range(3, ROWS - 3))
        return tuple((cell.data, cell.bg, cell.reverse) for row in rows for cell in (row[x] for x in range(*part)))
