"""The supervisor and its standby: started warm, handed a run, gone with the app."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.runs import request, wait_until

from mftui.errors import DataError, RunError
from mftui.runs.control.supervisor import Supervisor
from mftui.runs.store.process import Process
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import list_runs
from mftui.runs.trainer.standby import NICENESS


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor()
    yield supervisor
    supervisor.close()


@pytest.fixture
def quick_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TensorFlow that is there at once and cannot train."""
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "tensorflow.py").write_text("__version__ = 'stub'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stub"))


def standby_process(supervisor: Supervisor) -> Process:
    assert supervisor._standby is not None
    return Process.of(supervisor._standby.pid)


@pytest.mark.usefixtures("quick_import")
def test_a_standby_ends_when_its_app_is_gone(supervisor: Supervisor) -> None:
    supervisor.warm()
    standby = supervisor._standby
    assert standby is not None and standby.stdin is not None
    standby.stdin.close()  # what the kernel does when an app dies
    assert standby.wait(timeout=60) == 0


@pytest.mark.usefixtures("quick_import")
def test_a_standby_is_in_a_session_of_its_own_and_gives_way(supervisor: Supervisor) -> None:
    supervisor.warm()
    process = standby_process(supervisor)
    lower = min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    wait_until(lambda: os.getpriority(os.PRIO_PROCESS, process.pid) == lower, "it has lowered its priority")
    assert os.getsid(process.pid) == process.pid
    if hasattr(os, "sched_getscheduler"):
        wait_until(lambda: os.sched_getscheduler(process.pid) == os.SCHED_BATCH, "it takes the processor from nobody")
    if (group := Path(f"/proc/{process.pid}/autogroup")).exists() and group.read_text().strip():
        wait_until(lambda: group.read_text().split()[-1] == str(NICENESS), "so does its group, where there are groups")
    supervisor.warm()
    assert standby_process(supervisor) == process


@pytest.mark.usefixtures("quick_import")
def test_closing_lets_the_standby_go(supervisor: Supervisor) -> None:
    supervisor.warm()
    process = standby_process(supervisor)
    supervisor.close()
    assert not process.alive and not supervisor.warm_ready


@pytest.mark.usefixtures("quick_import")
def test_a_training_that_fails_at_once_says_so_in_its_run(ratings: Path, supervisor: Supervisor) -> None:
    run = supervisor.start(request(ratings))
    wait_until(lambda: not supervisor.running, "the trainer has ended")
    assert run.state == "failed"
    assert "training failed" in run.status().message
    assert any("Traceback" in line for line in run.log_tail(100))


@pytest.mark.usefixtures("quick_import")
def test_a_dead_standby_is_replaced(ratings: Path, supervisor: Supervisor) -> None:
    supervisor.warm()
    process = standby_process(supervisor)
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not process.alive, "it is dead")
    run = supervisor.start(request(ratings))
    wait_until(lambda: not supervisor.running, "the trainer has ended")
    assert run.state == "failed"


@pytest.mark.usefixtures("quick_import")
def test_a_stop_that_comes_before_training_has_begun_is_obeyed(ratings: Path, supervisor: Supervisor) -> None:
    run = supervisor.start(request(ratings))
    supervisor.stop(run)
    wait_until(lambda: not supervisor.running, "the trainer has ended")
    assert run.state == "stopped"
    result = run.result()
    assert result is not None and result["state"] == "stopped" and result.get("test_rmse") is None


@pytest.mark.usefixtures("quick_import")
@pytest.mark.parametrize("suspended", ["before it has a run", "before it is stopped"])
def test_a_trainer_that_was_suspended_is_started_and_stopped_as_any_other(
    ratings: Path, supervisor: Supervisor, suspended: str
) -> None:
    supervisor.warm()
    process = standby_process(supervisor)
    if suspended == "before it has a run":
        os.kill(process.pid, signal.SIGSTOP)
    run = supervisor.start(request(ratings))
    if suspended == "before it is stopped":
        os.kill(process.pid, signal.SIGSTOP)
    supervisor.stop(run)
    wait_until(lambda: not supervisor.running, "the trainer has ended")
    assert run.state in ("stopped", "failed")  # the stub cannot train


def test_a_command_that_cannot_be_run_is_said(ratings: Path) -> None:
    with pytest.raises(RunError, match="cannot start a trainer process"):
        Supervisor(["/nonexistent/python"]).start(request(ratings))
    (run,) = list_runs()
    assert run.state == "failed" and "cannot start a trainer" in run.status().message


@pytest.mark.long
def test_a_warm_standby_trains_for_real_and_the_app_need_not_live(ratings: Path) -> None:
    supervisor = Supervisor()
    supervisor.prepare(request(ratings, epochs=3))
    process = standby_process(supervisor)
    run = supervisor.start(request(ratings, epochs=3))
    assert run.state == "starting" and run.status().process == process
    with pytest.raises(RunError, match="already"):
        supervisor.resume(run)
    supervisor.tend()
    assert not supervisor.warm_ready, "no standby is warmed while a training needs the processors"
    supervisor.close()
    wait_until(lambda: not run.status().active, "it has ended", timeout_s=120)
    assert run.state == "finished", run.log_tail(30)
    assert len(run.metrics()) > 0 and run.load_factors().n_users == 60
    result = run.result()
    assert result is not None
    assert 0 < result["peak_data_mb"] < 250, "TensorFlow, imported before the run was there, is not its data"


LISTENER = """
import os, sys
with open(sys.argv[1], "a") as heard:
    for line in sys.stdin:
        print(os.getpid(), line, end="", file=heard, flush=True)
"""


class Heard:
    """What standbys have heard, by their process, where all that they do is listen."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.supervisor = Supervisor([sys.executable, "-c", LISTENER, str(file)])

    def told(self, process: Process, n: int) -> list[str]:
        """Wait until this standby has heard so many lines."""
        wait_until(lambda: len(self._by(process)) >= n, f"{n} lines came")
        return self._by(process)

    def _by(self, process: Process) -> list[str]:
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        return [text for pid, _, text in (line.partition(" ") for line in lines) if int(pid) == process.pid]


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    found = Heard(tmp_path / "heard")
    yield found
    found.supervisor.close()


def test_a_standby_is_told_once_what_to_prepare(ratings: Path, heard: Heard) -> None:
    supervisor, asked = heard.supervisor, request(ratings)
    supervisor.warm()
    process = standby_process(supervisor)
    assert supervisor.prepare(asked) and supervisor.prepare(replace(asked, name="mine"))
    run = supervisor.start(asked)
    told, started = heard.told(process, 2)
    assert TrainRequest.from_dict(json.loads(told)).same_training(asked.checked()) and started == str(run.path)


def test_another_training_is_prepared_by_another_standby(ratings: Path, heard: Heard) -> None:
    supervisor, processes = heard.supervisor, []
    for seed in (1, 2, 2):
        supervisor.prepare(request(ratings, seed=seed))
        processes.append(standby_process(supervisor))
    assert not processes[0].alive and processes[1].alive, "one at a time"
    assert processes[1] == processes[2]
    (told,) = heard.told(processes[1], 1)
    assert json.loads(told)["seed"] == 2


def test_a_dead_standby_does_not_keep_the_next_one_from_preparing(ratings: Path, heard: Heard) -> None:
    supervisor = heard.supervisor
    supervisor.prepare(request(ratings))
    process = standby_process(supervisor)
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not process.alive, "it is dead")
    supervisor.prepare(request(ratings))
    assert heard.told(standby_process(supervisor), 1)


def test_nothing_is_prepared_while_a_training_runs(ratings: Path, heard: Heard) -> None:
    supervisor, asked = heard.supervisor, request(ratings)
    sleeper = Supervisor([sys.executable, "-c", "import time; time.sleep(600)"])
    run = sleeper.start(asked)
    assert not sleeper.prepare(asked) and not sleeper.warm_ready
    os.kill(run.status().process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    wait_until(lambda: sleeper.prepare(asked), "it is gone")
    sleeper.close()
    with pytest.raises(DataError):
        supervisor.prepare(request(ratings.with_name("missing.csv")))
    assert not supervisor.warm_ready


@pytest.mark.usefixtures("quick_import")
def test_a_standby_that_cannot_prepare_says_nothing_and_its_training_does(
    ratings: Path, home: Path, supervisor: Supervisor
) -> None:
    supervisor.prepare(request(ratings))
    process = standby_process(supervisor)
    wait_until(lambda: list(home.glob("cache/*/dataset.json")), "it has read the data")
    assert not (home / "runs").exists(), "nothing is written before it is asked for"
    run = supervisor.start(request(ratings))
    assert run.status().process == process
    wait_until(lambda: not supervisor.running, "the trainer has ended")
    assert run.state == "failed" and "training failed" in run.status().message


@pytest.mark.usefixtures("quick_import")
def test_a_standby_that_has_prepared_something_else_trains_what_is_asked_for(
    ratings: Path, tmp_path: Path, home: Path, supervisor: Supervisor
) -> None:
    (tmp_path / "notes.csv").write_text("neither,here\nnor,there\n")
    supervisor.prepare(request(ratings))
    process = standby_process(supervisor)
    wait_until(lambda: list(home.glob("cache/*/dataset.json")), "it has read the data")
    run = supervisor.start(request(tmp_path / "notes.csv"))
    assert run.status().process == process
    wait_until(lambda: not supervisor.running, "the trainer has ended")
    assert run.state == "failed" and "notes.csv" in run.status().message
