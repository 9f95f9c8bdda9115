"""The prior of a side, drawn from its rows: the Gaussian-Wishart posterior in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.engine.alternating.hyperprior import MEAN_COUNTS, draw_prior

N, P, DRAWS = 12, 3, 2_000


@pytest.mark.long
def test_draws_have_the_moments_of_the_exact_posterior() -> None:
    random = np.random.default_rng(0)
    rows = (random.normal(size=(N, P)) @ random.normal(size=(P, P)) + [1.0, 0.0, -0.5]).astype(np.float32)
    seeds = np.arange(DRAWS * 6, dtype=np.int32).reshape(DRAWS, 3, 2)

    drawn = [draw_prior(rows, seed) for seed in seeds]
    precisions = np.array([prior.precision.numpy() for prior in drawn])
    means = np.array([prior.mean.numpy() for prior in drawn])

    weight, average = MEAN_COUNTS + N, rows.mean(0).astype(float)
    scatter = np.eye(P) + (rows - average).T @ (rows - average) + MEAN_COUNTS * N / weight * np.outer(average, average)
    expected = (P + N) * np.linalg.inv(scatter)
    np.testing.assert_allclose(precisions.mean(0), expected, atol=0.05 * np.abs(expected).max())
    # Marginally the mean is a Student t of P + N - P + 1 degrees of freedom around N/weight times the average.
    freedom = N + 1
    covariance = scatter / weight / freedom * freedom / (freedom - 2)
    error = np.sqrt(np.diag(covariance) / DRAWS)
    assert (np.abs(means.mean(0) - N / weight * average) < 4 * error).all()
    np.testing.assert_allclose(np.cov(means.T), covariance, atol=0.1 * np.abs(covariance).max())


def test_the_same_seeds_give_the_same_bits() -> None:
    rows, seeds = np.eye(4, 3, dtype=np.float32), np.arange(6, dtype=np.int32).reshape(3, 2)

    np.testing.assert_array_equal(draw_prior(rows, seeds).precision, draw_prior(rows, seeds).precision)
