"""What the benchmarks share: a split, a training of a recipe, and Surprise's data, all in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from mftui.data.dataset import Ratings, Scale
from mftui.data.loading.load import open_dataset
from mftui.data.loading.people import people_of
from mftui.data.splits import SplitSpec, make_split
from mftui.engine.model.parameters import Parameters
from mftui.engine.recipes import find_recipe
from mftui.engine.training.problem import SideInfo
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

ML_100K = Path(__file__).resolve().parents[3] / "shared" / "data" / "ml-100k"


@dataclass(frozen=True)
class Task:
    """Learn from `train`, be judged on `test`."""

    label: str
    train: Ratings
    test: Ratings
    n_users: int
    n_movies: int
    scale: Scale
    known: SideInfo | None = None


def open_task(source: str | Path, test: str | None = None, fraction: float = 0.1) -> Task:
    """The ratings of `source`, and the test file within it or a random share (`default_rng(0)`)."""
    data = open_dataset(str(source), test=test)
    split = make_split(data, SplitSpec("file" if test else "random", fraction, 0))
    train, held_out = data.ratings.take(split.train_rows), data.ratings.take(split.test_rows)
    known = SideInfo(data.movies, lambda: people_of(data), data.ratings.timed)
    label = f"{data.label}, {split.spec.label}"
    return Task(label, train, held_out, data.n_users, data.n_movies, data.scale, known)


def open_ml_100k(fold: str = "u1") -> Task:
    """A published fold of MovieLens 100K, beside the repository."""
    if not ML_100K.is_dir():
        raise SystemExit("ml-100k is not at ../shared/data beside the repository: name a data set.")
    return open_task(ML_100K / f"{fold}.base", f"{fold}.test")


def trained(recipe: str, task: Task, seed: int = 0, **hyper: object) -> tuple[Training, Parameters]:
    """A finished training, with its model."""
    chosen = find_recipe(recipe)
    sizes = task.n_users, task.n_movies
    training = Training(TrainingSpec(chosen, chosen.check(hyper), task.train, *sizes, task.scale, seed, task.known))
    training.prepare()
    for _ in training:
        pass
    return training, training.parameters()


def predicted(p: Parameters, task: Task) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(n_test,) ratings, clipped to the scale."""
    users, movies = task.test.users, task.test.movies
    z = np.einsum("ij,ij->i", p.user_factors[users], p.movie_factors[movies])
    z = z + p.user_bias[users] + p.movie_bias[movies] + p.global_bias
    if p.dates is not None and task.test.timestamps is not None:
        z = z + p.dates.of(users, task.test.timestamps)
    return np.clip(p.response.rating(z), task.scale.lo, task.scale.hi)


def rmse(guess: np.ndarray[Any, Any], task: Task) -> float:
    """On the test ratings."""
    return float(np.sqrt(np.mean((guess - task.test.values) ** 2)))


def in_random_order(ratings: Ratings) -> Ratings:
    """The same, seeded: what descends rating by rating is worse off where one user's stand together."""
    return ratings.take(np.random.default_rng(0).permutation(len(ratings)))


def surprise_trainset(task: Task) -> Any:
    """The training ratings as Surprise wants them, in random order, raw ids being our indices."""
    import pandas as pd
    from surprise import Dataset, Reader

    train = in_random_order(task.train)
    table = pd.DataFrame({"user": train.users, "movie": train.movies, "rating": train.values})
    reader = Reader(rating_scale=(task.scale.lo, task.scale.hi))
    return Dataset.load_from_df(table, reader).build_full_trainset()
