"""Products of many pairs of rows, without a copy of all rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.parameters import Parameters

GATHERED_BYTES = 4 << 20
"""Of rows that are copied together at once."""


def pair_products(p: Parameters, users: NDArray[Any], movies: NDArray[Any]) -> NDArray[np.float32]:
    """(n,) products of the factors of n pairs of indices, a part at a time: all rows at once could take many times
    the model."""
    dots = np.empty(len(users), dtype=np.float32)
    step = max(1, GATHERED_BYTES // (4 * p.user_factors.shape[1]))
    for at in range(0, len(users), step):
        part = slice(at, at + step)
        np.einsum("ij,ij->i", p.user_factors[users[part]], p.movie_factors[movies[part]], out=dots[part])
    return dots


def lengths(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) lengths of the rows of a table (n, k), which is not copied."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", table, table)), dtype=np.float32)
