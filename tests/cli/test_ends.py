"""How the process of a command ends: by its exit code, never by a signal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from helpers.asking import Ask
from helpers.models import toy_run

WATCHED = """
import os, sys

class Interpreter:
    def __del__(self, write=os.write):
        write(2, b"taken down")

sys.watched = Interpreter()
"""
"""Says so where the interpreter is taken down."""


def ended(*program: str, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program with the words of a command."""
    command = [sys.executable, "-c", WATCHED + "\n".join(program), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(("words", "code"), [("predict pairs.csv", 0), ("predict none.csv", 2), ("predict bad.csv", 2)])
def test_where_arrow_read_a_file_its_threads_find_the_interpreter_as_it_was(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, code: int
) -> None:
    toy_run(home)
    monkeypatch.chdir(tmp_path)
    Path("pairs.csv").write_text("userId,movieId\n1,1\n2,3\n")
    Path("bad.csv").write_text("userId,movieId\n1,1\n2\n\n3,4,5,6,7\n")
    done = ended("import pyarrow.csv", "from mftui.cli import main", "main()", words=words.split())
    assert (done.returncode, "taken down" in done.stderr) == (code, False)
    if code == 0:
        assert len(done.stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["reccomend", "3"], "recommend"), (["runs", "lst"], "ls"), (["xyzzy"], ""), (["user", "1", "2"], "")],
)
def test_a_word_that_is_nearly_a_command_is_refused_with_that_command(ask: Ask, words: list[str], meant: str) -> None:
    code, out, err = ask(*words)
    assert (code, out) == (2, "")
    assert err.count("Did you mean") == bool(meant)
    assert meant in err.partition("Did you mean")[2]
