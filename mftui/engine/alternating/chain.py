"""One Markov chain over the unknowns of Bayesian matrix factorization: its current draw, and how to make the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.alternating.feature_effects import FeatureEffects
from mftui.engine.alternating.features import Axes, FeatureAxes
from mftui.engine.alternating.gaussian_rows import Prior
from mftui.engine.alternating.hyperprior import draw_prior
from mftui.engine.alternating.ordinal import Ordinal
from mftui.engine.alternating.posterior import Draw, standardized
from mftui.engine.alternating.sides import Alternation
from mftui.engine.model.arrays import Doubles
from mftui.engine.model.response import Response
from mftui.engine.training.learner import Arrays, with_prefix, without_prefix

INIT_STDDEV = 0.1
"""Standard deviation of the factors at the start."""
SEEDS = 16
"""Stateless seeds that a sweep may use; and as many for the coefficients of features."""
APART = 100_000_000
"""Between the seeds of two chains; those for features begin half-way."""


class Chain:
    """A row is (factors, bias).

    Parameters
    ----------
    sides: the ratings. information: what else is known of users and movies.
    sizes: numbers of users and movies. k: factors.
    seed, number: the same two give the same draws; chains of one training differ in their number.
    ordinal: this chain's own, where ratings are steps of a scale; None where they are what the rows say, and noise.
    """

    def __init__(
        self,
        sides: Alternation,
        information: FeatureAxes,
        sizes: tuple[int, int],
        k: int,
        seed: int,
        number: int,
        ordinal: Ordinal | None = None,
    ) -> None:
        self._sides, self._mean, self._seed, self._first = sides, sides.mean, seed, number * APART
        users, movies = (
            tf.pad(INIT_STDDEV * self._normal([n, k], -part), [[0, 0], [0, 1]]) for part, n in enumerate(sizes, 1)
        )
        self._of_users, self._of_movies = _Side(users, information.users), _Side(movies, information.movies)
        self._precision = tf.constant(1.0)
        self._ordinal, self._noise = ordinal, tf.constant(1.0)

    @property
    def users(self) -> Any:
        """Return (n_users, k + 1) rows of the current draw."""
        return self._of_users.rows

    @property
    def movies(self) -> Any:
        """Return (n_movies, k + 1) rows of the current draw."""
        return self._of_movies.rows

    def sweep(self, number: int, n_ratings: int) -> Any:
        """Draw everything once, given all else; returns () sum of squared errors of the training ratings:
        with an ordinal likelihood, those of the draw before.

        Raises InvalidArgumentError (of TensorFlow) where the numbers are none any more.
        """
        seed = number * SEEDS
        if self._ordinal is not None:
            fitted = self._sides.fitted(self.users, self.movies)
            latent, off = self._ordinal.draw(fitted, self._seeds(seed + 9, 3))
            self._sides.set_values(latent)
        self._draw_side(self._of_users, self._sides.users, self.movies, seed, 0)
        error = self._draw_side(self._of_movies, self._sides.movies, self.users, seed + 4, SEEDS // 2 - 4)
        if self._ordinal is None:
            self._precision = _draw_precision(error, float(n_ratings), self._seeds(seed + 8, 1)[0])
            self._noise = self._precision**-0.5
            return error
        self._noise = tf.sqrt(off / n_ratings)
        return off

    def _draw_side(self, side: _Side, solve: Callable[..., Any], others: Any, seed: int, more: int) -> Any:
        side.draw_prior(self._seeds(seed, 3), self._seeds(APART // 2 + seed + more, SEEDS // 2))
        noise = self._normal(side.rows.shape, seed + 3)
        side.rows, error = solve(others, self._precision, side.prior, noise)
        return error

    def residuals(self) -> tuple[NDArray[np.float32], float]:
        """Return, of the newest sweep, (n,) training ratings less their predictions, as logits, and the variance of the
        noise in them; to be asked before another chain sweeps."""
        left = self._sides.values - self._sides.fitted(self.users, self.movies)
        return left.numpy(), 1 / float(self._precision)

    @property
    def response(self) -> Response:
        """Return the map from logits to expected ratings."""
        if self._ordinal is None:
            return Response("linear", 0, 0)
        levels = tuple(map(float, self._ordinal.levels))
        return Response("probit", levels[0], levels[-1], levels, tuple(map(float, self._ordinal.cuts.numpy())))

    def draw(self) -> Draw:
        """Return the current model, in coordinates in which zero is the mean row."""
        users, movies = self.users.numpy().astype(float), self.movies.numpy().astype(float)
        cuts = np.array(self.response.cuts)
        middle = float(cuts.mean()) if len(cuts) else 0.0
        draw = Draw(users, movies, self._mean - middle, float(self._noise), cuts - middle)
        return standardized(draw, self._of_users.mean, self._of_users.covariance(), self._of_movies.mean)

    def state(self) -> Arrays:
        """Return all that `restore` needs to continue exactly from here."""
        noise = {"precision": self._precision.numpy(), "noise": self._noise.numpy()}
        noise |= {} if self._ordinal is None else self._ordinal.state()
        return noise | self._of_users.state("users") | self._of_movies.state("movies")

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `state` gave."""
        self._precision, self._noise = tf.constant(arrays["precision"]), tf.constant(arrays["noise"])
        if self._ordinal is not None:
            self._ordinal.restore(arrays)
        self._of_users.restore(arrays, "users")
        self._of_movies.restore(arrays, "movies")

    def release(self) -> None:
        """Let go of the ratings: no more sweeps."""
        del self._sides

    def _normal(self, shape: Any, part: int) -> Any:
        return tf.random.stateless_normal(shape, self._seeds(part, 1)[0])

    def _seeds(self, part: int, n: int) -> NDArray[np.int32]:
        return np.stack([np.full(n, self._seed), self._first + part + np.arange(n)], 1).astype(np.int32)


class _Side:
    """The rows of users, or of movies, and what they are believed to be like."""

    def __init__(self, rows: Any, features: Sequence[Axes]) -> None:
        self.rows = rows
        n, width = rows.shape
        self._common = Prior(tf.eye(width) / INIT_STDDEV**2, tf.zeros(width))
        self._means = FeatureEffects(features, n, width)

    @property
    def prior(self) -> Prior:
        """Return the prior of each row."""
        effect = self._means.effect
        return self._common if effect is None else self._common._replace(mean=self._common.mean + effect)

    @property
    def mean(self) -> Doubles:
        """Return the (k + 1,) mean of all rows a priori."""
        return np.asarray(self._common.mean.numpy().astype(float))

    def covariance(self) -> Doubles:
        """Return the (k + 1, k + 1) covariance of all rows a priori, within and between rows of the same features."""
        within, effect = np.linalg.inv(self._common.precision.numpy().astype(float)), self._means.effect
        return np.asarray(within if effect is None else within + np.cov(effect.numpy().astype(float).T, ddof=0))

    def draw_prior(self, seeds: Any, feature_seeds: Any) -> None:
        """Draw the prior, given the rows."""
        self._means.draw(self.rows, self._common, feature_seeds)
        effect = self._means.effect
        self._common = draw_prior(self.rows if effect is None else self.rows - effect, seeds, self._means.believed)

    def state(self, name: str) -> Arrays:
        current = {"": self.rows, "_mean": self._common.mean, "_precision": self._common.precision}
        rows = {name + part: tensor.numpy() for part, tensor in current.items()}
        return rows | with_prefix(f"{name}_", self._means.state())

    def restore(self, arrays: Arrays, name: str) -> None:
        self.rows = tf.constant(arrays[name])
        self._common = Prior(tf.constant(arrays[f"{name}_precision"]), tf.constant(arrays[f"{name}_mean"]))
        self._means.restore(without_prefix(f"{name}_", arrays))


def _precision_of(error: Any, n: float, seed: Any) -> Any:
    """Draw the precision of the noise, given the sum of the squared errors of n ratings; a priori Gamma(1, 1)."""
    return tf.random.stateless_gamma([], seed, alpha=1 + n / 2, beta=1 + error / 2)


_draw_precision: Any = tf.function(_precision_of, autograph=False)
