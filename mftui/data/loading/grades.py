"""Turn counts (plays, purchases) into grades."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mftui.data.reading.options import ReadOptions
from mftui.errors import DataError

_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)


def graded(
    values: NDArray[np.float32], n_train: int, how: ReadOptions, path: str
) -> tuple[NDArray[np.float32], tuple[float, ...]]:
    """Return `(grades from 1 on (n,), the lower bound of each grade)`.

    The bounds are the fifths of the first `n_train` counts; fewer where many are alike. A file that belongs to an
    earlier one (`how.like`) gets the bounds of that. Raises DataError for counts below 0, and where all are alike.
    """
    if float(values.min()) < 0:
        raise DataError(
            f"a count is {values.min():g}, below 0.", path=path, hint="Leave --counts out, if it is a rating."
        )
    bounds = how.like.grades if how.like is not None else ()
    if not bounds:
        found = np.quantile(values[:n_train], _SHARES, method="inverted_cdf").astype(np.float32)
        bounds = tuple(float(str(bound)) for bound in np.unique(found))
    if len(bounds) < 2:
        raise DataError("nearly all counts are alike: there is nothing to learn.", path=path)
    grades = np.searchsorted(np.array(bounds, dtype=np.float32), values, side="right")
    return np.maximum(grades, 1).astype(np.float32), bounds
