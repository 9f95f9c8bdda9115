"""A trainer that dies without a word: another process says why, to the terminal and in the run's status."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.models import toy_run

from mftui.runs.control.last_words import told
from mftui.runs.store.process import Process
from mftui.runs.store.run import Run
from mftui.runs.store.status import CRASHED, Status, read_status, write_status, written_status

TRAINER = """
import os, sys, time
from pathlib import Path
from mftui.runs.control.last_words import last_words
from mftui.runs.store.process import Process
from mftui.runs.store.run import Run
from mftui.runs.store.status import Status, write_status
run = Run(Path(sys.argv[1]))
with last_words(run, 2):
    write_status(run.path, Status(state="running", process=Process.current(), heartbeat=time.time()))
    run.log_path.write_text(sys.argv[2])
    exec(sys.argv[3])
"""
FLAG = "I0000 00:00:1.5  27 port.cc:153] said\n"
FLAG += "F0000 00:00:1.6  27 parse_flags.cc:234] Unknown flag in XLA_FLAGS: --xla_foo\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return toy_run(tmp_path)


@pytest.mark.parametrize(
    ("log", "end", "words"),
    [
        (FLAG, "os._exit(1)", "Unknown flag in XLA_FLAGS: --xla_foo. Unset XLA_FLAGS; then `mftui train --resume"),
        ("terminate called after throwing\n  what():  bad\x1b[31m\n", "os.abort()", "terminate called after throwing"),
        ("epoch 3\n", "os.kill(os.getpid(), 9)", "killed, perhaps for want of memory. Its log ends with: epoch 3."),
        ("", "os.kill(os.getpid(), 11)", "(nothing)"),
    ],
)
def test_the_end_of_the_log_is_told_on_the_terminal_and_in_the_status(run: Run, log: str, end: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", TRAINER, run.path, log, end], capture_output=True, text=True, check=False
    )
    assert done.returncode and words in done.stderr and "\x1b" not in done.stderr, done.stderr
    found = read_status(run.path)
    assert found.state == CRASHED and words in found.message
    assert written_status(run.path).state == "running"  # "crashed" is never written


def test_a_trainer_that_ends_by_itself_is_not_spoken_for(run: Run) -> None:
    for end in ("pass", "raise SystemExit(3)", "raise KeyboardInterrupt"):
        done = subprocess.run(
            [sys.executable, "-P", "-c", TRAINER, run.path, FLAG, end], capture_output=True, text=True, check=False
        )
        assert "died" not in done.stderr and written_status(run.path).message == ""


def test_nothing_is_written_over_a_run_that_somebody_has_resumed(run: Run) -> None:
    from mftui.runs.control.last_words import main
    from mftui.runs.store.lock import trainer_lock

    write_status(run.path, Status(state="running", process=Process.current(), heartbeat=time.time()))
    with trainer_lock(run.path):
        main(run)
    assert written_status(run.path).message == ""


def test_without_a_log_there_are_words_all_the_same(run: Run) -> None:
    assert "(nothing)" in told(run) and run.id in told(run)


@pytest.mark.long
def test_what_a_user_set_for_keras_does_not_matter_and_an_abort_is_told(tmp_path: Path) -> None:
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text('{"backend": "torch", "floatx": "float16"}')
    command = [sys.executable, "-P", "-m", "mftui", "train", "--recipe", "post2019", "--epochs", "1", "--quiet"]
    home = {**os.environ, "HOME": str(tmp_path), "MFTUI_HOME": str(tmp_path / "home")}
    good = subprocess.run(
        command,
        env={**home, "KERAS_BACKEND": "jax", "TF_USE_LEGACY_KERAS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert good.returncode == 0, good.stderr
    bad = subprocess.run(command, env={**home, "XLA_FLAGS": "--xla_foo"}, capture_output=True, text=True, check=False)
    assert bad.returncode and "--xla_foo" in bad.stderr and "Unset XLA_FLAGS" in bad.stderr, bad.stderr
