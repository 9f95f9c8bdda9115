"""Alternating least squares: all users' rows exactly, then all movies', again and again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.alternating.gaussian_rows import Prior
from mftui.engine.alternating.sides import DEVICE, Alternation, HeldOutPredictor
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.learner import Arrays, Learner
from mftui.engine.training.problem import Problem
from mftui.engine.training.recipe import Hyper

INIT_STDDEV = 0.1
"""Standard deviation of the movies' factors at the start."""
LEAST = 1e-3
"""Penalty on the square of every number, so that a row without a rating is determined."""


class AlsLearner(Learner):
    """Minimise recipe `als`'s loss. An epoch is a step: the users' rows, then the movies', each (factors, bias)."""

    steps_per_epoch = 1

    def __init__(self, problem: Problem, hyper: Hyper) -> None:
        self._scale = problem.scale
        self.n_epochs, self.ratings_per_step = int(hyper["epochs"]), len(problem.train)
        with tf.device(DEVICE):
            self._begin(problem, hyper)

    def _begin(self, problem: Problem, hyper: Hyper) -> None:
        k = int(hyper["factors"])
        self._sides = Alternation(problem, k)
        self._mean = self._sides.mean
        self._valid = HeldOutPredictor(problem.valid, self._mean)
        width = k + 1
        start = INIT_STDDEV * tf.random.stateless_normal([problem.n_movies, k], [problem.seed, 1])
        self._users, self._movies = tf.zeros([problem.n_users, width]), tf.pad(start, [[0, 0], [0, 1]])
        self._no_noise = tf.zeros([problem.n_users, width]), tf.zeros([problem.n_movies, width])
        of_bias = tf.one_hot(k, width)
        self._prior = Prior(
            tf.linalg.diag(float(hyper["reg_biases"]) * of_bias + LEAST),
            tf.zeros(width),
            tf.linalg.diag(float(hyper["reg_factors"]) * (1 - of_bias)),
        )

    def step(self, index: int) -> tuple[Any, Any]:
        one = tf.constant(1.0)
        with tf.device(DEVICE):
            try:
                self._users, _ = self._sides.users(self._movies, one, self._prior, self._no_noise[0])
                self._movies, error = self._sides.movies(self._users, one, self._prior, self._no_noise[1])
            except tf.errors.InvalidArgumentError:  # Cholesky failed: parameters contain NaN or infinity
                return math.nan, math.nan
            mse = error / self.ratings_per_step
        return mse, mse

    def validation_errors(self) -> NDArray[np.float32] | None:
        with tf.device(DEVICE):
            predicted = self._valid.predicted(self._users, self._movies)
        return self._valid.errors(predicted, self._scale.lo, self._scale.hi)

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        users, movies = (arrays or self.snapshot()).values()
        return Parameters(
            user_factors=np.ascontiguousarray(users[:, :-1]),
            movie_factors=np.ascontiguousarray(movies[:, :-1]),
            user_bias=np.ascontiguousarray(users[:, -1]),
            movie_bias=np.ascontiguousarray(movies[:, -1]),
            global_bias=self._mean,
            lo=self._scale.lo,
            hi=self._scale.hi,
            link="linear",
        )

    def state(self) -> Arrays:
        return {"users": self._users.numpy(), "movies": self._movies.numpy()}

    snapshot = state

    def restore(self, arrays: Arrays) -> None:
        with tf.device(DEVICE):
            self._users, self._movies = tf.constant(arrays["users"]), tf.constant(arrays["movies"])

    def release(self) -> None:
        """Let go of the ratings."""
        del self._sides
