"""The audience block, and what is derived from it once. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mftui.data.dataset import Scale
from mftui.engine.model.arrays import Counts, Doubles, Floats
from mftui.engine.model.rows import lengths

SUPPORT = 5.0
"""A neighbour with n training ratings keeps n/(n + SUPPORT) of its score; measured by series@10."""
COUNT_POWER = 0.5
"""ν: how the prior grows with a row's count."""


@dataclass(frozen=True)
class AudienceBlock:
    """Whom each movie attracts."""

    factors: Floats
    """(n_movies, k), Q."""
    users: Floats
    """(n_users, k), P."""
    counts: Counts
    """(n_movies,) training ratings."""

    @cached_property
    def norms(self) -> Floats:
        """Return (n_movies,) lengths of the movies' factors."""
        return lengths(self.factors)

    @cached_property
    def user_norms(self) -> Floats:
        """Return (n_users,) lengths of the users' factors."""
        return lengths(self.users)

    @cached_property
    def mean_user(self) -> Floats:
        """Return (k,) the mean user: with Q, what most people watch."""
        return np.asarray(self.users.mean(axis=0), dtype=np.float32)

    @cached_property
    def axes(self) -> tuple[Doubles, Doubles]:
        """Return ((k,), (k, k)) eigenvalues and, as columns, eigenvectors of QᵀQ."""
        values, axes = np.linalg.eigh((self.factors.T @ self.factors).astype(np.float64))
        return values, axes

    @cached_property
    def to_unit(self) -> Floats:
        """(n_movies,) what makes the factors of a movie length 1, or less where few ratings support them."""
        counts = self.counts.astype(np.float32)
        return np.asarray(np.sqrt(counts / (counts + SUPPORT)) / np.maximum(self.norms, 1e-12), dtype=np.float32)


def targets(ratings: Floats, scale: Scale) -> Floats:
    """Return (n,) how far up the scale each rating is: 1 for the highest, one step above 0 for the lowest."""
    step = scale.step or (scale.hi - scale.lo) / 10
    return np.asarray((ratings - scale.lo + step) / (scale.hi - scale.lo + step), dtype=np.float32)


def row_weights(rows: Counts, size: int, others: int, unobserved: float) -> Floats:
    """Return (size,) how strongly each row is held near zero: (count + a0 · others)^ν."""
    counts = np.bincount(rows, minlength=size) + unobserved * others
    return np.asarray(counts**COUNT_POWER, dtype=np.float32)
