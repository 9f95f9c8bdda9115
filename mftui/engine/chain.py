"""One Markov chain over the unknowns of Bayesian matrix factorization: its current draw, and how to make the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.alternation import Alternation
from mftui.engine.draws import Draw, standardized
from mftui.engine.gaussian_rows import Prior
from mftui.engine.hyperprior import draw_prior
from mftui.engine.program import Arrays

START = 0.1
"""Standard deviation of the factors at the start."""
SEEDS = 16
"""Stateless seeds that a sweep may use."""
APART = 100_000_000
"""Between the seeds of two chains."""


class Chain:
    """A row is (factors, bias).

    Parameters
    ----------
    sides: the ratings. sizes: numbers of users and movies. k: factors.
    seed, number: the same two give the same draws; chains of one training differ in their number.

    Attributes
    ----------
    users, movies: (n_users, k + 1) and (n_movies, k + 1) rows of the current draw.
    """

    def __init__(self, sides: Alternation, sizes: tuple[int, int], k: int, seed: int, number: int) -> None:
        self._sides, self._mean, self._seed, self._first = sides, sides.mean, seed, number * APART
        self.users, self.movies = (
            tf.pad(START * self._normal([n, k], -part), [[0, 0], [0, 1]]) for part, n in enumerate(sizes, 1)
        )
        self._of_users = self._of_movies = Prior(tf.eye(k + 1), tf.zeros(k + 1))
        self._precision = tf.constant(1.0)

    def sweep(self, number: int, n_ratings: int) -> Any:
        """Draw everything once, given all else; returns () sum of squared errors of the training ratings.

        Raises InvalidArgumentError (of TensorFlow) where the numbers are none any more.
        """
        seed = number * SEEDS
        self._of_users = draw_prior(self.users, self._seeds(seed, 3))
        noise = self._normal(self.users.shape, seed + 3)
        self.users, _ = self._sides.users(self.movies, self._precision, self._of_users, noise)
        self._of_movies = draw_prior(self.movies, self._seeds(seed + 4, 3))
        noise = self._normal(self.movies.shape, seed + 7)
        self.movies, error = self._sides.movies(self.users, self._precision, self._of_movies, noise)
        self._precision = _draw_precision(error, float(n_ratings), self._seeds(seed + 8, 1)[0])
        return error

    def draw(self) -> Draw:
        """The current model, in coordinates in which zero is the mean row."""
        users, movies = self.users.numpy().astype(float), self.movies.numpy().astype(float)
        draw = Draw(users, movies, self._mean, float(self._precision) ** -0.5)
        covariance = np.linalg.inv(self._of_users.precision.numpy().astype(float))
        user_mean, movie_mean = (prior.mean.numpy().astype(float) for prior in (self._of_users, self._of_movies))
        return standardized(draw, user_mean, covariance, movie_mean)

    def state(self) -> Arrays:
        """All that is needed to go on exactly from here."""
        current = {
            "users": self.users,
            "movies": self.movies,
            "precision": self._precision,
            "users_mean": self._of_users.mean,
            "users_precision": self._of_users.precision,
            "movies_mean": self._of_movies.mean,
            "movies_precision": self._of_movies.precision,
        }
        return {name: tensor.numpy() for name, tensor in current.items()}

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `state` gave."""
        self.users, self.movies, self._precision = (tf.constant(arrays[n]) for n in ("users", "movies", "precision"))
        self._of_users, self._of_movies = (
            Prior(tf.constant(arrays[f"{side}_precision"]), tf.constant(arrays[f"{side}_mean"]))
            for side in ("users", "movies")
        )

    def release(self) -> None:
        """Let go of the ratings: no more sweeps."""
        del self._sides

    def _normal(self, shape: Any, part: int) -> Any:
        return tf.random.stateless_normal(shape, self._seeds(part, 1)[0])

    def _seeds(self, part: int, n: int) -> NDArray[np.int32]:
        return np.stack([np.full(n, self._seed), self._first + part + np.arange(n)], 1).astype(np.int32)


def _precision_of(error: Any, n: float, seed: Any) -> Any:
    """Of the noise, from the sum of the squared errors of n ratings; a priori Gamma(1, 1)."""
    return tf.random.stateless_gamma([], seed, alpha=1 + n / 2, beta=1 + error / 2)


_draw_precision: Any = tf.function(_precision_of)
