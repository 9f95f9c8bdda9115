"""Mini-batch training of the biased model: one compiled step, called from Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from mftui.engine.model import MatrixFactorization, MatrixFactorizer
from mftui.engine.program import Arrays, Parameters, Problem
from mftui.engine.recipes.base import Hyper
from mftui.engine.variables import copy_variables, set_variables

MARGIN = 0.5
"""How far the output range goes beyond the rating scale, so that its ends can be reached."""
FACTOR_SCALE = 0.05
"""Standard deviation of the factors at the start."""


class MinibatchProgram:
    """Squared error on observed ratings plus Gaussian priors, by Adam with cosine decay.

    The objective of a member is

        n/batch · sum over the batch of (r̂ - r)² + prior_factors (|U|² + |M|²) + prior_biases (|b_u|² + |b_m|²)

    which is the negative log posterior times 2σ², the priors being σ²/σ_U² and so on: one
    default holds for any number of ratings (Salakhutdinov and Mnih 2007).
    """

    def __init__(self, problem: Problem, hyper: Hyper) -> None:
        n = len(problem.train)
        self.n_epochs = int(hyper["epochs"])
        self.steps_per_epoch = max(1, round(n / _batch_size(int(hyper["batch_size"]), n)))
        self.ratings_per_step = n // self.steps_per_epoch
        self._problem = problem
        self._train = problem.train
        self._order = np.arange(n)
        self._members = int(hyper["members"])
        self._prior_factors, self._prior_biases = float(hyper["prior_factors"]), float(hyper["prior_biases"])
        self._peak_rate = float(hyper["learning_rate"])
        decay = tf.keras.optimizers.schedules.CosineDecay(self._peak_rate, self.n_epochs * self.steps_per_epoch)
        self.factorizer = self._start(int(hyper["factors"]))
        self.model = self.factorizer.factorization
        self._optimizer = tf.keras.optimizers.Adam(decay, beta_1=0.8, beta_2=0.99, epsilon=1e-8)
        self._optimizer.build(self.model.parameters)
        self._step = tf.function(self._update, jit_compile=True)
        self._validate = tf.function(self._squared_error, jit_compile=True)

    def _start(self, k: int) -> MatrixFactorizer:
        p = self._problem
        lo, hi = p.scale.lo - MARGIN, p.scale.hi + MARGIN
        mean = float(p.train.values.mean())
        draw = tf.random.stateless_normal
        columns = k * self._members
        users = draw([p.n_users, columns], [p.seed, 1], stddev=FACTOR_SCALE)
        movies = draw([p.n_movies, columns], [p.seed, 2], stddev=FACTOR_SCALE)
        return MatrixFactorizer(
            MatrixFactorization(users, movies, self._members, math.log((mean - lo) / (hi - mean))), lo, hi
        )

    def _update(self, users: Any, movies: Any, ratings: Any) -> tuple[Any, Any]:
        n = len(self._train)
        with tf.GradientTape() as tape:
            logits = self.model(users, movies)
            error = self._rating(logits) - ratings[:, None]
            m = self.model
            prior = self._prior_factors * (tf.nn.l2_loss(m.user_factors) + tf.nn.l2_loss(m.movie_factors))
            prior += self._prior_biases * (tf.nn.l2_loss(m.user_bias) + tf.nn.l2_loss(m.movie_bias))
            loss = tf.reduce_sum(error**2) * (n / self.ratings_per_step) + 2 * prior
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, m.parameters)]
        self._optimizer.apply(gradients, m.parameters)
        together = self._rating(tf.reduce_mean(logits, 1)) - ratings
        return loss / (n * self._members), tf.reduce_mean(together**2)

    def _rating(self, logits: Any) -> Any:
        return self.factorizer.lo + (self.factorizer.hi - self.factorizer.lo) * tf.sigmoid(logits)

    def _squared_error(self, users: Any, movies: Any, ratings: Any) -> Any:
        scale = self._problem.scale
        predicted = self._rating(tf.reduce_mean(self.model(users, movies), 1))
        return tf.reduce_sum((tf.clip_by_value(predicted, scale.lo, scale.hi) - ratings) ** 2)

    def begin_epoch(self, epoch: int) -> None:
        self._order = np.random.default_rng([self._problem.seed, epoch]).permutation(len(self._train))

    def step(self, index: int) -> tuple[Any, Any]:
        rows = self._order[index * self.ratings_per_step : (index + 1) * self.ratings_per_step]
        t = self._train
        loss, mse = self._step(tf.constant(t.users[rows]), tf.constant(t.movies[rows]), tf.constant(t.values[rows]))
        return loss, mse

    def learning_rate(self, step: int) -> float:
        return self._peak_rate * 0.5 * (1 + math.cos(math.pi * step / (self.n_epochs * self.steps_per_epoch)))

    def validation_rmse(self) -> float | None:
        v = self._problem.valid
        if not len(v):
            return None
        total = self._validate(tf.constant(v.users), tf.constant(v.movies), tf.constant(v.values))
        return math.sqrt(float(total) / len(v))

    @property
    def _variables(self) -> list[Any]:
        return [*self.model.parameters, *self._optimizer.variables]

    def state(self) -> Arrays:
        return copy_variables(self._variables)

    def snapshot(self) -> Arrays:
        return copy_variables(self.model.parameters)

    def restore(self, arrays: Arrays) -> None:
        set_variables(self._variables, arrays)

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        users, movies, user_bias, movie_bias, bias = (arrays or self.snapshot()).values()
        shrink, several = np.float32(1 / math.sqrt(self._members)), self._members > 1
        return Parameters(
            user_factors=users * shrink,
            movie_factors=movies * shrink,
            user_bias=user_bias.mean(1),
            movie_bias=movie_bias.mean(1),
            global_bias=float(bias.mean()),
            lo=self.factorizer.lo,
            hi=self.factorizer.hi,
            members=self._members,
            member_user_bias=user_bias if several else None,
            member_movie_bias=movie_bias if several else None,
            member_global_bias=tuple(map(float, bias)) if several else (),
        )


def _batch_size(given: int, n: int) -> int:
    """The given size, or one tenth of the ratings between 2,000 and 500,000."""
    return min(n, given or min(max(n // 10, 2_000), 500_000))
