"""Two sides of rows (factors, bias), each solved given the other: what alternating least squares and Gibbs share."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.alternating.gaussian_rows import GaussianRows, Prior
from mftui.engine.training.problem import Problem

Tensor = Any
DEVICE = "CPU:0"
"""Where rows are solved, whatever else there is: sparse products and batched roots were measured there alone."""


class Alternation:
    """The training ratings, seen from the users and from the movies.

    A rating is mean + user factors · movie factors + user bias + movie bias, and noise.

    Attributes
    ----------
    mean: of the training ratings; 0 where latent ratings take their place.
    values: (n,) ratings less the mean; as they are at present, where latent ones take their place.
    """

    def __init__(self, problem: Problem, k: int, *, latent: bool = False) -> None:
        """`k`: factors of a row, whose length is k + 1. `latent`: ratings are set anew before each use."""
        train, sizes = problem.train, (problem.n_users, problem.n_movies)
        self._train = train
        self.mean = 0.0 if latent else float(train.values.mean(dtype=float))
        self.values: Tensor = train.values - np.float32(self.mean)
        self._of_users = GaussianRows(train.users, train.movies, self.values, *sizes, k + 1, changing=latent)
        self._of_movies = GaussianRows(train.movies, train.users, self.values, *sizes[::-1], k + 1, changing=latent)

    def set_values(self, values: Tensor) -> None:
        """Replace the ratings by (n,) latent ones."""
        self.values = values
        self._of_users.set_values(values)
        self._of_movies.set_values(values)

    def fitted(self, users: Tensor, movies: Tensor) -> Tensor:
        """Return (n,) predictions of the training ratings from the rows, without the mean."""
        return _offsets(users, movies, self._train.users, self._train.movies)

    def users(self, movies: Tensor, weight: Tensor, prior: Prior, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Solve users given (n_movies, k + 1): ((n_users, k + 1) rows, () squared error); see `GaussianRows.solve`."""
        features, known = _known(movies)
        return self._of_users.solve(features, known, weight, prior, noise)

    def movies(self, users: Tensor, weight: Tensor, prior: Prior, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Solve movies given (n_users, k + 1), likewise."""
        features, known = _known(users)
        return self._of_movies.solve(features, known, weight, prior, noise)


class HeldOutPredictor:
    """Ratings to be predicted from the rows of both sides."""

    def __init__(self, ratings: Ratings, mean: float) -> None:
        self._users, self._movies = tf.constant(ratings.users), tf.constant(ratings.movies)
        self._values, self._mean = ratings.values, mean

    def predicted(self, users: Tensor, movies: Tensor) -> NDArray[np.float64]:
        """Return (n,) unclipped predictions."""
        offsets = _offsets(users, movies, self._users, self._movies)
        return np.asarray(offsets.numpy().astype(float) + self._mean)

    def errors(self, predicted: NDArray[np.float64], lo: float, hi: float) -> NDArray[np.float32] | None:
        """Return (n,) squared errors of predictions clipped to the scale; None without ratings."""
        if not len(self._values):
            return None
        return np.asarray((np.clip(predicted, lo, hi) - self._values) ** 2, dtype=np.float32)


def _known_of(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Return what the other side's rows, their bias last, are multiplied with; and what is known: this side's bias."""
    return tf.concat([rows[:, :-1], tf.ones_like(rows[:, -1:])], 1), rows[:, -1]


def _offsets_of(users: Tensor, movies: Tensor, of_users: Tensor, of_movies: Tensor) -> Tensor:
    u, m = tf.gather(users, of_users), tf.gather(movies, of_movies)
    return tf.reduce_sum(u[:, :-1] * m[:, :-1], 1) + u[:, -1] + m[:, -1]


_known: Any = tf.function(_known_of, jit_compile=True, autograph=False)
_offsets: Any = tf.function(_offsets_of, jit_compile=True, autograph=False)
