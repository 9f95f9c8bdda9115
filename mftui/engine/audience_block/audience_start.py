"""Where the descent of the audience block starts: the leading singular vectors of who watched what, how gladly.

With all singular vectors V and values σ of X this start is EASE itself (Steck 2019): off its diagonal the inverse of
XᵀX + λ is V σ²/(σ² + λ) Vᵀ, times a weight of each movie. With k of them, and the mean m of the other σ² for what is
left of XᵀX (as in probabilistic principal components, Tipping and Bishop 1999), it is V (σ² - m)/(σ² + λ) Vᵀ. The
passes that find V are subspace iteration (Halko, Martinsson and Tropp 2011). NumPy only.
"""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from mftui.engine.model.arrays import Floats

_INDEPENDENT = 1e-6
"""What is left of a column beside those before it, as a share of the longest: down to here Cholesky is exact enough."""


def orthonormal(sums: Floats) -> Floats:
    """Return (n_movies, k) an orthonormal basis of what XᵀX made of the last one.

    By the Cholesky factor of the columns' products, in double precision, or by QR where they are not independent. QR is
    done in one thread: it has thousands of small products, after each of which several would wait for each other.
    """
    wide = sums.astype(np.float64)
    try:
        factor = np.linalg.cholesky(wide.T @ wide)
    except np.linalg.LinAlgError:
        factor = np.zeros((1, 1))
    lengths = factor.diagonal()
    if lengths.min() > _INDEPENDENT * lengths.max():
        return np.asarray(wide @ np.linalg.inv(factor).T, dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        return np.linalg.qr(sums)[0]


def start(basis: Floats, sums: Floats, squares: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Return ((n_movies, k), (n_movies,)) the movies' vectors, and the weights that fit them best.

    Parameters
    ----------
    basis: (n_movies, k) orthonormal. sums: (n_movies, k) XᵀX times it.
    squares: (n_movies,) sum of the squared gladness of each movie.
    ridge: λ.
    """
    within = (basis.T @ sums).astype(np.float64)
    values, turn = np.linalg.eigh((within + within.T) / 2)
    values, turn = np.maximum(values[::-1], 0), turn[:, ::-1]
    noise = max(float(squares.sum() - values.sum()), 0) / max(len(basis) - len(values), 1)
    turn = np.asarray(turn * np.sqrt(np.maximum(values - noise, 0) / (values + ridge)), dtype=np.float32)
    factors, sums = basis @ turn, sums @ turn
    return factors, _weights(factors, sums, squares, ridge)


def _weights(factors: Floats, sums: Floats, squares: Floats, ridge: float) -> Floats:
    """Return (n_movies,) the least squares of each movie, what it says of itself left out: its users' scores are
    t = P·a - x |a|², and Σ x t and Σ t² follow from sums over the ratings."""
    own = np.einsum("ij,ij->i", factors, factors)
    loved = np.einsum("ij,ij->i", factors, sums)
    spread = np.einsum("ij,ij->i", factors @ (factors.T @ sums), factors)
    held = np.einsum("ij,ij->i", factors @ (factors.T @ factors), factors) - own**2
    fitted = spread - 2 * own * loved + own**2 * squares + ridge * held
    given = loved - own * squares
    return np.asarray(np.where(fitted > 0, given / np.where(fitted > 0, fitted, 1), 1), dtype=np.float32)
