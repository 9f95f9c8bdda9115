"""The `mftui` command: in this process for quick ones, in one of its own where that is what counts."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest

from mftui.cli import run_command


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


def call(capfd: pytest.CaptureFixture[str], *arguments: object) -> Answer:
    """Run a command in this process."""
    capfd.readouterr()
    code = run_command([str(argument) for argument in arguments])
    return Answer(code, *capfd.readouterr())


def launch(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Run a command in a process of its own, without a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "mftui", *map(str, arguments)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer_of(process: subprocess.Popen[str], *, timeout_s: float = 150.0) -> Answer:
    """Wait for a launched command."""
    out, err = process.communicate(timeout=timeout_s)
    return Answer(process.returncode, out, err)


def spoken(*arguments: str) -> str:
    """What a command prints. It must end with a code of the four, in words, and send no escape to the terminal."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command(list(arguments))
    said = out.getvalue() + err.getvalue()
    assert code in (0, 1, 2) and "should not have happened" not in said and "Traceback" not in said, said
    assert not set(said) & {"\x1b", "\0", "\r", "\u202e", "\x07"}, said
    return out.getvalue()
