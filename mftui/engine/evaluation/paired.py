"""How much better one model is than another on the same test ratings, and how much of it may be chance. NumPy only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypedDict

import numpy as np

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

ERRORS = 2.0
"""Standard errors within which a difference is called noise."""


class PairedDifference(TypedDict):
    """The difference of two models, rating by rating."""

    n: int
    """Test ratings."""
    rmse: float
    """RMSE of the one model less that of the other."""
    standard_error: float
    """Of that difference, if other users had been tested."""
    within_noise: bool
    """Whether it is smaller than ERRORS standard errors."""


def paired_difference(model: Factors, other: Factors) -> PairedDifference | None:
    """Compare two models on the ratings that both held out; None where these are not the same ones.

    The squared errors are compared rating by rating, so that what makes a rating hard to predict for both says nothing.
    Ratings of one user are alike: the standard error is that of the users' sums.
    """
    if not model.history.held_out.any() or not _same(model, other):
        return None
    test = model.history.part(held_out=True)
    given = (model, test), (other, other.history.part(held_out=True))  # days are where a model has learned from them
    squares = [(each.predict_dated(ratings).astype(np.float64) - test.values) ** 2 for each, ratings in given]
    first, second = (math.sqrt(float(each.mean())) for each in squares)
    apart = squares[0] - squares[1]
    by_user = np.bincount(test.users, apart - apart.mean())
    n_users = len(np.unique(test.users))
    error = math.sqrt(float(np.sum(by_user**2)) * n_users / max(n_users - 1, 1)) / len(test) / ((first + second) or 1.0)
    return PairedDifference(
        n=len(test), rmse=first - second, standard_error=error, within_noise=abs(first - second) <= ERRORS * error
    )


def _same(model: Factors, other: Factors) -> bool:
    """Return whether two models held out the same ratings of the same users and movies."""
    mine, theirs = model.history, other.history
    if (model.n_users, model.n_movies, len(mine.movies)) != (other.n_users, other.n_movies, len(theirs.movies)):
        return False
    names = ("offsets", "movies", "ratings", "held_out")
    same = all(np.array_equal(getattr(mine, name), getattr(theirs, name)) for name in names)
    users, movies = np.arange(model.n_users), np.arange(model.n_movies)
    return (
        same
        and list(model.user_ids.raws(users)) == list(other.user_ids.raws(users))
        and list(model.movie_ids.raws(movies)) == list(other.movie_ids.raws(movies))
    )
