"""How soon the app's first picture is in the terminal, and what its process weighs: median of five.

Run: `.venv/bin/python tests/bench/first_paint.py [harlequin]`. Beside it harlequin, in turn with the app, where its
command is found or given: it wants another Textual, so install it in an environment of its own. The app opens the
newest model of `MFTUI_HOME`, where that is set.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import statistics
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyte

ROUNDS = 5
COLUMNS, ROWS = 80, 24
TIMEOUT_S = 20.0


class Painted(NamedTuple):
    """How an app came up."""

    seconds: float
    """From process start until the sign was on the screen."""
    cpu_s: float
    """What all threads of the process computed until then, which does not depend on what else the machine does."""
    mb: float
    """The process's resident memory once it was quiet."""


def first_paint(command: list[str], sign: str, env: dict[str, str]) -> Painted:
    """Start `command` in a terminal and wait until `sign` is on the screen."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a program that was started before has its bytecode
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", **env})
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:
        while time.perf_counter() - began < TIMEOUT_S:
            if select.select([terminal], [], [], 0.5)[0]:
                data = os.read(terminal, 65536)
                seen = time.perf_counter() - began
                stream.feed(data)
                if any(sign in line for line in screen.display):
                    cpu_s = _cpu_s(pid)
                    return Painted(seen, cpu_s, _settled_memory_mb(pid, terminal))
        raise SystemExit(f"{command[0]}: {sign!r} was not painted within {TIMEOUT_S:.0f} s")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def _cpu_s(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _settled_memory_mb(pid: int, terminal: int) -> float:
    """Resident memory once nothing has been written to the terminal for two seconds, or after five: a cursor blinks."""
    end = time.monotonic() + 5
    while time.monotonic() < end and select.select([terminal], [], [], 2.0)[0]:
        os.read(terminal, 65536)
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def main() -> None:
    peer = sys.argv[1] if len(sys.argv) > 1 else shutil.which("harlequin")
    found: dict[str, list[Painted]] = {"mftui": [], "harlequin": []}
    with TemporaryDirectory() as home:
        env = {"MFTUI_HOME": os.environ.get("MFTUI_HOME", home), "MFTUI_STANDBY": "0"}
        for _ in range(ROUNDS):
            found["mftui"].append(first_paint([sys.executable, "-m", "mftui"], "Train", env))
            if peer:
                found["harlequin"].append(first_paint([peer], "Data Catalog", {"HOME": home}))
    for name, rounds in found.items():
        times = [one.seconds for one in rounds]
        if not rounds:
            print(f"{name}: skipped, no such command")
            continue
        each = ", ".join(f"{t:.3f}" for t in times)
        memory = statistics.median(one.mb for one in rounds)
        cpu_s = statistics.median(one.cpu_s for one in rounds)
        print(
            f"{name}: first paint {statistics.median(times):.3f} s ({each}), processor {cpu_s:.2f} s, {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
