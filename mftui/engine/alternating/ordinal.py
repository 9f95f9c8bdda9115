"""Ratings as steps of a scale: an ordered probit, its latent ratings and cut points drawn with all else.

A rating is of level i where latent = logit + N(0, 1) lies between cut points i - 1 and i (Albert and Chib 1993). Cut
points and latent ratings are drawn together given the logits (Cowles 1996): first the cut points, the latent ratings
being integrated out, by a Metropolis-Hastings step whose proposal is the normal approximation around the most probable
ones; then each latent rating from its truncated normal. Drawn one given the other, they would hardly move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.alternating.feature_names import MOST_LEVELS
from mftui.engine.training.learner import Arrays
from mftui.errors import UsageError

Tensor = Any
FAR = 40.0
"""Cut points before the first and behind the last."""
LEAST = 1e-280
"""A probability that a logarithm can be taken of."""
NEWTON_STEPS = 3
"""From the most probable cut points of the sweep before: they hardly move."""


class Ordinal:
    """The latent ratings and cut points of one chain.

    Parameters
    ----------
    values: (n,) ratings that are learned from. Raises UsageError where they are no steps of a scale.

    Attributes
    ----------
    levels: (n_levels,) the steps that occur.
    cuts: (n_levels - 1,) current cut points.
    """

    def __init__(self, values: NDArray[np.float32]) -> None:
        self.levels, of_each, counts = np.unique(values, return_inverse=True, return_counts=True)
        if len(self.levels) > MOST_LEVELS:
            raise UsageError(
                f"likelihood: ordinal is for up to {MOST_LEVELS} steps; the ratings have {len(self.levels)}.",
                hint="Use gaussian.",
            )
        self._level = tf.constant(of_each, tf.int32)
        shares = np.cumsum(counts)[:-1] / len(values)
        self.cuts = self._mode = tf.math.ndtri(tf.constant(shares, tf.float64))
        self._steps = tf.constant(np.diff(self.levels), tf.float64)

    def draw(self, logits: Tensor, seeds: Any) -> tuple[Tensor, Tensor]:
        """Draw cut points and latent ratings given (n,) logits. `seeds`: (3, 2), for stateless draws.

        Returns ((n,) latent ratings, () sum of squared errors of the expected levels).
        """
        latent, self.cuts, self._mode, error = _draw(
            tf.cast(logits, tf.float64), self._level, self.cuts, self._mode, self._steps, seeds
        )
        return latent, error

    def state(self) -> Arrays:
        return {"cuts": self.cuts.numpy(), "mode": self._mode.numpy()}

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `state` gave."""
        self.cuts, self._mode = tf.constant(arrays["cuts"]), tf.constant(arrays["mode"])


def _drawn(
    logits: Tensor, level: Tensor, cuts: Tensor, mode: Tensor, steps: Tensor, seeds: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    found, information = mode, tf.eye(cuts.shape[0], dtype=tf.float64)
    for _ in range(NEWTON_STEPS):
        gradient, information = _derivatives(logits, level, found)
        found += tf.linalg.solve(information, gradient[:, None])[:, 0]
    good = _rising(found)
    mode = tf.where(good, found, mode)
    root = tf.linalg.cholesky(tf.where(good, information, tf.eye(cuts.shape[0], dtype=tf.float64)))
    random = tf.random.stateless_normal([cuts.shape[0], 1], seeds[0], dtype=tf.float64)
    proposal = mode + tf.linalg.triangular_solve(root, random, adjoint=True)[:, 0]

    def weight(at: Tensor) -> Tensor:
        """Return the log density of the posterior less that of the proposal."""
        off = tf.linalg.matvec(root, at - mode, transpose_a=True)
        below, above = _sides(logits, level, at)
        likelihood = tf.reduce_sum(tf.math.log(tf.maximum(_between(below, above), LEAST)))
        return tf.where(_rising(at), likelihood + tf.reduce_sum(off**2) / 2, tf.constant(-np.inf, tf.float64))

    chance = tf.math.log(tf.random.stateless_uniform([], seeds[1], dtype=tf.float64))
    cuts = tf.where(chance < weight(proposal) - weight(cuts), proposal, cuts)
    below, above = _sides(logits, level, cuts)
    uniform = tf.random.stateless_uniform(tf.shape(logits), seeds[2], dtype=tf.float64)
    flipped = below > 0  # the side of small numbers, where nothing is rounded away
    low, high = tf.where(flipped, -above, below), tf.where(flipped, -below, above)
    share = _share(low) + uniform * (_share(high) - _share(low))
    normal = tf.clip_by_value(tf.math.ndtri(tf.clip_by_value(share, LEAST, 1 - 1e-16)), low, high)
    latent = logits + tf.where(flipped, -normal, normal)
    reached = tf.linalg.matvec(_share(logits[:, None] - cuts), steps)
    given = tf.gather(tf.concat([tf.zeros(1, tf.float64), tf.cumsum(steps)], 0), level)
    return tf.cast(latent, tf.float32), cuts, mode, tf.cast(tf.reduce_sum((reached - given) ** 2), tf.float32)


def _derivatives(logits: Tensor, level: Tensor, cuts: Tensor) -> tuple[Tensor, Tensor]:
    """Return gradient and negative Hessian (tridiagonal) of the log-likelihood by the cut points."""
    below, above = _sides(logits, level, cuts)
    chance, n = tf.maximum(_between(below, above), LEAST), cuts.shape[0]
    at_below, at_above = _density(below) / chance, _density(above) / chance

    def by_cut(of_below: Tensor, of_above: Tensor) -> Tensor:
        """Sum over the ratings that each of the (n,) cut points is below or above of."""
        lower = tf.math.unsorted_segment_sum(of_below, level, n + 1)
        return tf.math.unsorted_segment_sum(of_above, level, n + 1)[:n] + lower[1:]

    gradient = by_cut(-at_below, at_above)
    diagonal = by_cut(at_below**2 - below * at_below, at_above**2 + above * at_above)
    beside = -tf.math.unsorted_segment_sum(at_below * at_above, level, n + 1)[1:n]
    information = tf.linalg.diag(diagonal) + tf.linalg.diag(beside, k=1) + tf.linalg.diag(beside, k=-1)
    return gradient, information


def _sides(logits: Tensor, level: Tensor, cuts: Tensor) -> tuple[Tensor, Tensor]:
    """Return ((n,), (n,)) distances of the cut points below and above each rating from its logit."""
    ends = tf.concat([tf.constant([-FAR], tf.float64), cuts, tf.constant([FAR], tf.float64)], 0)
    return tf.gather(ends, level) - logits, tf.gather(ends, level + 1) - logits


def _between(below: Tensor, above: Tensor) -> Tensor:
    """Return the probability of lying between, by the tail in which it is not rounded away."""
    flipped = below > 0
    return _share(tf.where(flipped, -below, above)) - _share(tf.where(flipped, -above, below))


def _share(at: Tensor) -> Tensor:
    return tf.math.erfc(-at / np.sqrt(2)) / 2


def _density(at: Tensor) -> Tensor:
    return tf.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)


def _rising(cuts: Tensor) -> Tensor:
    return tf.reduce_all(tf.math.is_finite(cuts)) & tf.reduce_all(cuts[1:] > cuts[:-1])


_draw: Any = tf.function(_drawn, autograph=False)
