"""Measure a trained model on test ratings, beside the baselines on the same split."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.baselines import BiasBaseline
from mftui.engine.factors import Factors
from mftui.engine.metrics import list_quality, mae, rmse

Floats = NDArray[np.float32]
CHUNK = 1_000_000
"""Pairs predicted at once."""


def errors(factors: Factors, ratings: Ratings) -> dict[str, float]:
    """RMSE and MAE of the clipped predictions for `ratings`."""
    predicted = np.concatenate(
        [
            factors.shown(factors.logits(ratings.users[at : at + CHUNK], ratings.movies[at : at + CHUNK]))
            for at in range(0, len(ratings), CHUNK)
        ]
    )
    return {"rmse": rmse(predicted, ratings.values), "mae": mae(predicted, ratings.values)}


def baseline_errors(train: Ratings, test: Ratings, factors: Factors) -> dict[str, dict[str, float]]:
    """RMSE and MAE of `global_mean` and `bias` on `test`, fitted on `train`."""
    bias = BiasBaseline.fit(train, factors.n_users, factors.n_movies)
    guesses = {
        "global_mean": np.full(len(test), bias.mean, dtype=np.float32),
        "bias": np.clip(bias.predict(test.users, test.movies), factors.scale.lo, factors.scale.hi),
    }
    return {n: {"rmse": rmse(g, test.values), "mae": mae(g, test.values)} for n, g in guesses.items()}


def evaluate(factors: Factors, ratings: Ratings | None = None, k: int = 10) -> dict[str, Any]:
    """All measures of a model on `ratings` (indices of the model; default: its held-out part).

    Returns a document with `n_test`, `rmse`, `mae`, `ndcg@k`, `recall@k`, `coverage`, … and
    `baselines`: the same of "global_mean", "bias" and "popularity", as far as each has them.
    Without test ratings every measure is None.
    """
    train = factors.history.part(held_out=False)
    test = factors.history.part(held_out=True) if ratings is None else ratings
    document: dict[str, Any] = {"n_train": len(train), "n_test": len(test), "k": k}
    if not len(test):
        return document | {"rmse": None, "mae": None, "baselines": {}}
    bias = BiasBaseline.fit(train, factors.n_users, factors.n_movies)
    popularity = np.bincount(train.movies, minlength=factors.n_movies).astype(np.float32)
    lists: dict[str, Callable[[NDArray[np.int64]], Floats]] = {
        "model": lambda users: _all_logits(factors, users),
        "bias": lambda users: np.tile(bias.movie_bias.astype(np.float32), (len(users), 1)),
        "popularity": lambda users: np.tile(popularity, (len(users), 1)),
    }
    quality = {name: _lists(scores, factors, train, test, k) for name, scores in lists.items()}
    base = baseline_errors(train, test, factors)
    return (
        document
        | errors(factors, test)
        | quality["model"]
        | {
            "baselines": {
                "global_mean": base["global_mean"],
                "bias": base["bias"] | quality["bias"],
                "popularity": quality["popularity"],
            }
        }
    )


def _lists(
    scores: Callable[[NDArray[np.int64]], Floats], factors: Factors, train: Ratings, test: Ratings, k: int
) -> dict[str, Any]:
    quality = list_quality(scores, train, test, factors.n_users, factors.n_movies, factors.scale, k)
    return {} if quality is None else dict(quality.as_dict(k))


def _all_logits(factors: Factors, users: NDArray[np.int64]) -> Floats:
    """(b, n_movies) logits, the users' own biases left out: they move no rank."""
    p = factors.parameters
    return np.asarray(p.user_factors[users] @ p.movie_factors.T + p.movie_bias, dtype=np.float32)
