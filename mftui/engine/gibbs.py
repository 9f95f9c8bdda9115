"""Bayesian matrix factorization with biases by Gibbs sampling: every unknown drawn in turn, given all others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.alternation import Alternation, Asked
from mftui.engine.draws import Draw, Draws, standardized, wide
from mftui.engine.gaussian_rows import Prior
from mftui.engine.hyperprior import draw_prior
from mftui.engine.program import Arrays, Later, Parameters, Problem

START = 0.1
"""Standard deviation of the factors at the start."""
SEEDS = 16
"""Stateless seeds that a sweep may use."""


@dataclass(frozen=True)
class GibbsPlan:
    """How long, and how much of it is kept."""

    factors: int
    sweeps: int
    """Draws in all."""
    burn_in: int
    """The first of them, which count for nothing."""
    keep: int
    """How many of the others are kept, evenly spaced; not more than there are."""


class GibbsProgram:
    """An epoch is a step is a sweep: users' rows, movies' rows, what they are like, the noise.

    A row is (factors, bias). The state is one draw, the draws kept, and sums over all draws after the
    burn-in, for the validation ratings.
    """

    steps_per_epoch = 1
    later: Later = "kept"
    """The posterior mean gets better with every draw: no earlier one is worth keeping."""

    def __init__(self, problem: Problem, plan: GibbsPlan) -> None:
        self._plan, self._scale, self._seed = plan, problem.scale, problem.seed
        self._sizes = n_users, n_movies = problem.n_users, problem.n_movies
        self.n_epochs, self.ratings_per_step = plan.sweeps, len(problem.train)
        self._sides = Alternation(problem, plan.factors)
        self._mean, width = self._sides.mean, plan.factors + 1
        self._users, self._movies = (
            tf.pad(START * self._normal([n, plan.factors], -part), [[0, 0], [0, 1]])
            for part, n in ((1, n_users), (2, n_movies))
        )
        self._of_users = self._of_movies = Prior(tf.eye(width), tf.zeros(width))
        self._precision = tf.constant(1.0)
        self._draws = Draws(plan.keep, n_users, n_movies, plan.factors)
        self._valid = Asked(problem.valid, self._mean)
        self._averaged = _Averaged(self._valid)
        self._sweep = 0

    # -- one sweep ---------------------------------------------------------------------------

    def begin_epoch(self, epoch: int) -> None:
        self._sweep = epoch

    def step(self, index: int) -> tuple[Any, Any]:
        seed = self._sweep * SEEDS
        try:
            self._of_users = draw_prior(self._users, self._seeds(seed, 3))
            noise = self._normal(self._users.shape, seed + 3)
            self._users, _ = self._sides.users(self._movies, self._precision, self._of_users, noise)
            self._of_movies = draw_prior(self._movies, self._seeds(seed + 4, 3))
            noise = self._normal(self._movies.shape, seed + 7)
            self._movies, error = self._sides.movies(self._users, self._precision, self._of_movies, noise)
        except tf.errors.InvalidArgumentError:  # no Cholesky root: numbers that are none any more
            return math.nan, math.nan
        self._precision = _draw_precision(error, float(self.ratings_per_step), self._seeds(seed + 8, 1)[0])
        self._count()
        mse = error / self.ratings_per_step
        return mse, mse

    def _count(self) -> None:
        done, burn_in, sweeps = self._sweep + 1, self._plan.burn_in, self._plan.sweeps
        self._averaged.see(self._users, self._movies, counts=done > burn_in)
        if done > burn_in and (done - burn_in) * self._plan.keep // (sweeps - burn_in) > self._draws.count:
            self._draws.keep(self._current())

    def _current(self) -> Draw:
        users, movies = self._users.numpy().astype(float), self._movies.numpy().astype(float)
        draw = Draw(users, movies, self._mean, float(self._precision) ** -0.5)
        covariance = np.linalg.inv(self._of_users.precision.numpy().astype(float))
        user_mean, movie_mean = (prior.mean.numpy().astype(float) for prior in (self._of_users, self._of_movies))
        return standardized(draw, user_mean, covariance, movie_mean)

    def _normal(self, shape: Any, part: int) -> Any:
        return tf.random.stateless_normal(shape, self._seeds(part, 1)[0])

    def _seeds(self, part: int, n: int) -> NDArray[np.int32]:
        return np.stack([np.full(n, self._seed), part + np.arange(n)], 1).astype(np.int32)

    # -- what it leads to --------------------------------------------------------------------

    def learning_rate(self, step: int) -> float:
        """There is none."""
        return 0.0

    def validation_errors(self) -> NDArray[np.float32] | None:
        """Of the mean of all draws after the burn-in; of the current draw before there is one."""
        return self._valid.errors(self._averaged.mean, self._scale.lo, self._scale.hi)

    def draw_rmse(self) -> float | None:
        """RMSE on the validation ratings of the current draw alone."""
        errors = self._valid.errors(self._averaged.last, self._scale.lo, self._scale.hi)
        return None if errors is None else math.sqrt(float(np.mean(errors)))

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        """The draws kept so far, as one wide model; the current draw before there are any."""
        return wide(_kept(arrays or self.snapshot()), self._scale.lo, self._scale.hi)

    # -- going on ----------------------------------------------------------------------------

    def snapshot(self) -> Arrays:
        kept = self._draws.state()
        if not self._draws.count:
            one = Draws(1, *self._sizes, self._plan.factors)
            one.keep(self._current())
            kept = one.state()
        return {f"kept_{name}": array for name, array in kept.items()}

    def state(self) -> Arrays:
        current = {
            "users": self._users,
            "movies": self._movies,
            "precision": self._precision,
            "users_mean": self._of_users.mean,
            "users_precision": self._of_users.precision,
            "movies_mean": self._of_movies.mean,
            "movies_precision": self._of_movies.precision,
        }
        kept = {f"kept_{name}": array for name, array in self._draws.state().items()}
        return {name: tensor.numpy() for name, tensor in current.items()} | kept | self._averaged.state()

    def restore(self, arrays: Arrays) -> None:
        self._users, self._movies, self._precision = (tf.constant(arrays[n]) for n in ("users", "movies", "precision"))
        self._of_users, self._of_movies = (
            Prior(tf.constant(arrays[f"{side}_precision"]), tf.constant(arrays[f"{side}_mean"]))
            for side in ("users", "movies")
        )
        self._draws.restore(_kept(arrays))
        self._averaged.restore(arrays)

    def release(self) -> None:
        """Let go of the ratings."""
        del self._sides


class _Averaged:
    """Predictions of the validation ratings: the last draw's, and the sum of all that count."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.last = self._total = np.zeros(0)
        self._count = 0

    def see(self, users: Any, movies: Any, *, counts: bool) -> None:
        """The next draw."""
        self.last = self._asked.predicted(users, movies)
        self._total = self._total + self.last if counts and self._count else self.last
        self._count = self._count + 1 if counts else 0

    @property
    def mean(self) -> NDArray[np.float64]:
        """(n,) of all that count; the last draw's before there are any."""
        return self._total / max(self._count, 1)

    def state(self) -> Arrays:
        return {"valid_total": self._total, "valid_last": self.last, "valid_count": np.array(self._count)}

    def restore(self, arrays: Arrays) -> None:
        self._total, self.last = arrays["valid_total"], arrays["valid_last"]
        self._count = int(arrays["valid_count"])


def _kept(arrays: Arrays) -> Arrays:
    return {name.removeprefix("kept_"): a for name, a in arrays.items() if name.startswith("kept_")}


def _precision_of(error: Any, n: float, seed: Any) -> Any:
    """Of the noise, from the sum of the squared errors of n ratings; a priori Gamma(1, 1)."""
    return tf.random.stateless_gamma([], seed, alpha=1 + n / 2, beta=1 + error / 2)


_draw_precision: Any = tf.function(_precision_of)
