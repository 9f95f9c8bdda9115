"""Rows of users and movies: their products, and which of them are cold."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Flags, Floats, Indices
from mftui.engine.model.parameters import Parameters

MAX_GATHERED_BYTES = 4 << 20
"""Of rows that are copied together at once."""
_ROWS = ("user_factors", "user_bias", "movie_factors", "movie_bias")


@dataclass(frozen=True)
class UserRows:
    """The factors of b users, trained or folded in."""

    factors: Floats
    """(b, k) taste."""
    bias: Floats
    """(b,)."""
    audience: Floats | None
    """(b, d): see `Audience`."""
    counts: Indices
    """(b,) ratings that each was made from."""
    member_bias: Floats | None = None
    """(b, members), where there are several."""
    covariance: Doubles | None = None
    """(b, members, k + 1, k + 1) how uncertain each member leaves the row of a user folded in, its bias last; None of
    trained rows."""

    def select(self, places: NDArray[Any]) -> UserRows:
        """Return the rows at some places."""
        given: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(self, **{name: table[places] for name, table in given.items() if table is not None})


def pair_products(p: Parameters, users: NDArray[Any], movies: NDArray[Any]) -> Floats:
    """Return (n,) products of the factors of n pairs of indices, a part at a time: all rows together could take many
    times the model."""
    dots = np.empty(len(users), dtype=np.float32)
    step = max(1, MAX_GATHERED_BYTES // (4 * p.user_factors.shape[1]))
    for at in range(0, len(users), step):
        part = slice(at, at + step)
        np.einsum("ij,ij->i", p.user_factors[users[part]], p.movie_factors[movies[part]], out=dots[part])
    return dots


def lengths(table: Floats) -> Floats:
    """Return (n,) lengths of the rows of a table (n, k), which is not copied."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", table, table)), dtype=np.float32)


def without_cold_rows(p: Parameters, cold_users: Flags, cold_movies: Flags) -> Parameters:
    """Return the parameters with zeros for users (n_users,) and movies (n_movies,) without training ratings, in all
    blocks; what the ratings' block knows of them beside their ratings stays."""
    changed: dict[str, Any] = {}
    for prefix in ("", "member_", "audience_"):
        users, movies = (False, False) if prefix == "audience_" else p.knows_cold
        of_users, of_movies = cold_users & (not users), cold_movies & (not movies)
        for name, cold in zip(_ROWS, (of_users, of_users, of_movies, of_movies), strict=True):
            array = getattr(p, prefix + name, None)
            if array is not None and cold.any():
                changed[prefix + name] = np.where(cold if array.ndim == 1 else cold[:, None], np.float32(0), array)
    return replace(p, **changed)
