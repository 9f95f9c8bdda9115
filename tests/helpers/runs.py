"""Trainings for tests: small ratings, requests for them, trainers as processes, and waiting."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from helpers.planted import planted_ratings

from mftui.runs.store.checkpoint import Checkpoint, save_checkpoint
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, list_runs

TESTS = Path(__file__).resolve().parent.parent


def write_ratings(path: Path, *, n: int = 1_500, seed: int = 0) -> Path:
    """A CSV of planted ratings."""
    ratings = planted_ratings(60, 40, n, seed=seed)
    rows = zip(ratings.users.tolist(), ratings.movies.tolist(), ratings.values.tolist(), strict=True)
    lines = [f"{user},{movie},{value}" for user, movie, value in rows]
    path.write_text("\n".join(["userId,movieId,rating", *lines]) + "\n", encoding="utf-8")
    return path


def request(data: Path, *, epochs: int = 50, **changes: Any) -> TrainRequest:
    """A small training on `data`, saved as often as may be."""
    hyper = {"epochs": epochs, "learning_rate": 0.01, **changes.pop("hyper", {})}
    return TrainRequest(data=str(data), hyper=hyper, checkpoint_seconds=0.05, **changes)


def runs_in(home: Path) -> list[Run]:
    """The runs of a home as the product lists them, the newest first: what else lies among them is none."""
    with mock.patch.dict(os.environ, MFTUI_HOME=str(home)):
        return list_runs()


def start_trainer(run: Run, **environment: str) -> subprocess.Popen[str]:
    """A trainer of `run` in a process of its own (see `trainer_process`)."""
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.trainer_process", str(run.path)],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(condition: Callable[[], object], what: str, *, timeout_s: float = 60.0) -> None:
    """Return once `condition` holds; fails where it never does."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout_s:g} s in vain until {what}")
        time.sleep(0.01)


def without_times(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Metrics as two equal trainings share them."""
    times = {"seconds", "ratings_per_second"}
    return [{name: value for name, value in line.items() if name not in times} for line in metrics]


def same_model(one: Run, other: Run) -> bool:
    """Whether two runs learned the same, bit by bit."""
    mine, theirs = one.load_factors().parameters, other.load_factors().parameters
    names = ["user_factors", "movie_factors", "user_bias", "movie_bias"]
    names += ["audience_movie_factors", "audience_movie_weights"]
    return all(np.array_equal(getattr(mine, name), getattr(theirs, name)) for name in names)


def save_small_checkpoint(link: Path) -> None:
    """A checkpoint of two tiny arrays."""
    arrays = {"users": np.arange(6.0).reshape(2, 3), "step": np.array(7)}
    save_checkpoint(link, Checkpoint(arrays, {"step": 7, "seconds": 1.5}, 120))
