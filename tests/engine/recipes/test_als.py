"""Recipe `als`: each pass solves both sides exactly, so the objective only falls, and ends where it is flat."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from helpers.models import toy_factors, trained_by
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import N_MOVIES, planted_training

from mftui.engine.model.parameters import Parameters
from mftui.engine.query.fold_in import fold_in

SMALL: dict[str, Any] = {"factors": 3, "reg_factors": 0.1, "reg_biases": 2.0, "validation": 0.0}


def objective(p: Parameters) -> float:
    """What is minimised, as the recipe states it."""
    r = planted_ratings()
    dots = (p.user_factors[r.users] * p.movie_factors[r.movies]).sum(1, dtype=float)
    error = dots + p.user_bias[r.users] + p.movie_bias[r.movies] + p.global_bias - r.values
    users, movies = np.bincount(r.users), np.bincount(r.movies)
    held = (users * (p.user_factors.astype(float) ** 2).sum(1)).sum()
    held += (movies * (p.movie_factors.astype(float) ** 2).sum(1)).sum()
    biases = (p.user_bias.astype(float) ** 2).sum() + (p.movie_bias.astype(float) ** 2).sum()
    return float((error**2).sum() + 0.1 * held + 2.0 * biases)


def test_every_pass_lowers_the_objective() -> None:
    training = planted_training("als", epochs=12, **SMALL)
    values = []
    for _ in training:
        values.append(objective(training.parameters()))

    assert all(after < before for before, after in pairwise(values))


def test_no_row_near_a_solved_one_is_better() -> None:
    training = planted_training("als", epochs=60, **SMALL)
    list(training)
    p, random = training.parameters(), np.random.default_rng(0)
    best = objective(p)

    for name in ("user_factors", "movie_factors", "user_bias", "movie_bias"):
        for _ in range(5):
            table = getattr(p, name)
            before = table.copy()
            table += 0.02 * random.normal(size=table.shape).astype(np.float32)
            assert objective(p) > best
            table[:] = before


def test_it_learns_what_was_planted() -> None:
    points = [
        tick.metrics for tick in planted_training("als", epochs=15, **(SMALL | {"validation": 0.1})) if tick.metrics
    ]

    assert points[-1].valid_rmse is not None
    assert points[-1].valid_rmse < 0.5


def test_a_user_folded_in_has_the_row_that_training_found() -> None:
    ratings, training = planted_ratings(), planted_training("als", epochs=80, **SMALL)
    list(training)
    counts = np.bincount(ratings.movies, minlength=N_MOVIES).astype(np.int32)
    model = trained_by(
        toy_factors(),
        parameters=training.parameters(),
        scale=SCALE,
        movie_train_counts=counts,
        meta={"recipe": "als", "hyper": SMALL},
    )

    for user in (0, 7):
        own = ratings.users == user
        row = fold_in(model, ratings.movies[own], ratings.values[own]).row
        np.testing.assert_allclose(row.factors[0], model.parameters.user_factors[user], atol=0.02)
        np.testing.assert_allclose(row.bias[0], model.parameters.user_bias[user], atol=0.01)
