"""How the post's predictions, shares between 0 and 1, become stars. NumPy only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mftui.data.dataset import Ratings, Scale
from mftui.engine.model.arrays import Floats
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.rows import pair_products

_LEAST_SLOPE = 0.01
"""Of the line, in widths of the scale, where all ratings are equal."""
_CELLS = 4_000_000


def predicted(p: Parameters, ratings: Ratings) -> Floats:
    """Return (n,) predictions of the pairs that were rated, unclipped."""
    biases = p.user_bias[ratings.users] + p.movie_bias[ratings.movies] + np.float32(p.global_bias)
    return np.asarray(p.response.rating(pair_products(p, ratings.users, ratings.movies) + biases), dtype=np.float32)


def scaled(shares: Parameters, how: str, ratings: Ratings, scale: Scale) -> Parameters:
    """Return a model of ratings that orders as the model of `shares` does, whose predictions are between 0 and 1.

    Parameters
    ----------
    how: "stars" (a straight line, after which they have mean and spread of `ratings`), "highest" (share times the
        highest rating), or "post": without biases, from the lowest to the highest of all cells; only this one orders
        otherwise.
    ratings: those trained on.
    """
    if how == "highest":
        return replace(shares, lo=0.0, hi=scale.hi)
    if how == "post":
        return _between(shares, scale)
    found, given = predicted(shares, ratings).astype(np.float64), ratings.values.astype(np.float64)
    slope = max(float(given.std()) / max(float(found.std()), 1e-9), _LEAST_SLOPE * (scale.hi - scale.lo))
    lo = float(given.mean() - slope * found.mean())
    return replace(shares, lo=lo, hi=lo + slope)


def _between(shares: Parameters, scale: Scale) -> Parameters:
    """Return the products of factors alone, mapped so that those of all users and movies fill the scale."""
    users, movies = shares.user_factors, shares.movie_factors
    step = max(1, _CELLS // len(movies))
    lowest, highest = np.inf, -np.inf
    for at in range(0, len(users), step):
        cells = users[at : at + step] @ movies.T
        lowest, highest = min(lowest, float(cells.min())), max(highest, float(cells.max()))
    slope = (scale.hi - scale.lo) / max(highest - lowest, 1e-12)
    return replace(
        shares,
        user_factors=np.asarray(users * np.float32(slope)),
        user_bias=np.zeros_like(shares.user_bias),
        movie_bias=np.zeros_like(shares.movie_bias),
        global_bias=scale.lo - slope * lowest,
        lo=scale.lo,
        hi=scale.hi,
        link="linear",
    )
