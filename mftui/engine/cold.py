"""Rows of which nothing is known: those without a training rating."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.program import Parameters


def without_cold_rows(p: Parameters, cold_users: NDArray[np.bool_], cold_movies: NDArray[np.bool_]) -> Parameters:
    """The same parameters, zero for cold users (n_users,) and movies (n_movies,), in all blocks."""
    rows = {
        "user_factors": cold_users,
        "user_bias": cold_users,
        "movie_factors": cold_movies,
        "movie_bias": cold_movies,
    }
    changed: dict[str, Any] = {}
    for prefix in ("", "member_", "audience_"):
        for name, cold in rows.items():
            array = getattr(p, prefix + name, None)
            if array is not None and cold.any():
                changed[prefix + name] = np.where(cold if array.ndim == 1 else cold[:, None], np.float32(0), array)
    return replace(p, **changed)
