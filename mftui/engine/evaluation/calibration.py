"""Predicted against actual ratings by bins of the prediction, and whether ± says how wrong predictions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.query.intervals import expected_std_of, predictive_distribution

if TYPE_CHECKING:
    from mftui.data.dataset import Ratings
    from mftui.engine.model.factors import Factors

N_BINS = 10
INTERVAL_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Probabilities of the intervals whose coverage is measured."""
N_SPREAD_BINS = 5
MAX_PAIRS = 200_000
"""Test ratings that ± is measured on: of more, a sample with a fixed seed; its error is below 0.2 %."""


def calibration(predicted: NDArray[Any], actual: NDArray[Any], bins: int = N_BINS) -> list[dict[str, float | int]]:
    """Return mean predicted and mean actual rating of each of `bins` equally full bins, from the lowest predictions up.

    Parameters: n predictions and the n ratings given, in rating units. Where a model is calibrated the
    two means agree in every bin.
    """
    order = np.argsort(predicted, kind="stable")
    return [
        {
            "n": len(rows),
            "predicted": float(np.mean(predicted[rows], dtype=float)),
            "actual": float(np.mean(actual[rows], dtype=float)),
        }
        for rows in np.array_split(order, min(bins, len(order)))
    ]


def uncertainty(model: Factors, test: Ratings) -> dict[str, Any] | None:
    """Measure what the ± of a model of several members is worth on test ratings (indices of the model).

    None for one member, or without test ratings.

    Returns `of` ("draws" or "members"), `members`, `n` (test ratings used), and

    - `coverage`, of draws alone: for each of INTERVAL_LEVELS the share of the test ratings that lie within the central
      interval of that probability (noise of ratings included; see `Beliefs.covered`), and the interval's mean width.
      Members that are no draws have no intervals: None.
    - `by_spread`: in equally full bins of ±, from the smallest up, mean ±, RMSE of the clipped predictions, and mean
      number of training ratings of the movie. A ± that means something goes up with the RMSE.
    """
    of = model.parameters.spread_of
    if of is None or not len(test):
        return None
    if len(test) > MAX_PAIRS:
        test = test.take(np.sort(np.random.default_rng(0).choice(len(test), MAX_PAIRS, replace=False)))
    coverage = None
    if of == "draws":
        believed = predictive_distribution(model, test.users, test.movies)
        std, predicted = believed.std, np.clip(believed.mean, model.scale.lo, model.scale.hi)
        coverage = []
        for level in INTERVAL_LEVELS:
            low, high = believed.interval(level)
            covered = float(believed.covered(test.values, level).mean())
            coverage.append({"level": level, "covered": covered, "width": float((high - low).mean())})
    else:
        std = expected_std_of(model, test.users, test.movies)
        predicted = model.shown(model.logits(test.users, test.movies))
    squares = (predicted.astype(float) - test.values) ** 2
    by_spread = [
        {
            "n": len(rows),
            "std": float(std[rows].mean()),
            "rmse": float(np.sqrt(squares[rows].mean())),
            "movie_ratings": float(model.movie_train_counts[test.movies[rows]].mean()),
        }
        for rows in np.array_split(np.argsort(std, kind="stable"), min(N_SPREAD_BINS, len(test)))
    ]
    return {"of": of, "members": model.parameters.members, "n": len(test), "coverage": coverage, "by_spread": by_spread}
