"""A training in its run directory: what it leaves behind, however it ends."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, same_model, start_trainer, wait_until, without_times, write_ratings

from mftui.errors import DataError, RunError, TrainingError
from mftui.runs.control.signal_run import continue_run, pause_run, stop_run
from mftui.runs.store.process import Process
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run
from mftui.runs.store.trash import remove_run
from mftui.runs.trainer.main import train
from mftui.tui.monitor.snapshot import ending, read_snapshot

FOREVER = 100_000
LONG = 1_000


def trained(data: Path, **changes: Any) -> Run:
    run = create_run(request(data, **changes))
    train(run, make_training=NumpyTraining)
    return run


def endless(data: Path, **changes: Any) -> Run:
    """A run that only ends when it is told to."""
    return create_run(request(data, epochs=FOREVER, **changes))


def _grown(run: Run, trainer: subprocess.Popen[str], lines: int) -> Callable[[], bool]:
    """Whether `trainer` has published a model and written `lines` of metrics since now, or has ended."""
    before, enough = run.factors_version, len(run.metrics()) + lines
    return lambda: trainer.poll() is not None or (run.factors_version != before and len(run.metrics()) >= enough)


def test_a_finished_run_has_its_result_metrics_model_and_log(ratings: Path) -> None:
    run = create_run(request(ratings, name="First try"))
    document = train(run, make_training=NumpyTraining)
    assert document == run.result()
    assert document["state"] == run.state == "finished"
    assert (document["steps"], document["epochs"], document["n_test"]) == (200, 50, 150)
    assert document["test_rmse"] is not None
    assert set(document["baseline_rmse"]) == {"global_mean", "bias"}
    assert set(document["seconds"]) == {"import", "load", "compile", "train", "evaluate", "total"}
    assert [line["epoch"] for line in run.metrics()] == list(range(1, 51))
    assert document["train_loss"] == run.metrics()[-1]["train_loss"]
    assert run.load_factors().meta["split"] == document["split"] == "random 10 % (seed 0)"
    assert run.id.endswith("-first-try")
    assert any("finished" in line for line in run.log_tail())
    config = run.config()
    assert config.fingerprint and config.hyper["learning_rate"] == 0.01


def test_the_same_seed_learns_the_same(ratings: Path) -> None:
    one, two, other = trained(ratings), trained(ratings), trained(ratings, seed=1)
    assert same_model(one, two) and not same_model(one, other)
    assert without_times(one.metrics()) == without_times(two.metrics())


@pytest.mark.long
def test_a_run_killed_again_and_again_ends_like_one_that_never_was(ratings: Path) -> None:
    undisturbed, killed = trained(ratings, epochs=LONG), create_run(request(ratings, epochs=LONG))
    chance = random.Random(7)
    kills = 0
    while killed.state != "finished":
        trainer = start_trainer(killed)
        if kills < 10:
            wait_until(_grown(killed, trainer, chance.randrange(200)), "it has learned more, and saved it")
            trainer.kill()
            kills += 1
        trainer.communicate()
        assert killed.state in ("crashed", "finished")
        killed.load_factors()
    assert kills >= 2
    assert same_model(killed, undisturbed)
    assert without_times(killed.metrics()) == without_times(undisturbed.metrics())
    assert not list(killed.path.glob(".*.tmp"))


@pytest.mark.long
@pytest.mark.parametrize(("number", "interrupted"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_a_stop_request_saves_evaluates_and_can_be_resumed(
    ratings: Path, number: signal.Signals, interrupted: bool
) -> None:
    run = endless(ratings)
    trainer = start_trainer(run)
    wait_until(lambda: run.state == "running", "it runs")
    trainer.send_signal(number)
    output, _ = trainer.communicate(timeout=60)
    assert output.strip() == run.state == "stopped"
    result = run.result()
    assert result is not None and result["state"] == "stopped" and result["test_rmse"] is not None
    assert ("interrupted" in run.status().message) == interrupted
    resumed = start_trainer(run)
    wait_until(lambda: len(run.metrics()) > result["epochs"], "it goes on where it stopped")
    stop_run(run)
    resumed.communicate()
    assert [line["step"] for line in run.metrics()] == [4 * (i + 1) for i in range(len(run.metrics()))]


def test_a_paused_training_waits_and_goes_on(ratings: Path) -> None:
    run = endless(ratings)
    trainer = start_trainer(run)
    wait_until(lambda: run.state == "running", "it runs")
    pause_run(run)
    wait_until(lambda: run.state == "paused", "it pauses")
    assert run.has_factors
    before = run.status()
    with pytest.raises(RunError, match="cannot be paused"):
        pause_run(run)
    continue_run(run)
    wait_until(lambda: run.state == "running" and run.status().step > before.step, "it goes on")
    pause_run(run)
    wait_until(lambda: run.state == "paused", "it pauses")
    assert stop_run(run) == "stopped"
    trainer.communicate()


def test_a_hang_up_does_not_end_it(ratings: Path) -> None:
    run = endless(ratings)
    trainer = start_trainer(run)
    wait_until(lambda: run.state == "running", "it runs")
    trainer.send_signal(signal.SIGHUP)
    step = run.status().step
    wait_until(lambda: run.status().step > step, "it goes on")
    assert stop_run(run) == "stopped"
    assert any("terminal is gone" in line for line in run.log_tail())
    trainer.communicate()


def test_a_second_trainer_refuses_and_the_first_does_not_notice(ratings: Path) -> None:
    run = endless(ratings)
    first = start_trainer(run)
    wait_until(lambda: run.state == "running", "it runs")
    second = start_trainer(run)
    _, said = second.communicate(timeout=60)
    assert second.returncode == 1 and "trained by another process" in said
    with pytest.raises(RunError, match="is running"):
        remove_run(run)
    assert run.status().process == Process.of(first.pid)
    assert stop_run(run) == "stopped"
    first.communicate()


@pytest.mark.long
def test_a_full_disk_is_said_and_leaves_the_last_model_alone(ratings: Path) -> None:
    run = create_run(request(ratings, epochs=LONG))
    limited = start_trainer(run, FILE_SIZE_LIMIT="60000")
    _, said = limited.communicate(timeout=120)
    assert "could not write the metrics" in said and "--resume" in said and "None" not in said
    status = run.status()
    assert status.state == "failed" and status.step == LONG * 4
    assert any("metrics" in warning for warning in status.warnings)
    run.load_factors()
    assert all(line["epoch"] for line in run.metrics())
    assert start_trainer(run).wait(timeout=120) == 0
    assert run.state == "finished"
    assert len(run.metrics()) == LONG
    assert same_model(run, trained(ratings, epochs=LONG))


def test_a_diverging_training_ends_and_keeps_the_last_good_model(ratings: Path) -> None:
    run = create_run(request(ratings, hyper={"learning_rate": 5.0}))
    document = train(run, make_training=NumpyTraining)
    assert document["state"] == run.state == "diverged"
    assert "Lower the learning rate" in run.status().message
    assert not run.has_factors
    with pytest.raises(RunError, match="nothing to resume"):
        train(run, resume=True, make_training=NumpyTraining)


def test_data_that_changed_is_refused_on_resuming(tmp_path: Path) -> None:
    data = write_ratings(tmp_path / "ratings.csv")
    run = create_run(request(data, epochs=FOREVER))
    trainer = start_trainer(run)
    wait_until(run.checkpoint_path.exists, "it is saved")
    trainer.kill()
    trainer.communicate()
    write_ratings(data, seed=1)
    with pytest.raises(RunError, match="has changed"):
        train(run, resume=True, make_training=NumpyTraining)


def test_bad_data_fails_the_run_and_says_why(tmp_path: Path) -> None:
    data = tmp_path / "ratings.csv"
    data.write_text("userId,movieId,rating\n1,2,lots\n")
    run = create_run(request(data))
    with pytest.raises(DataError, match="lots"):
        train(run, make_training=NumpyTraining)
    status = run.status()
    assert status.state == "failed" and "lots" in status.message
    assert status.fault == "DataError"
    assert any("Traceback" in line for line in run.log_tail(200))


def test_an_unexpected_fault_fails_the_run_in_one_line_and_logs_the_rest(ratings: Path) -> None:
    class Broken(NumpyTraining):
        def prepare(self) -> None:
            raise ZeroDivisionError("first line\nsecond line")

    run = create_run(request(ratings))
    with pytest.raises(TrainingError, match="ZeroDivisionError: first line"):
        train(run, make_training=Broken)
    assert run.state == "failed"
    assert any("second line" in line for line in run.log_tail(50))


def test_a_removed_run_directory_ends_the_training(ratings: Path) -> None:
    run = endless(ratings)
    trainer = start_trainer(run)
    wait_until(lambda: run.state == "running", "it runs")
    shutil.rmtree(run.path, ignore_errors=True)
    wait_until(lambda: trainer.poll() is not None, "it ends")
    assert "has been removed" in trainer.communicate()[1]


@pytest.mark.parametrize("test_fraction", [0.1, 0.0])
def test_a_model_that_is_worse_than_the_mean_says_so(ratings: Path, test_fraction: float) -> None:
    split = {"test_fraction": test_fraction} if test_fraction else {"split": "none"}
    run = create_run(request(ratings, epochs=2, hyper={"learning_rate": 0.3}, **split))
    document = train(run, make_training=NumpyTraining)
    (warning,) = document["warnings"]
    assert run.status().warnings == (warning,)
    part = "test" if test_fraction else "training"
    assert f"worse than the plain mean of the ratings: {part} RMSE" in warning and "lower learning rate" in warning
    assert trained(ratings, **split).status().warnings == ()


def test_advice_is_what_the_recipe_has(ratings: Path) -> None:
    """Nothing about a model that there is not, or a learning rate that the recipe has not."""
    run = create_run(request(ratings, hyper={"learning_rate": 5.0}))
    train(run, make_training=NumpyTraining)
    assert run.status().message.endswith("there was no good model to keep. Lower the learning rate.")
    run = create_run(TrainRequest(data=str(ratings), recipe="als"))
    train(run, make_training=lambda spec: NumpyTraining(replace(spec, hyper={**spec.hyper, "learning_rate": 5.0})))
    assert run.status().message.endswith("there was no good model to keep.")
    assert not ending(read_snapshot(run, 0), {}).line.count("rate")
