"""A large array is mapped: where its file is cut short meanwhile, whoever reads it says which, and who did it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.models import toy_run

BEGIN = """
import os, signal, sys
import numpy as np
from mftui.data.storage import npy
npy.READ_BYTES = 1
def cut(file):
    os.truncate(file, 0)
"""
OF_A_MODEL = """
from mftui.runs.store.run import Run
whole = Run.load_factors
def load(run):
    found = whole(run)
    for file in run.factors_path.resolve().glob("*.npy"):
        cut(file)
    return found
Run.load_factors = load
"""


def ended(program: str, *arguments: object) -> tuple[int, str]:
    """Run a program of Python, in which each array is mapped; return how it ended and what it said."""
    command = [sys.executable, "-P", "-c", BEGIN + program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ["similar 1", "recommend 1", "user 1", "evaluate", "export latest {new} --to csv"])
def test_a_command_whose_model_is_cut_short_meanwhile_says_so(home: Path, tmp_path: Path, command: str) -> None:
    toy_run(home)
    words = command.format(new=tmp_path / "new").split()
    code, said = ended(f"{OF_A_MODEL}\nfrom mftui.cli import run_command\nsys.exit(run_command({words!r}))")
    assert code in (-signal.SIGBUS, 1), said
    assert ".npy was cut short while it was open, from" in said and said.count("\n") == 1, said


def test_python_that_reads_a_model_says_so_too(home: Path) -> None:
    toy_run(home)
    code, said = ended(f"{OF_A_MODEL}\nimport mftui\nmftui.open_run('latest').similar(1)")
    assert code == -signal.SIGBUS and ".npy was cut short while it was open" in said


THREAD = """
import threading
file = sys.argv[1]
np.save(file, np.ones((2_000, 2_000), dtype=np.float32))
from pathlib import Path
array = npy.open_array(Path(file), ("float32",), 2_000, 2_000)
cut(file)
"""


@pytest.mark.parametrize(
    "reading",
    [
        "array @ array.T",
        "float(array[0, 0])",
        "np.sort(array, axis=None)",
        "threading.Thread(target=lambda: array.sum()).start()",
        "npy.save_array(Path(file + '.copy'), array)",
    ],
)
def test_it_does_not_matter_who_reads_it(tmp_path: Path, reading: str) -> None:
    code, said = ended(f"{THREAD}\n{reading}", tmp_path / "a.npy")
    assert code == -signal.SIGBUS and f"{tmp_path / 'a.npy'} was cut short" in said, said


def test_a_signal_from_elsewhere_ends_the_process_without_words_about_files(tmp_path: Path) -> None:
    program = f"{THREAD.replace('cut(file)', '')}\nos.kill(os.getpid(), signal.SIGBUS)"
    assert ended(program, tmp_path / "a.npy") == (-signal.SIGBUS, "")


def test_who_looks_for_faults_has_a_turn_after_the_words(tmp_path: Path) -> None:
    code, said = ended(f"import faulthandler\nfaulthandler.enable()\n{THREAD}\narray.sum()", tmp_path / "a.npy")
    assert code == -signal.SIGBUS
    assert said.index("was cut short") < said.index("Fatal Python error: Bus error")


def test_an_array_that_is_cut_short_before_it_is_opened_is_refused_by_its_size(home: Path, tmp_path: Path) -> None:
    run = toy_run(home)
    for file in run.factors_path.resolve().glob("user_factors.npy"):
        os.truncate(file, file.stat().st_size - 1)
    code, said = ended("from mftui.cli import run_command\nsys.exit(run_command(['similar', '1']))")
    assert code == 2 and "the model's files are damaged (user_factors.npy" in said
