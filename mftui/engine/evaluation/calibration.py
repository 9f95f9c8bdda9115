"""Predicted against actual ratings by bins of the prediction, and whether ± says how wrong predictions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.query.held_out_errors import MIN_PAIRS, has_held_out, trained_errors
from mftui.engine.query.intervals import ROUNDING, RatingIntervals, intervals_of_pairs

if TYPE_CHECKING:
    from mftui.engine.model.error_scale import ErrorScale
    from mftui.engine.model.factors import Factors

N_BINS = 10
INTERVAL_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Probabilities of the intervals whose coverage is measured."""
N_SPREAD_BINS = 5
_COLUMNS = ("users", "movies", "values")
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


def uncertainty(model: Factors, test: Ratings, *, own: bool = True) -> dict[str, Any] | None:
    """Measure what the ± of a model is worth on test ratings (indices of the model).

    None where there are too few of them.

    Parameters
    ----------
    own: they are the ones that were held out of its training, by which the intervals are made. So that no rating says
        how wide its own interval is, the intervals of one half of the users are made from the other half.

    Returns `n` (test ratings used), and

    - `coverage`: for each of INTERVAL_LEVELS the share of the test ratings that lie within the interval of that
      probability, as `predict --interval` shows it, and the interval's mean width.
    - `by_spread`: in equally full bins of ±, from the smallest up, mean ±, RMSE of the predictions, and mean number of
      training ratings of the movie. A ± that means something goes up with the RMSE.
    """
    if len(test) > MAX_PAIRS:
        test = test.take(np.sort(np.random.default_rng(0).choice(len(test), MAX_PAIRS, replace=False)))
    if not has_held_out(model):
        return None
    if own:
        first = np.random.default_rng(1).random(model.n_users) < 0.5
        halves = [test.take(first[test.users] == which) for which in (True, False)]
        if min(map(len, halves)) < MIN_PAIRS // 2:
            return None
        parts = [
            _intervals(model, half, trained_errors(model, other))
            for half, other in zip(halves, reversed(halves), strict=True)
        ]
        test = Ratings(*(np.concatenate([getattr(half, name) for half in halves]) for name in _COLUMNS))
    else:
        parts = [_intervals(model, test)]
    coverage = []
    for level in INTERVAL_LEVELS:
        low, high = (np.concatenate(ends) for ends in zip(*(part.interval(level) for part in parts), strict=True))
        within = (low - ROUNDING <= test.values) & (test.values <= high + ROUNDING)
        coverage.append({"level": level, "covered": float(within.mean()), "width": float((high - low).mean())})
    reach, predicted = (
        np.concatenate(each) for each in zip(*((x.plus_minus(), x.predicted) for x in parts), strict=True)
    )
    squares = (predicted.astype(float) - test.values) ** 2
    by_spread = [
        {
            "n": len(rows),
            "plus_minus": float(reach[rows].mean()),
            "rmse": float(np.sqrt(squares[rows].mean())),
            "movie_ratings": float(model.movie_train_counts[test.movies[rows]].mean()),
        }
        for rows in np.array_split(np.argsort(reach, kind="stable"), min(N_SPREAD_BINS, len(test)))
    ]
    return {"n": len(test), "coverage": coverage, "by_spread": by_spread}


def _intervals(model: Factors, test: Ratings, errors: ErrorScale | None = None) -> RatingIntervals:
    times = None if model.parameters.dates is None else test.timestamps
    return intervals_of_pairs(model, test.users, test.movies, errors=errors, timestamps=times)
