"""Folding in: the row that training would find, without training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.models import toy_factors
from helpers.planted import SCALE, planted_ratings

from mftui.data.dataset import Ratings
from mftui.engine.factors import Factors
from mftui.engine.fold_in import fold_in
from mftui.engine.recipes import RECIPES
from mftui.engine.targets import COUNT_POWER, targets
from mftui.engine.training import Training

MOVIES = np.array([0, 3, 4, 7])
RATINGS = np.array([5.0, 1.0, 4.5, 3.0], dtype=np.float32)
HYPER = {"prior_factors": 2.0, "prior_biases": 3.0, "audience_prior": 0.1, "audience_unobserved": 0.3}


@pytest.fixture
def model() -> Factors:
    made = toy_factors(audience=True)
    return replace(made, meta=made.meta | {"hyper": HYPER})


def objective(model: Factors, row: np.ndarray) -> float:
    """What training minimises, for one user's factors and bias."""
    p = model.parameters
    logits = p.movie_factors[MOVIES] @ row[:-1] + row[-1] + p.movie_bias[MOVIES] + p.global_bias
    rating = p.lo + (p.hi - p.lo) / (1 + np.exp(-logits.astype(float)))
    return float(((rating - RATINGS) ** 2).sum() + 2.0 * (row[:-1] ** 2).sum() + 3.0 * row[-1] ** 2)


def test_no_other_row_near_it_fits_better(model: Factors) -> None:
    rows = fold_in(model, MOVIES, RATINGS)
    solved = np.append(rows.factors[0], rows.bias[0]).astype(float)

    best = objective(model, solved)
    for i in range(len(solved)):
        for step in (-0.01, 0.01):
            moved = solved.copy()
            moved[i] += step
            assert objective(model, moved) > best
    assert best < objective(model, np.zeros(len(solved)))


def test_the_audience_row_is_the_closed_form_solution(model: Factors) -> None:
    audience = fold_in(model, MOVIES, RATINGS).audience
    assert audience is not None
    p, q = audience[0].astype(float), np.asarray(model.parameters.audience_movie_factors, dtype=float)

    weight = 0.1 * (len(MOVIES) + 0.3 * len(q)) ** COUNT_POWER
    error = q[MOVIES] @ p - targets(RATINGS, model.scale)
    gradient = q[MOVIES].T @ error + 0.3 * q.T @ (q @ p) + weight * p
    np.testing.assert_allclose(gradient, 0, atol=1e-5)


def test_without_ratings_it_is_the_mean_user(model: Factors) -> None:
    rows = fold_in(model, np.array([], dtype=np.int64), np.array([], dtype=np.float32))

    assert not rows.factors.any()
    assert not rows.bias.any()


def test_a_newcomer_is_never_recommended_what_they_rated(model: Factors) -> None:
    listed = model.recommend_newcomer(MOVIES, RATINGS, 100)

    assert not set(listed.movies.tolist()) & set(MOVIES.tolist())
    assert listed.watch is not None


@pytest.mark.parametrize("members", [1, 3])
def test_users_folded_in_are_predicted_like_users_trained(members: int) -> None:
    """Users 100 to 119 are learned with the others, or folded in with the same ratings afterwards."""
    ratings, recipe = planted_ratings(n=5_000), RECIPES["biased"]
    given = {"factors": 4, "epochs": 60, "validation": 0, "audience": False, "prior_factors": 2.0, "members": members}
    late = ratings.users >= 100
    order = np.random.default_rng(1).random(len(ratings))
    known, asked = ratings.take(late & (order < 0.6)), ratings.take(late & (order >= 0.6))

    def trained(part: Ratings) -> Factors:
        training = Training(recipe, recipe.check(given), part, 120, 80, SCALE, 0)
        training.prepare()
        list(training)
        toy = toy_factors()
        counts = np.bincount(part.movies, minlength=80).astype(np.int32)
        meta = {"recipe": "biased", "hyper": recipe.check(given)}
        return replace(toy, parameters=training.parameters(), scale=SCALE, meta=meta, movie_train_counts=counts)

    def rmse(predicted: np.ndarray) -> float:
        return float(np.sqrt(np.mean((predicted - asked.values) ** 2)))

    together = trained(ratings.take(~late | (order < 0.6)))
    expected = rmse(together.shown(together.logits(asked.users, asked.movies)))

    apart = trained(ratings.take(~late))
    folded = np.empty(len(asked), dtype=np.float32)
    for user in range(100, 120):
        own, mine = known.users == user, asked.users == user
        rows = fold_in(apart, known.movies[own], known.values[own])
        p = apart.parameters
        logits = p.movie_factors[asked.movies[mine]] @ rows.factors[0] + rows.bias[0]
        folded[mine] = apart.shown((logits + p.movie_bias[asked.movies[mine]] + p.global_bias).astype(np.float32))

    assert rmse(folded) < expected + 0.03
