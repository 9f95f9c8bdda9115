"""How long a training takes to start: `mftui --headless` beside bare `import tensorflow`, in turn; and in the app, from
the key `t` to the first point: without a standby, with one that has prepared another training (so that it has only its
imports ahead), and with one that has prepared this training. Best of some rounds.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/start.py [rounds] [data]`; the sample where no data is named. The
first training of a home compiles all its programs and stands apart. On a busy machine compare the processor's time, of
all threads, rather than the clock's.
"""

from __future__ import annotations

import os
import re
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
TO_SEED = "jjjjjjl"
"""The keys that go to the seed in the form, and change it."""
STARTS = {"cold": (False, "t"), "another training prepared": (True, f"{TO_SEED}t"), "prepared": (True, "t")}
"""Whether there is a standby, and what is pressed."""
QUIET_S, STILL_S = 2.0, 0.05
"""A standby is ready that has computed no more than the second number of seconds for the first."""


class Taken(NamedTuple):
    """What a process took, from its start to its end."""

    seconds: float
    cpu_s: float


class FirstPoint(NamedTuple):
    """From the key until the first point is in the run's file, and until the app shows its step."""

    written_s: float
    cpu_s: float
    """What app and trainer computed until it was written."""
    painted_s: float = 0.0


def taken(command: Sequence[str], home: str) -> Taken:
    """Run `command` to its end."""
    before, began = _children_s(), time.perf_counter()
    subprocess.run(command, env={**os.environ, "MFTUI_HOME": home}, check=True, capture_output=True)
    return Taken(time.perf_counter() - began, _children_s() - before)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def to_first_point(home: str, standby: bool, keys: str) -> FirstPoint:
    """Press `keys` in the app, once its standby is ready; time counts from the last of them."""
    app = App(home, standby=standby)
    try:
        app.until("Train")
        _until_ready(app, standby)
        for key in keys[:-1]:
            app.press_for(key, lambda _: True, 0.02)
        earlier = set(Path(home).glob("runs/[!.]*"))
        before, began = _cpu_s(app), time.perf_counter()
        in_file: list[FirstPoint] = []

        def shown(lines: list[str]) -> bool:
            for file in Path(home).glob("runs/*/metrics.jsonl"):
                if not in_file and file.parent not in earlier and file.stat().st_size:
                    in_file.append(FirstPoint(time.perf_counter() - began, _cpu_s(app) - before))
            return bool(in_file) and any(re.search(r"step [1-9]", line) for line in lines)

        key = app.press_for(keys[-1], shown, 0.02, PATIENCE_S)
        if key.ms is None or not in_file:
            raise SystemExit("no point came:\n" + "\n".join(app.lines))
        _until_ended(app, Path(home))
        return in_file[0]._replace(painted_s=key.ms / 1000)
    finally:
        app.close()


def _until_ended(app: App, home: Path) -> None:
    """Wait until every training is over: it would go on beside what is measured next."""
    end = time.monotonic() + PATIENCE_S
    while not all((run / "result.json").exists() for run in home.glob("runs/[!.]*")) and time.monotonic() < end:
        app.settle(0.2)


def _until_ready(app: App, standby: bool) -> None:
    """Wait until the app, and the standby if there is one, have done what they do ahead, and compute no more."""
    end, before, since = time.monotonic() + PATIENCE_S, 0.0, time.monotonic()
    while time.monotonic() < end:
        app.settle(0.1)
        if (now := _cpu_s(app)) > before + STILL_S:
            before, since = now, time.monotonic()
        elif (not standby or (len(_pids(app)) > 1 and now > 1)) and time.monotonic() - since > QUIET_S:
            return
    raise SystemExit("the app was not ready")


def _pids(app: App) -> list[int]:
    """The app and its children."""
    children = " ".join(file.read_text() for file in Path(f"/proc/{app.pid}/task").glob("*/children"))
    return [app.pid, *map(int, children.split())]


def _cpu_s(app: App) -> float:
    """What the app and its children have computed."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in _pids(app)]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if len(sys.argv) > 2:
        os.environ["MFTUI_DATA"] = str(Path(sys.argv[2]).absolute())
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        first = taken(HEADLESS, home)
        bare, ours = [], []
        points: dict[str, list[FirstPoint]] = {name: [] for name in STARTS}
        for _ in range(rounds):
            bare.append(taken(IMPORT, home))
            ours.append(taken(HEADLESS, home))
            for name, found in points.items():
                found.append(to_first_point(home, *STARTS[name]))
            all_times = (bare, ours, *points.values())
            print(*(" ".join(f"{x:.2f}" for x in times[-1]) for times in all_times), sep=" | ", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; best of {rounds} rounds")
    for name, of in (("clock", "seconds"), ("processor", "cpu_s")):
        base, again, cold = (min(getattr(one, of) for one in runs) for runs in (bare, ours, [first]))
        print(
            f"{name}: import tensorflow {base:.2f} s; mftui --headless {again:.2f} s, {again / base:.2f} times;"
            f" the first time {cold:.2f} s, {cold / base:.2f} times"
        )
    for name, found in points.items():
        written, cpu, painted = (min(times) for times in zip(*found, strict=True))
        print(
            f"from `t` to the first point, {name}: {written:.2f} s in the file, {painted:.2f} s painted;"
            f" processor {cpu:.2f} s"
        )


if __name__ == "__main__":
    main()
