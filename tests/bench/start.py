"""How long a training takes to start: `mftui --headless` on the sample beside bare `import tensorflow`, in turn; and,
in the app, from the key `t` to the first point, with a warm standby. Best of some rounds.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/start.py [rounds]`. The first training of a home compiles all its
programs and stands apart. On a busy machine compare the processor's time, of all threads, rather than the clock's.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from terminal import PATIENCE_S, App

IMPORT = (sys.executable, "-c", "import tensorflow")
HEADLESS = (sys.executable, "-P", "-m", "mftui", "--headless", "--quiet")
QUIET_S = 1.0
"""A standby that has computed nothing for so long is ready."""


class Taken(NamedTuple):
    """What a process took, from its start to its end."""

    seconds: float
    cpu_s: float


def taken(command: Sequence[str], home: str) -> Taken:
    """Run `command` to its end."""
    before, began = _children_s(), time.perf_counter()
    subprocess.run(command, env={**os.environ, "MFTUI_HOME": home}, check=True, capture_output=True)
    return Taken(time.perf_counter() - began, _children_s() - before)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def to_first_point(home: str) -> tuple[float, float]:
    """Return the seconds from `t` until the first point is in the run's file, and until the app shows a speed."""
    app = App(home, standby=True)
    try:
        app.until("Train")
        app.settle(2)
        _until_quiet(app)
        earlier = set(Path(home).glob("runs/*"))
        in_file: list[float] = []

        def shown(lines: list[str]) -> bool:
            for file in Path(home).glob("runs/*/metrics.jsonl"):
                if not in_file and file.parent not in earlier and file.stat().st_size:
                    in_file.append(time.perf_counter() - began)
            return any("ratings/s" in line for line in lines)

        began = time.perf_counter()
        key = app.press_for("t", shown, 0.02, PATIENCE_S)
        if key.ms is None:
            raise SystemExit("no point came:\n" + "\n".join(app.lines))
        return in_file[0] if in_file else key.ms / 1000, key.ms / 1000
    finally:
        app.close()


def _until_quiet(app: App) -> None:
    """Wait until the app's child, its standby, has done what it does ahead."""
    end, before, since = time.monotonic() + PATIENCE_S, -1, time.monotonic()
    while time.monotonic() < end:
        children = Path(f"/proc/{app.pid}/task/{app.pid}/children").read_text().split()
        others = Path(f"/proc/{app.pid}/task").glob("*/children")
        children = sorted({pid for file in others for pid in file.read_text().split()} | set(children))
        now = sum(
            sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[11:13])) for pid in children
        )
        if not children or now != before:
            before, since = now, time.monotonic()
        elif now > 100 and time.monotonic() - since > QUIET_S:  # a second of the processor: TensorFlow is imported
            return
        app.settle(0.1)
    raise SystemExit("the standby was not ready")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with TemporaryDirectory() as home:
        first = taken(HEADLESS, home)
        bare, ours, keys = [], [], []
        for _ in range(rounds):
            bare.append(taken(IMPORT, home))
            ours.append(taken(HEADLESS, home))
            keys.append(to_first_point(home))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; best of {rounds} rounds")
    for name, of in (("clock", "seconds"), ("processor", "cpu_s")):
        base, again, cold = (min(getattr(one, of) for one in runs) for runs in (bare, ours, [first]))
        print(
            f"{name}: import tensorflow {base:.2f} s; mftui --headless {again:.2f} s, {again / base:.2f} times;"
            f" the first time {cold:.2f} s, {cold / base:.2f} times"
        )
    print(
        f"from `t` to the first point in the file {min(file for file, _ in keys):.2f} s, in the terminal "
        f"{min(screen for _, screen in keys):.2f} s"
    )


if __name__ == "__main__":
    main()
