"""Two workers on this machine: one run, the curve of one device; and what is left when one of them is killed."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.command import answer_of, call
from helpers.runs import runs_in, wait_until
from helpers.workers import launch_workers, tf_config

from mftui.cli import run_command
from mftui.runs.store.run import Run

LONG = ("--epochs", 600, "--batch-size", 700)


def command(ratings: Path, *more: object) -> tuple[object, ...]:
    small = ("--members", 1, "--factors", 4, "--learning-rate", 0.01, "--patience", 1000, "--no-audience")
    return ("train", "--data", ratings, *small, "--validation", 0.05, "--checkpoint-seconds", 0.2, "--quiet", *more)


def only_run(home: Path) -> Run:
    (run,) = runs_in(home)
    return run


def curve(run: Run) -> list[list[float]]:
    return [[p["step"], p["train_loss"], p["train_rmse"], p["valid_rmse"] or 0] for p in run.metrics()]


@pytest.fixture(scope="module")
def alone(ratings: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same training on one device."""
    home = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFTUI_HOME", str(home))
        assert run_command([str(part) for part in command(ratings, *LONG)]) == 0
    return only_run(home)


@pytest.mark.long
def test_two_workers_learn_who_watches_what_as_one_does(
    home: Path, ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taste = ("train", "--data", ratings, "--members", 1, "--factors", 4, "--epochs", 2, "--batch-size", 700)
    given = (*taste, "--audience-factors", 5, "--audience-epochs", 2, "--quiet")
    workers = launch_workers(*[given] * 2)
    try:
        answers = [answer_of(worker) for worker in workers]
    finally:
        end(workers)
    assert [answer.code for answer in answers] == [0, 0], answers[0].err + answers[1].err
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "alone"))
    assert run_command([str(part) for part in given]) == 0
    tables = []
    for run in (only_run(home), only_run(tmp_path / "alone")):
        p = run.load_factors().parameters
        assert p.audience_movie_factors is not None and p.audience_movie_weights is not None
        tables.append(p.audience_movie_factors @ p.audience_movie_factors.T * p.audience_movie_weights)
    np.testing.assert_allclose(tables[0], tables[1], atol=1e-3 * np.abs(tables[1]).max())


def end(workers: list[subprocess.Popen[str]]) -> None:
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.mark.long
@pytest.mark.parametrize("others", [0, pytest.param(3, marks=pytest.mark.long)], ids=["alone", "with three between"])
def test_a_killed_worker_leaves_a_run_that_others_go_on_with_to_the_same_end(
    home: Path, ratings: Path, alone: Run, others: int
) -> None:
    """Another number of workers, or one process, or both in turn."""
    workers = launch_workers(*[command(ratings, *LONG)] * 2)
    try:
        wait_until(lambda: list((home / "runs").glob("*/checkpoint")), "there is a checkpoint", timeout_s=90)
        run = only_run(home)
        workers[1].kill()
        answer = answer_of(workers[0])
    finally:
        end(workers)
    assert answer.code == 1 and "a worker no longer answers" in answer.err, answer.err
    assert run.state == "failed" and "a worker no longer answers" in run.status().message
    assert run.checkpoint_path.exists() and (run.config().strategy, run.config().replicas) == ("multi-worker", 2)
    run.load_factors()

    resume = ("train", "--resume", run.id, "--quiet")
    if others:
        go_on_and_stop(run, others, resume)
    assert run_command(list(resume)) == 0
    assert run.state == "finished" and only_run(home).id == run.id
    np.testing.assert_allclose(curve(run), curve(alone), atol=1e-3)


def go_on_and_stop(run: Run, n: int, resume: tuple[str, ...]) -> None:
    """`n` workers go on with it, until one of them is told to stop."""
    before = run.status().step
    workers = launch_workers(*[resume] * n)
    try:
        wait_until(lambda: run.state == "running" and run.status().step > before, "it goes on", timeout_s=90)
        workers[0].send_signal(signal.SIGTERM)
        answers = [answer_of(worker) for worker in workers]
    finally:
        end(workers)
    assert [a.code for a in answers] == [0] * n, answers[0].err + answers[1].err
    assert run.state == "stopped" and run.config().replicas == n
    assert answers[1].out == ""


@pytest.mark.long
def test_workers_that_were_started_by_different_commands_are_refused(home: Path, ratings: Path) -> None:
    workers = launch_workers(command(ratings, "--seed", 1), command(ratings, "--seed", 2))
    try:
        answers = [answer_of(worker) for worker in workers]
    finally:
        end(workers)
    for answer in answers:
        assert answer.code == 2 and "not started by the same command" in answer.err, answer.err
    assert only_run(home).state == "failed"


def test_a_recipe_that_cannot_be_distributed_says_so(
    home: Path, ratings: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for index in (0, 1):
        monkeypatch.setenv("TF_CONFIG", tf_config(["localhost:1", "localhost:2"], index))
        answer = call(capfd, "train", "--recipe", "als", "--data", ratings)
        assert answer.code == 2 and "recipe als cannot be distributed" in answer.err
    assert not (home / "runs").exists()
