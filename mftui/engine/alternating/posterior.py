"""Draws from a posterior, kept: each is a whole model, and together they are exactly one wide model."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.model.arrays import Doubles, Floats
from mftui.engine.model.members import member_logits, side_by_side
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.learner import Arrays


@dataclass(frozen=True)
class Draw:
    """One model: r̂(u, m) = user factors · movie factors + user bias + movie bias + global bias."""

    user_rows: Floats
    """(n_users, k + 1): factors, then the bias."""
    movie_rows: Floats
    """(n_movies, k + 1)."""
    global_bias: float
    noise: float
    """Standard deviation of the ratings around the prediction."""
    cuts: Doubles
    """Cut points of an ordered probit, around zero; none where the prediction is the rating."""


def standardized(draw: Draw, user_mean: Doubles, user_covariance: Doubles, movie_mean: Doubles) -> Draw:
    """Return the same model in other coordinates: zero is the mean row, the users' factors have unit covariance.

    So a user or movie of which nothing is known has a row of zeros; and the dot product of two movies'
    factors is the covariance, over the users, of what taste adds to the predictions for them.

    Parameters: (k + 1,) means and (k + 1, k + 1) covariance of the rows of a side, a priori.
    """
    users, movies = draw.user_rows - user_mean, draw.movie_rows - movie_mean
    users[:, -1] += users[:, :-1] @ movie_mean[:-1]
    movies[:, -1] += movies[:, :-1] @ user_mean[:-1]
    root = np.linalg.cholesky(user_covariance[:-1, :-1])
    users[:, :-1] = np.linalg.solve(root, users[:, :-1].T).T
    movies[:, :-1] = movies[:, :-1] @ root
    bias = draw.global_bias + user_mean[-1] + movie_mean[-1] + user_mean[:-1] @ movie_mean[:-1]
    return Draw(users.astype(np.float32), movies.astype(np.float32), float(bias), draw.noise, draw.cuts)


class PosteriorSamples:
    """Room for so many draws, filled one after the other and never changed: a copy of what is there is a view."""

    def __init__(self, room: int, n_users: int, n_movies: int, k: int, n_cuts: int = 0) -> None:
        self.count = 0
        self._arrays: Arrays = {
            "user_rows": np.empty((room, n_users, k + 1), np.float32),
            "movie_rows": np.empty((room, n_movies, k + 1), np.float32),
            "global_bias": np.empty(room),
            "noise": np.empty(room),
            "cuts": np.empty((room, n_cuts)),
        }

    def keep(self, draw: Draw) -> None:
        """Add a draw."""
        for name, array in self._arrays.items():
            array[self.count] = getattr(draw, name)
        self.count += 1

    def state(self) -> Arrays:
        """Return all draws kept so far."""
        return {name: array[: self.count] for name, array in self._arrays.items()}

    def restore(self, arrays: Arrays) -> None:
        """Keep what `state` gave, and nothing else."""
        self.count = len(arrays["noise"])
        for name, array in self._arrays.items():
            array[: self.count] = arrays[name]


def wide(draws: Arrays, lo: float, hi: float) -> Parameters:
    """Return the model whose logit is the mean of the draws' predictions, one member each."""
    users, movies = draws["user_rows"], draws["movie_rows"]
    u, m, user_bias, movie_bias = map(_by_row, (users[..., :-1], movies[..., :-1], users[..., -1:], movies[..., -1:]))
    noise = tuple(map(float, draws["noise"]))
    bias = draws["global_bias"]
    return side_by_side(u, m, user_bias, movie_bias, bias, lo=lo, hi=hi, link="linear", member_noise=noise)


def with_cuts(model: Parameters, cuts: Doubles, levels: tuple[float, ...], ratings: Ratings) -> Parameters:
    """Return the wide model of draws from an ordered probit: its logits through the mean of their cut points.

    The mean of the draws' expected ratings is that of their mean logit with more noise, as the logit is uncertain; how
    much is measured on `ratings`, and is one number for all. (RMSE on inner splits of ml-100k's u1.base: within 0.0003
    of the mean of all draws.)
    """
    model = replace(model, link="probit", lo=levels[0], hi=levels[-1], levels=levels, cuts=tuple(map(float, cuts)))
    if model.member_user_bias is None:
        return model
    users = ratings.users
    logits = member_logits(model, model.user_factors[users], model.member_user_bias[users], ratings.movies)
    return replace(model, spread=math.sqrt(1 + float(logits.var(1).mean())))


def _by_row(rows: NDArray[Any]) -> Floats:
    """Reshape (members, n, k) to (n, members · k)."""
    return np.ascontiguousarray(rows.swapaxes(0, 1)).reshape(rows.shape[1], -1)
