"""Rows given the other side: the exact Gaussian, for a tiny model whose posterior is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.engine.alternating import gaussian_rows
from mftui.engine.alternating.gaussian_rows import GaussianRows, Prior

P, N_ROWS, N_COLUMNS = 4, 30, 12


@pytest.fixture
def ratings() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    cells = random.choice(N_ROWS * N_COLUMNS, 150, replace=False)
    rows, columns = np.divmod(cells[cells >= N_COLUMNS], N_COLUMNS)  # row 0 has none
    return rows, columns, random.normal(size=len(rows)).astype(np.float32)


def table(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, P)).astype(np.float32)


def ridge(
    ratings: tuple[np.ndarray, ...], features: np.ndarray, known: np.ndarray, weight: float, prior: Prior
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of every row, one after the other, in double precision."""
    rows, columns, values = ratings
    means, covariances = np.empty((N_ROWS, P)), np.empty((N_ROWS, P, P))
    for row in range(N_ROWS):
        own = rows == row
        f, y = features[columns[own]].astype(float), (values - known[columns])[own].astype(float)
        left = weight * f.T @ f + prior.precision + (0 if prior.each is None else own.sum() * prior.each)
        covariances[row] = np.linalg.inv(left)
        means[row] = covariances[row] @ (weight * f.T @ y + prior.precision @ prior.mean)
    return means, covariances


@pytest.mark.parametrize("each", [None, 0.3 * np.eye(P, dtype=np.float32)])
@pytest.mark.parametrize("held_at_once", [10**9, 7 * P**2])
def test_without_noise_every_row_is_its_ridge_regression(
    ratings: tuple[np.ndarray, ...], each: np.ndarray | None, held_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one part, or in several where memory is short."""
    monkeypatch.setattr(gaussian_rows, "CHUNK_NUMBERS", held_at_once)
    features, known = table(N_COLUMNS, 1), table(N_COLUMNS, 2)[:, 0]
    root = table(P, 4)
    prior = Prior(root @ root.T + np.eye(P, dtype=np.float32), table(1, 5)[0], each)
    rows, columns, values = ratings

    side = GaussianRows(rows, columns, values, N_ROWS, N_COLUMNS, P)
    found, error = side.solve(features, known, np.float32(2.5), prior, np.zeros((N_ROWS, P), np.float32))

    expected, _ = ridge(ratings, features, known, 2.5, prior)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    missed = values - known[columns] - (expected[rows] * features[columns]).sum(1)
    assert float(error) == pytest.approx(float((missed**2).sum()), rel=1e-4)


def test_draws_have_the_exact_posteriors_mean_and_covariance() -> None:
    """Many rows with the same three ratings are as many draws from one posterior."""
    n, columns, values = 40_000, np.array([0, 2, 5]), np.array([1.0, -0.5, 2.0], dtype=np.float32)
    features, known = table(N_COLUMNS, 1), table(N_COLUMNS, 2)[:, 0]
    prior = Prior(np.diag([1.0, 2.0, 0.5, 1.0]).astype(np.float32), np.full(P, 0.4, np.float32))

    side = GaussianRows(np.repeat(np.arange(n), 3), np.tile(columns, n), np.tile(values, n), n, N_COLUMNS, P)
    noise = np.random.default_rng(0).normal(size=(n, P)).astype(np.float32)
    draws = side.solve(features, known, np.float32(1.7), prior, noise)[0].numpy()

    f = features[columns].astype(float)
    covariance = np.linalg.inv(1.7 * f.T @ f + prior.precision)
    mean = covariance @ (1.7 * f.T @ (values - known[columns]) + prior.precision @ prior.mean)
    spread = np.sqrt(np.diag(covariance))
    assert np.abs(draws.mean(0) - mean).max() < 4 * spread.max() / np.sqrt(n)
    np.testing.assert_allclose(
        np.cov(draws.T) / np.outer(spread, spread), covariance / np.outer(spread, spread), atol=0.03
    )


def test_a_row_without_ratings_is_drawn_from_the_prior(ratings: tuple[np.ndarray, ...]) -> None:
    prior = Prior(4 * np.eye(P, dtype=np.float32), np.arange(P, dtype=np.float32))
    noise = np.ones((N_ROWS, P), np.float32)

    rows, columns, values = ratings
    side = GaussianRows(rows, columns, values, N_ROWS, N_COLUMNS, P)
    drawn, _ = side.solve(table(N_COLUMNS, 1), np.zeros(N_COLUMNS, np.float32), np.float32(1), prior, noise)

    np.testing.assert_allclose(drawn[0], np.arange(P) + 0.5, rtol=1e-5)


@pytest.mark.parametrize("held_at_once", [10**9, 7 * P**2])
def test_values_can_be_set_anew_and_every_row_can_have_a_mean_of_its_own(
    ratings: tuple[np.ndarray, ...], held_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaussian_rows, "CHUNK_NUMBERS", held_at_once)
    features, known, means = table(N_COLUMNS, 1), table(N_COLUMNS, 2)[:, 0], table(N_ROWS, 6)
    prior = Prior(3 * np.eye(P, dtype=np.float32), means)
    order = np.random.default_rng(7).permutation(len(ratings[0]))
    rows, columns, values = (column[order] for column in ratings)

    side = GaussianRows(rows, columns, np.zeros_like(values), N_ROWS, N_COLUMNS, P, changing=True)
    side.set_values(values)
    found, error = side.solve(features, known, np.float32(2.5), prior, np.zeros((N_ROWS, P), np.float32))

    each = [ridge(ratings, features, known, 2.5, prior._replace(mean=mean))[0] for mean in means]
    expected = np.array([solved[row] for row, solved in enumerate(each)])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    missed = values - known[columns] - (expected[rows] * features[columns]).sum(1)
    assert float(error) == pytest.approx(float((missed**2).sum()), rel=1e-4)
