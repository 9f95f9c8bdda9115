"""All commands on hostile homes, in one process: `python -m helpers.hostile_worker HOME ASIDE PART PARTS [screens]`.

HOME is a whole home. Prints a line for each thing that went wrong: a crash report, a command that hangs, one that takes
too much memory, and a change outside the home.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

from helpers.hostile import SOUND, STOPPED, STUDY, Hostility, hostilities, outside_of, picture
from helpers.numpy_training import NumpyTraining
from helpers.searching import quick_trials

from mftui.cli import run_command
from mftui.engine.compute.machine import peak_bytes
from mftui.errors import MftuiError
from mftui.reports import report_crash
from mftui.runs.store.run import Run
from mftui.runs.trainer.main import train

PATIENCE_S = 30.0
"""A machine that is busy with other things makes a command slow; what hangs hangs for ever."""
COMPUTED_S = 5.0
MEMORY_BYTES = 1 << 30
COMMANDS = (
    "runs ls",
    "runs ls --json",
    "runs show fuzzed",
    "runs show stopped --json",
    "runs logs fuzzed",
    "runs compare fuzzed stopped toy",
    "runs stop stopped",
    "runs pause fuzzed",
    "runs note fuzzed another note",
    "runs tag stopped b",
    "runs rename fuzzed again",
    "runs rename again fuzzed",
    "runs trash",
    "runs restore",
    "similar 1 --run fuzzed",
    "similar 3 --json",
    "user 1 --run fuzzed",
    "recommend 1 --run fuzzed --explain",
    "recommend --ratings @",
    "suggest",
    "factors --run fuzzed",
    "map --run fuzzed --json",
    "predict {pairs} --run fuzzed",
    "evaluate --run fuzzed",
    "report fuzzed -o {out}/report.html",
    "export fuzzed {out}/export --to csv",
    "rate 3 4",
    "ratings ls",
    "ratings not-seen 4",
    "ratings undo",
    "ratings export {out}/mine.csv",
    "ratings import {out}/mine.csv",
    "ratings use you",
    "ratings use me",
    "ratings profiles",
    "data ls",
    "data info {data}",
    "paths",
    "doctor",
)


Use = Callable[[Path, Path, bool], Iterator[str]]


SLOW = ("runs compare", "suggest", "report", "export", "train --resume stopped", "tune")
"""Commands that every second home is spared."""


class Hang(BaseException):
    """A command that does not end; no `except Exception` may swallow it."""


def on_alarm(number: int, frame: object) -> None:
    raise Hang


def resumed(home: Path, name: str) -> Callable[[], int]:
    """Go on with a training."""

    def go_on() -> int:
        run = next(Run(path) for path in (home / "runs").iterdir() if name in path.name)
        try:
            train(run, resume=True, make_training=NumpyTraining)
        except MftuiError:
            return 1
        except Exception as error:  # noqa: BLE001  # as the command does
            print(report_crash(error))
        return 0

    return go_on


def calls(home: Path, out: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """Yield all commands, in an order in which each finds what it needs."""
    given = {"pairs": home.parent / "pairs.csv", "out": out, "data": home.parent.parent / "r.csv"}
    for command in COMMANDS:
        yield command, partial(run_command, command.format(**given).split(" "))
    yield "train --resume stopped", resumed(home, STOPPED)
    yield "train --resume fuzzed", resumed(home, SOUND)
    for trials in (2, 3):  # the second time with what the first has made
        yield f"tune --resume, {trials}", partial(run_command, f"tune --resume {STUDY} --trials {trials}".split())
    for command in ("runs rm fuzzed", "runs prune"):
        yield command, partial(run_command, command.split(" "))


def judged(name: str, call: Callable[[], int]) -> str:
    """Call a command; return what is wrong with how it went, "" where nothing is."""
    said = io.StringIO()
    began = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            call()
    except Hang:
        return "hangs"
    except BaseException as error:  # noqa: BLE001
        return f"raises {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    text = said.getvalue()
    if "should not have happened" in text:
        return text[text.index("should not have happened") :][:160].strip()
    if "out of memory" in text:
        return "out of memory"
    computed = time.process_time() - began
    return f"computes for {computed:.1f} s" if computed > COMPUTED_S else ""


def on_each(whole: Path, aside: Path, hostility: Hostility, use: Use, spared: bool) -> Iterator[str]:
    """Do one hostility to a copy of the home, and yield what goes wrong with what is done there."""
    shutil.rmtree(aside, ignore_errors=True)
    home, outside, out = aside / "home", aside / "outside", aside / "out"
    shutil.copytree(whole, home, symlinks=True)
    out.mkdir()
    (aside / "pairs.csv").write_text("userId,movieId\n1,1\n2,3\n")
    outside_of(home, outside)
    hostility.into(home, outside)
    os.environ["MFTUI_HOME"] = str(home)
    before = picture(outside)
    for wrong in use(home, out, spared):
        yield f"{hostility}: {wrong}"
        if picture(outside) != before:
            break
    after = picture(outside)
    if after != before:
        changed = sorted({name for name in {**before, **after} if before.get(name) != after.get(name)})
        yield f"{hostility}: changes outside: {changed}"


def all_commands(home: Path, out: Path, spared: bool) -> Iterator[str]:
    """Run all commands; yield what goes wrong."""
    outside = home.parent / "outside"
    before = picture(outside)
    for name, call in calls(home, out):
        if spared and name.startswith(SLOW):
            continue
        if wrong := judged(name, call):
            yield f"{name}: {wrong}"
        if picture(outside) != before:
            yield f"{name}: changes something outside"
            return


def main(whole: Path, aside: Path, part: int, parts: int, screens: bool) -> None:
    """Go through one part of all hostilities."""
    signal.signal(signal.SIGALRM, on_alarm)
    with Path("/proc/self/statm").open() as file:
        limit = int(file.read().split()[0]) * resource.getpagesize() + 2 * MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    if screens:
        from helpers.hostile_screens import all_screens as use
    else:
        use = all_commands
    done = 0
    for number, hostility in enumerate(hostilities(whole)):
        if number % parts == part:
            done += 1
            spared = number // parts % 2 == 1 and hostility.cheap and not hostility.file.startswith("studies")
            with quick_trials():
                for wrong in on_each(whole, aside, hostility, use, spared):
                    print(wrong, flush=True)
    if (most := peak_bytes()) > MEMORY_BYTES:
        print(f"takes {most >> 20} MB")
    print(f"{done} homes", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), "screens" in sys.argv)
