"""Limits of the shell (ulimit): a command does its work within them, or says which one is too low."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mftui import limits
from mftui.errors import machine_fault, want_of
from mftui.reports import report_crash
from mftui.runs.store.run import Run

COMMANDS = (
    "runs ls", "similar Matrix", "rate Matrix 4", "data info {table}", "predict {pairs}", "report latest -o {new}",
    "evaluate", "doctor", "map --tsne", "train --data {table} --epochs 2",
)  # fmt: skip
LIMITS = (
    "-v 60000", "-v 150000", "-v 250000", "-v 400000", "-d 10000", "-d 40000", "-d 100000", "-t 1", "-s 256", "-n 5",
)  # fmt: skip
BAD = re.compile(r"Traceback|should not have happened|most recent call")


def limited(limit: str, command: str) -> tuple[int, str]:
    """Run a command under a limit; return its code and what it wrote to standard error."""
    line = f"ulimit {limit}; exec {shlex.quote(sys.executable)} -P -m mftui {command}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, done.stderr


def told(code: int, said: str) -> bool:
    """Return whether a command did its work, or said in mftui's words that it did not."""
    return (code == 0 or re.search("^mftui: ", said, re.M) is not None) and not BAD.search(said)


def files(folder: Path) -> dict[str, Path]:
    (folder / "ratings.csv").write_text(
        "userId,movieId,rating\n" + "".join(f"{u},{m},{1 + (u * m) % 5}\n" for u in range(1, 40) for m in range(1, 12))
    )
    (folder / "pairs.csv").write_text("userId,movieId\n1,1\n")
    return {"table": folder / "ratings.csv", "pairs": folder / "pairs.csv", "new": folder / "new.html"}


@pytest.mark.parametrize("limit", ["-d 40000", "-d 10000", "-v 60000"])
def test_a_library_that_ends_the_process_for_want_of_memory_has_words_after_it(run: Run, limit: str) -> None:
    code, said = limited(limit, "similar Matrix")
    assert told(code, said) and code == 1 and f"(ulimit {limit.split()[0]})" in said


def test_a_command_that_needs_little_does_its_work_under_a_limit(run: Run) -> None:
    assert limited("-v 400000", "similar Matrix") == (0, "")


def test_a_stack_that_is_too_small_for_tensorflow_is_refused_before_a_training(run: Run, tmp_path: Path) -> None:
    code, said = limited("-s 2048", f"train --data {files(tmp_path)['table']} --epochs 2 --quiet")
    assert code == 1 and "2,048 kB, and TensorFlow needs 4,096" in said and "ulimit -s 8192" in said


@pytest.mark.long
@pytest.mark.parametrize("limit", LIMITS)
def test_no_limit_ends_a_command_without_words(run: Run, tmp_path: Path, limit: str) -> None:
    wrong = {
        command: found
        for command in COMMANDS
        if not told(*(found := limited(limit, command.format(**files(tmp_path)))))
    }
    assert not wrong


def test_libraries_take_one_thread_where_a_user_may_have_few() -> None:
    """OpenBLAS ends a process by SIGINT where it gets none."""
    program = (
        "import os, resource\nresource.setrlimit(resource.RLIMIT_NPROC, (100, 100))\n"
        "from mftui import limits\nlimits.be_thrifty(os.environ)\n"
        "print(limits.words(), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert "100 processes and threads of this user (ulimit -u)" in done.stdout and done.stdout.endswith(" 1\n")


def test_want_of_threads_and_memory_is_no_crash(home: Path) -> None:
    thread = RuntimeError("can't start new thread")
    assert "no more threads" in machine_fault(thread)
    outer = KeyError("x")
    outer.__cause__ = ValueError("y")
    outer.__cause__.__context__ = MemoryError()
    assert "out of memory" in want_of(outer) and want_of(KeyError("x")) == ""
    crash = report_crash(outer)
    assert crash.report is None and "out of memory" in str(crash) and "should not" not in str(crash)
    assert not (home / "crashes").exists()


def test_without_limits_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_AT_START", dict.fromkeys(limits._AT_START, -1))
    environ: dict[str, str] = {}
    limits.be_thrifty(environ)
    limits.watch()
    assert (limits.words(), limits.memory(), limits._watching, environ) == ("", None, None, {})
