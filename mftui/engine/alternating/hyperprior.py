"""What a side's rows are believed to be like, drawn from what they are: Gaussian with a Gaussian-Wishart hyperprior."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from mftui.engine.alternating.gaussian_rows import Prior

Tensor = Any
MEAN_COUNTS = 2.0
"""The hyperprior of the mean weighs as much as so many rows at zero (β₀ of Salakhutdinov and Mnih 2008)."""


def draw_prior(rows: Tensor, seeds: Tensor, told: tuple[Tensor, float] | None = None) -> Prior:
    """Draw mean and precision of (n, p) rows, given the rows.

    Precision ~ Wishart(I, p degrees of freedom), mean ~ N(0, (MEAN_COUNTS · precision)⁻¹), both a priori.
    `seeds`: (3, 2), for stateless draws. `told`: ((p, p) scatter, degrees of freedom) of what else tells of the
    precision: other draws from N(0, precision⁻¹).
    """
    p = rows.shape[1]
    scatter, freedom = told or (tf.zeros([p, p]), 0.0)
    return Prior(*_draw(rows, seeds, scatter, tf.constant(freedom)))


def _drawn(rows: Tensor, seeds: Tensor, told: Tensor, freedom: Tensor) -> tuple[Tensor, Tensor]:
    p = rows.shape[1]
    n = float(rows.shape[0])
    average = tf.reduce_mean(rows, 0)
    centred = rows - average
    weight = MEAN_COUNTS + n
    scatter = tf.eye(p) + told + tf.matmul(centred, centred, transpose_a=True)
    scatter += MEAN_COUNTS * n / weight * tf.tensordot(average, average, 0)
    precision = _draw_wishart(tf.linalg.cholesky(scatter), p + n + freedom, seeds[:2])
    spread = tf.linalg.triangular_solve(
        tf.linalg.cholesky(weight * precision), tf.random.stateless_normal([p, 1], seeds[2]), adjoint=True
    )
    return precision, n / weight * average + spread[:, 0]


def _draw_wishart(root: Tensor, freedom: Tensor, seeds: Tensor) -> Tensor:
    """Draw (p, p) from Wishart((root rootᵀ)⁻¹, freedom), by Bartlett's decomposition."""
    p = root.shape[0]
    shapes = (freedom - tf.range(p, dtype=tf.float32)) / 2
    below = tf.linalg.band_part(tf.random.stateless_normal([p, p], seeds[0]), -1, 0)
    triangle = tf.linalg.set_diag(below, tf.sqrt(2 * tf.random.stateless_gamma([p], seeds[1], alpha=shapes)))
    factor = tf.linalg.triangular_solve(root, triangle, adjoint=True)
    return tf.matmul(factor, factor, transpose_b=True)


_draw: Any = tf.function(_drawn, autograph=False)
