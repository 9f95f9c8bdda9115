"""A trainer killed at any moment, again and again: nothing that was saved is lost, and it ends as if it never was.

The long form, `pytest tests/faults --long`, kills 225 times.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import chance
from helpers.deadly import MOMENTS
from helpers.numpy_training import NumpyTraining
from helpers.runs import TESTS, request, same_model, start_trainer, wait_until, without_times

from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer.main import train

EPOCHS = 500
KILLS_OF_A_RUN = 5
RUNS = 1
LONG_RUNS = 45
DEADLIEST_WRITE = 160


def started(module: str, *arguments: object, **streams: Any) -> subprocess.Popen[str]:
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", f"helpers.{module}", *map(str, arguments)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, text=True, **streams)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, ratings: Path) -> Run:
    """The same training, left in peace."""
    patch = pytest.MonkeyPatch()
    patch.setenv("MFTUI_HOME", str(tmp_path_factory.mktemp("undisturbed")))
    run = create_run(request(ratings, epochs=EPOCHS))
    train(run, make_training=NumpyTraining)
    patch.undo()
    return run


def assert_whole(run: Run, seen_checkpoint: bool) -> None:
    """What is true of a run at every moment."""
    assert run.config() and run.request()
    assert run.state in ("starting", "crashed", "finished")
    if seen_checkpoint:
        run.load_factors()
    assert [line["epoch"] for line in run.metrics()] == list(range(1, len(run.metrics()) + 1))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(LONG_RUNS if chance.LONG else RUNS))


def test_killed_within_any_write_it_ends_as_if_it_never_was(ratings: Path, undisturbed: Run, seed: int) -> None:
    chosen = random.Random(seed)
    run = create_run(request(ratings, epochs=EPOCHS))
    reader = started("reader_process", run.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    kills, seen = 0, False
    while kills < KILLS_OF_A_RUN:
        at, moment = chosen.randrange(1, DEADLIEST_WRITE), chosen.choice(MOMENTS)
        trainer = started("deadly", run.path, at, moment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if chosen.random() < 0.3:  # also by the clock, in the middle of arithmetic
            wait_until(lambda: run.state != "starting" or trainer.poll() is not None, "it works")  # noqa: B023
            with_luck = chosen.random() * 0.2
            try:
                trainer.wait(timeout=with_luck)
            except subprocess.TimeoutExpired:
                trainer.kill()
        _, said = trainer.communicate(timeout=120)
        assert "Traceback" not in said, said
        seen = seen or run.checkpoint_path.exists()
        assert_whole(run, seen)
        assert trainer.returncode != 0, "it lived on: choose earlier writes"
        kills += 1
    last = start_trainer(run)
    _, said = last.communicate(timeout=120)
    assert last.returncode == 0, said
    assert run.state == "finished" and same_model(run, undisturbed)
    assert without_times(run.metrics()) == without_times(undisturbed.metrics())
    left = {entry.name for entry in run.path.iterdir() if entry.name.endswith(".tmp")}
    assert not left and not run.checkpoint_path.exists() and len(list(run.path.glob(".factors-*"))) <= 2
    out, _ = reader.communicate("", timeout=60)
    read = json.loads(out)
    assert read["faults"] == [] and read["loads"] > 0


@pytest.mark.long
def test_the_real_engine_killed_at_random_ends_as_if_it_never_was(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mftui", "train", "--data", "sample", "--epochs", "300", "--checkpoint-seconds"]
    options = ["0.05", "--patience", "1000", "--quiet", "--name"]
    subprocess.run([*command, *options, "undisturbed"], check=True, stdout=subprocess.DEVNULL)
    (peaceful,) = (Run(path) for path in (home / "runs").glob("*-undisturbed"))
    killed = subprocess.Popen([*command, *options, "killed"], stdout=subprocess.DEVNULL)
    wait_until(lambda: any((home / "runs").glob("*-killed")), "there is a run")
    (run,) = (Run(path) for path in (home / "runs").glob("*-killed"))
    chosen = random.Random(1)
    for _ in range(6):
        before = len(run.metrics())
        enough = before + chosen.randrange(5, 60)
        wait_until(
            lambda: killed.poll() is not None or (run.has_factors and len(run.metrics()) > enough),  # noqa: B023
            "it has learned more",
        )
        killed.kill()
        killed.wait()
        if run.state == "finished":
            break
        run.load_factors()
        resume = [sys.executable, "-m", "mftui", "train", "--resume", run.id, "--quiet"]
        killed = subprocess.Popen(resume, stdout=subprocess.DEVNULL)
    assert killed.wait(timeout=120) == 0 or run.state == "finished"
    assert same_model(run, peaceful)
    assert without_times(run.metrics()) == without_times(peaceful.metrics())
