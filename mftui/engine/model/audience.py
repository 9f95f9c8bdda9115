"""The audience block, and what is derived from it once. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.dot_products import lengths

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
SUPPORT = 5.0
"""A neighbour with n training ratings keeps n/(n + SUPPORT) of its score; measured by series@10."""


@dataclass(frozen=True)
class AudienceBlock:
    """Whom each movie attracts."""

    factors: Floats
    """(n_movies, k), Q."""
    users: Floats
    """(n_users, k), P."""
    counts: NDArray[np.int32]
    """(n_movies,) training ratings."""

    @cached_property
    def norms(self) -> Floats:
        """(n_movies,) lengths of the movies' factors."""
        return lengths(self.factors)

    @cached_property
    def user_norms(self) -> Floats:
        """(n_users,) lengths of the users' factors."""
        return lengths(self.users)

    @cached_property
    def usual(self) -> Floats:
        """(k,) the mean user: with Q, what most people watch."""
        return np.asarray(self.users.mean(axis=0), dtype=np.float32)

    @cached_property
    def axes(self) -> tuple[Doubles, Doubles]:
        """((k,), (k, k)) eigenvalues and, as columns, eigenvectors of QᵀQ."""
        values, axes = np.linalg.eigh((self.factors.T @ self.factors).astype(np.float64))
        return values, axes

    @cached_property
    def to_unit(self) -> Floats:
        """(n_movies,) what makes the factors of a movie length 1, or less where few ratings support them."""
        counts = self.counts.astype(np.float32)
        return np.asarray(np.sqrt(counts / (counts + SUPPORT)) / np.maximum(self.norms, 1e-12), dtype=np.float32)
