"""Measure a trained model on test ratings, beside the baselines on the same split."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mftui.data.dataset import Ratings, Scale
from mftui.data.titles.series import find_series
from mftui.engine.evaluation.baselines import BiasBaseline
from mftui.engine.evaluation.calibration import calibration, uncertainty
from mftui.engine.evaluation.measures import list_quality, mae, rmse
from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.factors import Factors
from mftui.engine.query.neighbours import similar
from mftui.engine.query.recommend import RANKS, Rank, best_rank, row_scores

DISCOVER_SETTINGS = (0.25, 0.5, 1.0)
"""Settings of `discover` whose effect is shown."""
MIN_SERIES_RATINGS = 20
"""Ratings that a film needs to be asked for its series."""


def predictions(factors: Factors, ratings: Ratings) -> Floats:
    """Return (n,) clipped predictions for `ratings`."""
    found = ratings.of_pieces(factors.predict_dated)
    return np.concatenate([*found, np.empty(0, dtype=np.float32)])


def errors(factors: Factors, ratings: Ratings) -> dict[str, float]:
    """Return RMSE and MAE of the clipped predictions for `ratings`."""

    def of_piece(piece: Ratings) -> tuple[float, float]:
        off = factors.predict_dated(piece).astype(np.float64) - piece.values
        return float(np.sum(off**2)), float(np.sum(np.abs(off)))

    found = ratings.of_pieces(of_piece)
    squared, absolute = (sum(one[at] for one in found) for at in (0, 1))
    return {"rmse": math.sqrt(squared / len(ratings)), "mae": absolute / len(ratings)}


def baseline_errors(bias: BiasBaseline, test: Ratings, scale: Scale) -> dict[str, dict[str, float]]:
    """Return RMSE and MAE of `global_mean` and `bias`, fitted to the training ratings, on `test`."""
    guesses = {
        "global_mean": np.full(len(test), bias.mean, dtype=np.float32),
        "bias": np.clip(bias.predict(test.users, test.movies), scale.lo, scale.hi),
    }
    return {n: {"rmse": rmse(g, test.values), "mae": mae(g, test.values)} for n, g in guesses.items()}


def evaluate(factors: Factors, ratings: Ratings | None = None, k: int = 10) -> dict[str, Any]:
    """Return all measures of a model on `ratings` (indices of the model; default: its held-out part).

    Returns a document with `n_test`, `rmse`, `mae`, and of the model's default ranking `ndcg@k`,
    `recall@k`, `coverage`, `mean_popularity`; the same by `rankings` ("like", "watch", "both") and by
    `discover` (how the default list changes as less-seen films are preferred); `series@10`; `calibration`
    (mean predicted and actual rating by bins of the prediction); `uncertainty` (whether its ± holds); and
    `baselines`: the same of "global_mean", "bias" and "popularity", as far as each has them.
    Without test ratings every measure that needs them is None.
    """
    train = factors.history.part(held_out=False)
    test = factors.history.part(held_out=True) if ratings is None else ratings
    document: dict[str, Any] = {"n_train": len(train), "n_test": len(test), "k": k, "series@10": series_at_10(factors)}
    if not len(test):
        return document | {"rmse": None, "mae": None, "baselines": {}}
    bias = BiasBaseline.fit(train, factors.n_users, factors.n_movies)
    popularity = np.bincount(train.movies, minlength=factors.n_movies).astype(np.float32)
    default = best_rank(factors, None)

    def quality(scores: Callable[[Indices], Floats]) -> dict[str, Any]:
        found = list_quality(scores, train, test, factors.n_users, factors.n_movies, factors.scale, k)
        return {} if found is None else dict(found.as_dict(k))

    def of_rank(rank: Rank, discover: float = 0.0) -> dict[str, Any]:
        return quality(lambda users: row_scores(factors, factors.rows_of(users), rank, discover))

    ranks = RANKS if factors.has_audience else (default,)
    rankings = {rank: of_rank(rank) for rank in ranks}
    discover = {f"{d:g}": of_rank(default, d) for d in DISCOVER_SETTINGS}
    base = baseline_errors(bias, test, factors.scale)
    base["bias"] |= quality(lambda users: np.tile(bias.movie_bias.astype(np.float32), (len(users), 1)))
    base["popularity"] = quality(lambda users: np.tile(popularity, (len(users), 1)))
    document |= errors(factors, test) | rankings[default]
    document["calibration"] = calibration(predictions(factors, test), test.values)
    document["uncertainty"] = uncertainty(factors, test, own=ratings is None)
    return document | {"ranked_by": default, "rankings": rankings, "discover": discover, "baselines": base}


def series_at_10(factors: Factors) -> dict[str, Any] | None:
    """Measure how often a film of a series has another of it among its ten nearest (films with at least 20 ratings
    of series with at least two such films; all movies are candidates).

    Returns {"share", "n_films", "n_series"}, or None where no titles or no series are known.
    """
    if not factors.movies.titled:
        return None
    series = [indices for _, indices in find_series(factors.movies.title_list)]
    found = [indices[factors.movie_counts[indices] >= MIN_SERIES_RATINGS] for indices in series]
    found = [indices for indices in found if len(indices) > 1]
    if not found:
        return None
    hits = [bool(np.isin(similar(factors, int(film), 10)[0], others).any()) for others in found for film in others]
    return {"share": float(np.mean(hits)), "n_films": len(hits), "n_series": len(found)}
