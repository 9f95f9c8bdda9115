"""Child processes: what they write, how they are cancelled, why they failed, and that none outlives its parent."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mftui.child import run_child
from mftui.errors import MftuiError

PROGRAM = """
import os, sys, time
print(os.getpid(), flush=True)
print(*sys.argv[1:], os.environ.get("COLOUR"), flush=True)
if "fail" in sys.argv:
    raise ValueError("the reason")
if "hold" in sys.argv:
    import ctypes
    ctypes.PyDLL(None).sleep(600)  # the interpreter stays with this call, and no thread of Python runs
if "wait" in sys.argv:
    time.sleep(60)
"""
PARENT = "import sys; from mftui.child import run_child; run_child('program', sys.argv[1], on_line=print)"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_lines_are_handed_on() -> None:
    lines: list[str] = []
    assert run_child("program", "a b", "c", on_line=lines.append, environment={"COLOUR": "red"})
    assert lines[1:] == ["a b c red"]


def test_a_failure_says_what_the_child_wrote_last() -> None:
    with pytest.raises(MftuiError, match=r"It failed: .*ValueError: the reason$"):
        run_child("program", "fail", failure="It failed: ")


def test_a_command_of_mftui_fails_with_its_own_message() -> None:
    with pytest.raises(MftuiError, match=r"^no data set, file or directory is called nothing"):
        run_child("mftui", "data", "info", "nothing")


def test_a_cancelled_child_is_killed() -> None:
    lines: list[str] = []
    assert not run_child("program", "wait", on_line=lines.append, cancelled=lambda: len(lines) == 2)
    assert gone(int(lines[0]))


def test_an_error_of_the_caller_kills_the_child() -> None:
    lines: list[str] = []

    def fails(line: str) -> None:
        lines.append(line)
        raise KeyError(line)

    with pytest.raises(KeyError):
        run_child("program", "wait", on_line=fails)
    assert gone(int(lines[0]))


@pytest.mark.parametrize("work", ["wait", "hold"])
def test_a_child_ends_with_its_parent(work: str) -> None:
    parent = subprocess.Popen([sys.executable, "-u", "-c", PARENT, work], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as lines:
        child = int(lines.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert gone(child)


@pytest.mark.parametrize(("end", "fails"), [("", False), ("sys.exit()", False), ("sys.exit(3)", True), ("1 / 0", True)])
def test_a_child_that_has_used_arrow_ends_as_it_says(tmp_path: Path, end: str, fails: bool) -> None:
    words = "import atexit, sys, pyarrow\natexit.register(print, 'at exit')\nprint('out')\n"
    (tmp_path / "used.py").write_text(words + end)
    heard: list[str] = []
    with pytest.raises(MftuiError) if fails else contextlib.nullcontext():
        assert run_child("used", on_line=heard.append)
    assert heard == ["out", "at exit"]
