"""Rows of which nothing is known: those without a training rating."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.parameters import Parameters

_ROWS = ("user_factors", "user_bias", "movie_factors", "movie_bias")


def without_cold_rows(p: Parameters, cold_users: NDArray[np.bool_], cold_movies: NDArray[np.bool_]) -> Parameters:
    """The same parameters, zero for cold users (n_users,) and movies (n_movies,), in all blocks; what the ratings'
    block knows of them beside their ratings stays."""
    changed: dict[str, Any] = {}
    for prefix in ("", "member_", "audience_"):
        users, movies = (False, False) if prefix == "audience_" else p.knows_cold
        of_users, of_movies = cold_users & (not users), cold_movies & (not movies)
        for name, cold in zip(_ROWS, (of_users, of_users, of_movies, of_movies), strict=True):
            array = getattr(p, prefix + name, None)
            if array is not None and cold.any():
                changed[prefix + name] = np.where(cold if array.ndim == 1 else cold[:, None], np.float32(0), array)
    return replace(p, **changed)


def known_rows(counts: NDArray[Any], knows_cold: bool) -> NDArray[np.bool_]:
    """(n,) whether anything is known of rows with so many training ratings; `knows_cold`: of all of them."""
    return np.asarray((counts > 0) | knows_cold)
