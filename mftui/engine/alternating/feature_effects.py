"""What is known of a row moves the mean of its prior: linear in the features, the coefficients drawn with all else.

A row's prior mean is μ + Bᵀx (Simm et al. 2017, Macau), with x its features. B ~ N(0, (λ_g Λ)⁻¹), Λ being the precision
of the rows around their means, and λ_g ~ Gamma(SHAPE, RATE) of each group of features, drawn too: what says nothing is
shrunk to nothing. On the axes of a group (see `Axes`) the coefficients are independent of each other, so that
a draw of all of them is two products of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from mftui.engine.alternating.features import Axes
from mftui.engine.alternating.gaussian_rows import Prior
from mftui.engine.training.learner import Arrays

Tensor = Any
SHAPE, RATE = 0.5, 0.005
"""Of the Gamma prior of a group's precision: a priori a group explains about a hundredth of how rows differ, or much
less, or much more."""
SEEDS = 2
"""That a draw takes for each group."""


class _Group(NamedTuple):
    weighted: Tensor
    """(n, r) directions times lengths."""
    lengths: Tensor
    """(r,)."""


class FeatureEffects:
    """The coefficients of one side's features, in one chain.

    Attributes
    ----------
    effect: (n, p) what the features add to the mean of each row; None where there are none.
    """

    def __init__(self, axes: Sequence[Axes], n: int, width: int) -> None:
        """Start at zero for `n` rows of `width` p."""
        self._shape = n, width
        self._groups = [_Group(tf.constant(a.directions * a.lengths), tf.constant(a.lengths)) for a in axes]
        self._coefficients = [tf.zeros([len(a.lengths), width]) for a in axes]
        self._precisions = [tf.constant(float(np.mean(np.square(a.lengths)))) for a in axes]
        self._effects = [tf.zeros([n, width]) for _ in axes]

    @property
    def effect(self) -> Tensor | None:
        return tf.add_n(self._effects) if self._effects else None

    @property
    def believed(self) -> tuple[Tensor, float]:
        """Return ((p, p) scatter, degrees of freedom) of the coefficients, as evidence of the rows' precision."""
        if not self._groups:
            return tf.zeros([self._shape[1]] * 2), 0.0
        pairs = zip(self._precisions, self._coefficients, strict=True)
        scatter = tf.add_n([held * tf.matmul(b, b, transpose_a=True) for held, b in pairs])
        return scatter, float(sum(b.shape[0] for b in self._coefficients))

    def draw(self, rows: Tensor, prior: Prior, seeds: Any) -> None:
        """Draw all coefficients, group after group, given (n, p) rows, and the precision and mean (p,) of those
        without features.

        `seeds`: (SEEDS · groups, 2), for stateless draws.
        """
        for at, group in enumerate(self._groups):
            others = [effect for other, effect in enumerate(self._effects) if other != at]
            rest = rows - prior.mean - (tf.add_n(others) if others else 0.0)
            self._coefficients[at], self._effects[at], self._precisions[at] = _draw(
                *group, rest, prior.precision, self._precisions[at], seeds[SEEDS * at : SEEDS * (at + 1)]
            )

    def state(self) -> Arrays:
        """Return the coefficients and precisions by name; the axes are not among them."""
        arrays = {f"coefficients{at}": b.numpy() for at, b in enumerate(self._coefficients)}
        return arrays | {f"precisions{at}": held.numpy() for at, held in enumerate(self._precisions)}

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `state` gave."""
        for at, group in enumerate(self._groups):
            self._coefficients[at] = tf.constant(arrays[f"coefficients{at}"])
            self._precisions[at] = tf.constant(arrays[f"precisions{at}"])
            self._effects[at] = _effect(group.weighted, self._coefficients[at])


def _drawn(
    weighted: Tensor, lengths: Tensor, rest: Tensor, precision: Tensor, held: Tensor, seeds: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Draw (r, p) coefficients, (n, p) their effect, () the group's precision."""
    r, p = tf.shape(lengths)[0], tf.shape(rest)[1]
    told = (lengths**2 + held)[:, None]
    noise = tf.random.stateless_normal([p, r], seeds[0])
    noise = tf.transpose(tf.linalg.triangular_solve(tf.linalg.cholesky(precision), noise, adjoint=True))
    coefficients = tf.matmul(weighted, rest, transpose_a=True) / told + noise / tf.sqrt(told)
    size = tf.reduce_sum(tf.matmul(coefficients, precision) * coefficients)
    held = tf.random.stateless_gamma([], seeds[1], alpha=SHAPE + tf.cast(r * p, tf.float32) / 2, beta=RATE + size / 2)
    return coefficients, _effect(weighted, coefficients), held


_effect: Any = tf.function(tf.matmul, reduce_retracing=True, autograph=False)
_draw: Any = tf.function(_drawn, reduce_retracing=True, autograph=False)
