"""Recipe `bayes` beside myFM: the same ratings, rank and number of draws, in turn in one run.

Run: `.venv/bin/python tests/bench/bayes_speed.py [--draws 300] [--synthetic-draws 50] [--rounds 2] [--test]`.
Data: ml-100k's u1, and a million synthetic ratings, which are made first. The processors' time stands beside the
clock's: on a loaded machine only that can be compared. `--test` also prints the test RMSE of `bayes` and `als` on all
five published folds and on ml-latest-small.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from peers import _one_hot, quiet
from protocol import ML_100K, Task, open_ml_100k, open_task, predicted, rmse, trained

from mftui.data.synthetic.generate import write_synthetic
from mftui.engine.recipes import find_recipe
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

RANK = 10
Timed = tuple[float, float]
"""Seconds of the clock, and of all processors together."""


def ours(task: Task, draws: int) -> Timed:
    """The training alone, compilation left out (`seconds.train`)."""
    recipe = find_recipe("bayes")
    hyper = recipe.check({"factors": RANK, "epochs": draws, "audience": False})
    training = Training(TrainingSpec(recipe, hyper, task.train, task.n_users, task.n_movies, task.scale, 0))
    training.prepare()
    worked = time.process_time()
    for _ in training:
        pass
    return training.trained_seconds, time.process_time() - worked


def myfm(task: Task, draws: int) -> Timed:
    """Its `fit`."""
    import myfm as package

    model, train = package.MyFMGibbsRegressor(rank=RANK), _one_hot(task.train.users, task.train.movies, task)
    began, worked = time.perf_counter(), time.process_time()
    model.fit(train, task.train.values, n_iter=draws)
    return time.perf_counter() - began, time.process_time() - worked


SYSTEMS: dict[str, Callable[[Task, int], Timed]] = {"mftui bayes": ours, "myFM": myfm}


def compare(task: Task, draws: int, rounds: int) -> None:
    """A line for each system: the best of all rounds."""
    print(f"\n{task.label}: {len(task.train):,} ratings, rank {RANK}, {draws} draws\n")
    print("| system | seconds | of processors | seconds of myFM's | of processors |\n|---|---|---|---|---|")
    best: dict[str, Timed] = {}
    for _ in range(rounds):
        for name, measure in SYSTEMS.items():
            before, now = best.get(name, (np.inf, np.inf)), measure(task, draws)
            best[name] = min(before[0], now[0]), min(before[1], now[1])
    for name, (clock, worked) in best.items():
        ratios = f"{clock / best['myFM'][0]:.2f} | {worked / best['myFM'][1]:.2f}"
        print(f"| {name} | {clock:.2f} | {worked:.2f} | {ratios} |", flush=True)


def synthetic() -> Task:
    """A million ratings of 6,040 users and 3,706 movies, 10 % of them held out."""
    with tempfile.TemporaryDirectory() as directory:
        write_synthetic(Path(directory) / "synthetic", users=6_040, movies=3_706, ratings=1_000_000)
        return open_task(Path(directory) / "synthetic")


def accuracy() -> None:
    """Test RMSE of the defaults."""
    tasks = [open_ml_100k(f"u{fold}") for fold in range(1, 6)] + [open_task(ML_100K.parent / "ml-latest-small")]
    for recipe, hyper in (("bayes", {"audience": False}), ("als", {})):
        found = [rmse(predicted(trained(recipe, task, **hyper)[1], task), task) for task in tasks]
        folds = " ".join(f"{error:.4f}" for error in found[:5])
        print(f"{recipe}: u1 to u5 {folds}, mean {np.mean(found[:5]):.4f}; ml-latest-small {found[5]:.4f}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=300)
    options.add_argument("--synthetic-draws", type=int, default=50)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--test", action="store_true")
    given = options.parse_args()
    quiet()
    compare(open_ml_100k(), given.draws, given.rounds)
    compare(synthetic(), given.synthetic_draws, given.rounds)
    if given.test:
        accuracy()


if __name__ == "__main__":
    main()
