"""Signals, full disks, clocks, vanishing directories and second processes, during a training and an app."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from faults.test_terminal import APP, assert_sane
from helpers.command import call
from helpers.models import toy_run
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, same_model, start_trainer, wait_until
from helpers.terminal import Terminal

from mftui.errors import RunError
from mftui.runs.control.signal_run import continue_run, pause_run, stop_run
from mftui.runs.store.run import Run, create_run, list_runs
from mftui.runs.store.status import Status, write_status
from mftui.runs.trainer.main import train

FOREVER = 100_000
STOPS = [signal.SIGTERM, signal.SIGINT]


def at_work(data: Path, state: str) -> tuple[Run, subprocess.Popen[str]]:
    """An endless training in this state: "starting" is before it has read its data."""
    run = create_run(request(data, epochs=FOREVER))
    trainer = start_trainer(run)
    if state == "starting":
        wait_until(lambda: not run.status().launching or trainer.poll() is not None, "the trainer has begun")
        return run, trainer
    wait_until(lambda: run.state == "running" and run.has_factors, "it runs")
    if state == "paused":
        assert pause_run(run) == "paused"
    return run, trainer


@pytest.mark.long
@pytest.mark.parametrize("state", ["starting", "running", "paused"])
@pytest.mark.parametrize("number", STOPS)
def test_a_stop_is_obeyed_in_every_state(ratings: Path, state: str, number: signal.Signals) -> None:
    run, trainer = at_work(ratings, state)
    trainer.send_signal(number)
    _, said = trainer.communicate(timeout=60)
    assert trainer.returncode == 0, said
    assert run.state == "stopped" and run.result() is not None
    if state != "starting":
        run.load_factors()


@pytest.mark.long
@pytest.mark.parametrize("state", ["starting", "running", "paused"])
def test_a_hang_up_changes_nothing_in_any_state(ratings: Path, state: str) -> None:
    run, trainer = at_work(ratings, state)
    trainer.send_signal(signal.SIGHUP)
    if state == "paused":
        assert run.state == "paused" and continue_run(run) == "running"
    wait_until(lambda: run.state == "running", "it trains")
    step = run.status().step
    wait_until(lambda: run.status().step > step, "it goes on")
    assert stop_run(run, timeout_s=60) == "stopped"
    trainer.communicate()


@pytest.mark.parametrize("phase", ["load", "compile", "train", "evaluate"])
@pytest.mark.parametrize("number", [*STOPS, signal.SIGHUP])
def test_a_signal_in_any_phase_leaves_a_run_with_a_state_and_a_result(
    ratings: Path, phase: str, number: signal.Signals
) -> None:
    def interfere(now: str) -> None:
        if now == phase:
            os.kill(os.getpid(), number)

    run = create_run(request(ratings, epochs=20))
    document = train(run, on_phase=interfere, make_training=NumpyTraining)
    unharmed = phase == "evaluate" or number == signal.SIGHUP
    assert document["state"] == run.state == ("finished" if unharmed else "stopped")
    assert run.result() == document
    if unharmed or phase == "train":
        run.load_factors()


def test_a_second_interrupt_ends_it_at_once_and_it_can_be_resumed(ratings: Path) -> None:
    run, trainer = at_work(ratings, "paused")
    saved = run.load_factors()
    os.kill(trainer.pid, signal.SIGSTOP)  # so that both arrive before it can obey the first
    trainer.send_signal(signal.SIGINT)
    trainer.send_signal(signal.SIGTERM)
    os.kill(trainer.pid, signal.SIGCONT)
    trainer.communicate(timeout=60)
    assert run.state == "stopped" and run.checkpoint_path.exists()
    assert run.load_factors().n_factors == saved.n_factors


def test_pause_and_continue_by_command(ratings: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run, trainer = at_work(ratings, "running")
    assert call(capfd, "runs", "pause", run.id, "--json").document == {"run": run.id, "state": "paused"}
    refused = call(capfd, "runs", "pause", run.id)
    assert refused.code == 2 and "it cannot be paused" in refused.err
    assert call(capfd, "runs", "continue", run.id).out == f"{run.id}: running\n"
    assert call(capfd, "runs", "stop", run.id).out == f"{run.id}: stopped\n"
    assert "it cannot be continued" in call(capfd, "runs", "continue", run.id).err
    trainer.communicate()


def test_on_a_full_disk_it_goes_on_says_so_and_keeps_the_last_model(small_disk: Path, ratings: Path) -> None:
    run, trainer = at_work(ratings, "running")
    wait_until(lambda: run.checkpoint_path.exists() and run.metrics(), "it is saved, and the curve has begun")
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(4 << 20))
    wait_until(
        lambda: any("could not" in line for line in run.log_tail(200)) or run.status().warnings,
        "it is full",
        timeout_s=20,
    )
    step = run.metrics()[-1]["step"]
    run.load_factors()
    assert trainer.poll() is None, "it goes on"
    filler.unlink()
    wait_until(lambda: run.metrics()[-1]["step"] > step, "what waited is written once there is room")
    wait_until(lambda: run.status().warnings, "the warning is in the status")
    assert stop_run(run, timeout_s=60) == "stopped"
    trainer.communicate()
    steps = [line["step"] for line in run.metrics()]
    assert steps == list(range(4, 4 * len(steps) + 1, 4)), "no line of the curve is missing"


def test_a_suspended_training_is_paused_and_stopped_as_any_other(ratings: Path) -> None:
    run, trainer = at_work(ratings, "running")
    trainer.send_signal(signal.SIGSTOP)
    assert pause_run(run, timeout_s=60) == "paused"
    trainer.send_signal(signal.SIGSTOP)
    assert stop_run(run, timeout_s=60) == "stopped"
    trainer.communicate()


def test_a_clock_set_back_confuses_nobody(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    undisturbed = create_run(request(ratings, epochs=30))
    train(undisturbed, make_training=NumpyTraining)
    now, years = time.time(), itertools.count()
    monkeypatch.setattr(time, "time", lambda: now - 3e7 * next(years))
    run = create_run(request(ratings, epochs=30))
    document = train(run, make_training=NumpyTraining)
    assert document["state"] == run.state == "finished" and same_model(run, undisturbed)
    assert all(seconds >= 0 for seconds in document["seconds"].values())
    assert [line["seconds"] for line in run.metrics()] == sorted(line["seconds"] for line in run.metrics())
    assert list_runs() == [run, undisturbed]


def test_in_a_home_that_cannot_be_written_every_command_says_so(
    ratings: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = "/proc/mftui"  # where not even root can write
    monkeypatch.setenv("MFTUI_HOME", place)
    for command in (("runs", "ls"), ("runs", "ls", "--json"), ("data", "info", ratings), ("data", "ls"), ("paths",)):
        assert call(capfd, *command).code == 0, command
    refused = call(capfd, "train", "--data", ratings)
    assert refused.code == 2 and place in refused.err and "MFTUI_HOME" in refused.err
    fetched = call(capfd, "data", "fetch", "ml-100k")
    assert fetched.code in (1, 2) and place in fetched.err and "should not have happened" not in fetched.err


def test_the_app_comes_up_in_a_home_that_cannot_be_written() -> None:
    with Terminal(APP, {"MFTUI_HOME": "/proc/mftui"}) as terminal:
        terminal.until("mftui learns from film ratings")
        terminal.press("t")
        terminal.until("/proc/mftui/runs: cannot be changed")
        terminal.press("esc")
        terminal.until("/proc/mftui/runs: cannot be changed", gone=True)
        terminal.press("q")
        assert terminal.until_exit() == 0
        assert_sane(terminal)


def test_a_run_removed_while_the_app_shows_it_is_said(home: Path, ratings: Path) -> None:
    run, trainer = at_work(ratings, "running")
    with Terminal(APP, {}) as terminal:
        terminal.until("running")
        shutil.rmtree(run.path.rename(home / "away"), ignore_errors=True)
        terminal.until("running", gone=True)
        terminal.until("missing")
        terminal.press("q")
        assert terminal.until_exit() == 0
    assert "has been removed" in trainer.communicate(timeout=60)[1]


@pytest.mark.long
def test_two_apps_on_one_run_both_show_it_and_either_can_stop_it(home: Path, ratings: Path) -> None:
    run, trainer = at_work(ratings, "running")
    with Terminal(APP, {}) as one, Terminal(APP, {}) as other:
        for terminal in (one, other):
            terminal.until("running")
        one.press("t")
        one.until("Stop it?")
        one.press("y")
        for terminal in (one, other):
            terminal.until("stopped")
            terminal.press("q")
            assert terminal.until_exit() == 0
    trainer.communicate(timeout=60)
    assert run.state == "stopped"


APP_STATES = {
    "with nothing trained": ("mftui learns from film ratings", ()),
    "while it trains": ("running", ()),
    "in the help": ("Keys", ("?",)),
    "in a dialog": ("under way", ("q",)),
}


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.long)])
@pytest.mark.parametrize("state", APP_STATES)
def test_the_app_ends_in_order_in_every_state(home: Path, state: str, number: signal.Signals) -> None:
    shown, keys = APP_STATES[state]
    if state != "with nothing trained":
        toy_run(home, state="running")
    with Terminal(APP, {}) as terminal:
        terminal.until("Train")
        if state != "with nothing trained":
            terminal.until("running")
        terminal.press(*keys)
        terminal.until(shown)
        terminal.process.send_signal(number)
        assert terminal.until_exit() == 128 + number
        assert_sane(terminal)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, *(pytest.param(n, marks=pytest.mark.long) for n in (15, 1))])
def test_a_training_does_not_notice_the_end_of_an_app(home: Path, ratings: Path, number: int) -> None:
    run, trainer = at_work(ratings, "running")
    with Terminal(APP, {}) as terminal:
        terminal.until("running")
        os.killpg(terminal.process.pid, number)
        terminal.until_exit()
    step = run.status().step
    wait_until(lambda: run.status().step > step, "it goes on")
    assert stop_run(run, timeout_s=60) == "stopped"
    trainer.communicate()


@pytest.mark.parametrize("state", ["running", "starting", "paused", "stopping"])
@pytest.mark.parametrize("heartbeat_s", [-1e6, 0, 1e6])
def test_a_process_that_only_a_file_names_gets_no_signal(ratings: Path, state: str, heartbeat_s: float) -> None:
    from mftui.runs.store.process import Process

    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    run = create_run(request(ratings))
    forged = Status(state=state, process=Process.of(bystander.pid), heartbeat=time.time() + heartbeat_s)
    write_status(run.path, forged)
    assert run.state == ("starting" if state == "starting" and not heartbeat_s else "crashed")
    for ask in (stop_run, pause_run, continue_run):
        with pytest.raises(RunError):
            ask(run, timeout_s=1)
    assert bystander.poll() is None
    (run.path / "lock").unlink(missing_ok=True)
    with holding_elsewhere(run.path.parent.parent / "database") as holder:
        os.link(run.path.parent.parent / "database", run.path / "lock")
        write_status(run.path, replace(forged, process=Process.of(holder.pid), heartbeat=time.time()))
        with pytest.raises(RunError):
            stop_run(run, timeout_s=1)
        assert holder.poll() is None
    bystander.kill()
    bystander.wait()


@contextmanager
def holding_elsewhere(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program of the user's that has locked a file of its own."""
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.communicate("")


def test_a_recycled_pid_is_not_stopped(ratings: Path) -> None:
    from mftui.runs.store.process import Process

    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    run = create_run(request(ratings))
    write_status(run.path, Status(state="running", process=replace(Process.of(bystander.pid), start="before the boot")))
    assert run.state == "crashed"
    with pytest.raises(RunError, match="it cannot be stopped"):
        stop_run(run)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
