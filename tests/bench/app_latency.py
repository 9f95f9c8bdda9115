"""How soon a key's effect is in the terminal: moving, searching 90,000 titles, opening neighbours; quiet and beside a
trainer that takes all cores.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/app_latency.py [presses]`. The app runs in a real pseudo-terminal of
120×40; a key's time ends when the part of the screen that it changes has its final content.
"""

from __future__ import annotations

import os
import pty
import random
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyte
from helpers.models import toy_factors, toy_run

from mftui.runs.directory import Run
from mftui.tui.gauges import Meter

COLUMNS, ROWS = 120, 40
N_MOVIES, N_FACTORS = 90_000, 64
WINDOW_S = 0.6
"""How long after a key its effects are waited for."""
PATIENCE_S = 60.0
FORM = (0, 34)
RESULTS = (0, 48)
NEIGHBOURS = (72, COLUMNS)
SYLLABLES = [c + v for c in "bdklmnrstvz" for v in "aeio"]


class Key(NamedTuple):
    """What a key led to."""

    ms: float | None
    """From the key until its effect was painted; None where nothing changed."""
    cpu_ms: float
    """What the app's process computed meanwhile."""


class App:
    """The app in a pseudo-terminal, and what it has painted."""

    def __init__(self, home: str) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        settings = {"MFTUI_HOME": home, "MFTUI_STANDBY": "0", "SSH_CONNECTION": "", "TERM": "xterm-256color"}
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

    def until(self, text: str) -> None:
        """Read until `text` is on the screen."""
        end = time.monotonic() + PATIENCE_S
        while text not in "\n".join(self._screen.display):
            if time.monotonic() > end:
                raise SystemExit(f"{text!r} was not painted:\n" + "\n".join(self._screen.display))
            self._read(0.2)

    def settle(self, seconds: float = 1.0) -> None:
        """Read for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read(0.05)

    def press(self, key: str, part: tuple[int, int], window_s: float = WINDOW_S) -> Key:
        """Press `key`, and see for `window_s` when these columns have their final content."""
        cpu_before = self._cpu_ms()
        before = self._content(part)
        seen = [(0.0, before)]
        began = time.perf_counter()
        os.write(self._terminal, key.encode())
        while (left := began + window_s - time.perf_counter()) > 0:
            at = self._read(left)
            if at is not None and (content := self._content(part)) != seen[-1][1]:
                seen.append((at - began, content))
        return Key(None if len(seen) == 1 else seen[-1][0] * 1000, self._cpu_ms() - cpu_before)

    def _cpu_ms(self) -> float:
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def _read(self, wait_s: float) -> float | None:
        """Take what has been painted; when it came, None where nothing did."""
        if not select.select([self._terminal], [], [], wait_s)[0]:
            return None
        data = os.read(self._terminal, 65536)
        at = time.perf_counter()
        self._stream.feed(data)
        return at

    def _content(self, part: tuple[int, int]) -> tuple[object, ...]:
        """Characters and backgrounds of some columns, without the first lines (a cursor blinks there) and the last."""
        rows = (self._screen.buffer[y] for y in range(3, ROWS - 3))
        return tuple((cell.data, cell.bg, cell.reverse) for row in rows for cell in (row[x] for x in range(*part)))


def titles(n: int) -> list[str]:
    """Made-up titles of one to four words, with years."""
    draw = random.Random(0)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).title() for _ in range(8_000)]
    return [f"{' '.join(draw.choices(words, k=draw.randint(1, 4)))} ({draw.randint(1920, 2020)})" for _ in range(n)]


def report(name: str, keys: list[Key], goal: str) -> None:
    """Print median, 95th percentile and maximum, and the mean processor time, which other processes do not change."""
    found = sorted(key.ms for key in keys if key.ms is not None)
    if not found:
        print(f"{name}: nothing was seen to change")
        return
    p95 = found[min(len(found) - 1, round(0.95 * (len(found) - 1)))]
    missed = f", {len(keys) - len(found)} without effect" if len(found) < len(keys) else ""
    print(
        f"{name}: median {statistics.median(found):.0f} ms, 95% {p95:.0f} ms, most {found[-1]:.0f} ms"
        f"; processor {statistics.mean(key.cpu_ms for key in keys):.0f} ms a key"
        f" ({len(found)} keys{missed}; goal {goal})",
        flush=True,
    )


@contextmanager
def training(home: str) -> Iterator[Run]:
    """A real trainer on the sample, with the recipe that multiplies whole matrices on all cores."""
    options = ["--recipe", "seed", "--epochs", "200000", "--factors", "256", "--quiet"]
    trainer = subprocess.Popen(
        [sys.executable, "-m", "mftui", "train", *options],
        env={**os.environ, "MFTUI_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + PATIENCE_S
        while not (found := list(Path(home).glob("runs/*/metrics.jsonl"))) or not found[0].stat().st_size:
            if time.monotonic() > end or trainer.poll() is not None:
                raise SystemExit("the trainer did not start")
            time.sleep(0.1)
        meter = Meter(0.0)
        meter.read(trainer.pid)
        time.sleep(2)
        load = meter.read(trainer.pid)
        print(f"trainer: {load.cpu_percent if load else '?'}% of a core, of {os.cpu_count()} cores", flush=True)
        yield Run(found[0].parent)
    finally:
        trainer.terminate()
        trainer.wait()


def moving(home: str, presses: int) -> list[Key]:
    """Up and down in the settings, on the screen whose chart is growing."""
    app = App(home)
    try:
        app.until("running")
        app.settle(2)
        return [app.press("jjjkkk"[i % 6], FORM) for i in range(presses)]
    finally:
        app.close()


def browsing(home: str, presses: int, words: list[str]) -> dict[str, list[Key]]:
    """Search by letters, then neighbours of one movie after the other."""
    app = App(home)
    try:
        app.until("made by a test")
        app.press("2", RESULTS)
        app.settle(2)
        app.press("/", RESULTS)
        found: dict[str, list[Key]] = {"search": [], "moved": [], "opened": []}
        while len(found["search"]) < presses:
            for letter in words[len(found["search"]) % len(words)][:6]:
                found["search"].append(app.press(letter, RESULTS))
            app.press("\x15", RESULTS)  # all of it away
        app.press("\x1b", RESULTS)
        app.settle()
        found["moved"] = [app.press("j", NEIGHBOURS) for _ in range(presses // 2)]
        app.press("l", NEIGHBOURS)
        found["opened"] = [app.press(key, NEIGHBOURS) for _ in range(presses // 4) for key in ("j", "\r")][1::2]
        return found
    finally:
        app.close()


def main() -> None:
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    names = titles(N_MOVIES)
    words = [name.split(" ")[0].lower() for name in names[:500]]
    with TemporaryDirectory() as live, TemporaryDirectory() as large:
        toy_run(Path(large), toy_factors(names, n_users=40, k=N_FACTORS))
        _report_browsing("quiet", browsing(large, presses, words))
        with training(live):
            report("key on Train beside the trainer", moving(live, presses), "50 ms median, 120 ms 95%")
            _report_browsing("beside the trainer", browsing(large, presses, words))


def _report_browsing(when: str, found: dict[str, list[Key]]) -> None:
    report(f"letter of a search in {N_MOVIES:,} titles, {when}", found["search"], "80 ms 95%")
    report(f"neighbours of the next movie, {when}", found["moved"], "60 ms")
    report(f"neighbours of a neighbour, {when}", found["opened"], "60 ms")


if __name__ == "__main__":
    main()
