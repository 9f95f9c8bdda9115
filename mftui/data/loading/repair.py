"""Repair ratings, with a sentence on each repair; refuse ratings that cannot be learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Scale
from mftui.errors import DataError

_CHUNK = 1 << 20
_MAX_STEPS = 1000
_KEYS_32 = 1 << 32
_WHOLE_IN_FLOAT = 2.0**53
_MAX_RANGES = 16


def distinct_of(values: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return `(the different ratings, ascending; how many there are of each)`.

    Where there are more than a thousand, they are those of the first million ratings, with the lowest and the highest.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found: NDArray[Any]
    counts: NDArray[Any]
    found, counts = np.unique(values[:_CHUNK], return_counts=True)
    if len(values) > _CHUNK and len(found) <= _MAX_STEPS:
        pairs = pc.value_counts(pa.Array.from_buffers(pa.float32(), len(values), [None, pa.py_buffer(values)]))
        found, counts = (np.from_dlpack(pairs.field(at)) for at in (0, 1))
        order = np.argsort(found)
        found, counts = found[order], counts[order]
    elif len(values) > _CHUNK:
        ends = [end for end in (values.min(), values.max()) if not found[0] <= end <= found[-1]]
        places = np.searchsorted(found, ends)
        found, counts = np.insert(found, places, ends), np.insert(counts, places, 1)
    return found.astype(np.float64), counts.astype(np.int64)


def scale_of(distinct: NDArray[np.float64]) -> Scale:
    """Return lowest and highest rating, and the coarsest step, in thousandths, that fits all ratings (0: none).

    `distinct`: the different ratings, as `distinct_of` returns them.
    """
    lo, hi = _decimal(distinct[0]), _decimal(distinct[-1])
    if len(distinct) > _MAX_STEPS:
        return Scale(lo, hi, 0.0)
    thousandths = distinct.astype(np.float64) * 1000
    whole = np.rint(thousandths)
    off = np.abs(thousandths - whole).max() > 1e-3 * max(1.0, float(np.abs(distinct).max()))
    if off or np.abs(whole).max() > _WHOLE_IN_FLOAT:
        return Scale(lo, hi, 0.0)
    return Scale(lo, hi, int(np.gcd.reduce(np.diff(whole).astype(np.int64))) / 1000 if len(whole) > 1 else 0.0)


def _decimal(value: float) -> float:
    """Return the shortest decimal that is this float32: 0.1, not 0.10000000149."""
    return float(str(np.float32(value)))


def check_enough(n_users: int, n_movies: int, scale: Scale, n_ratings: int, path: str) -> None:
    """Raise DataError if there is nothing to learn from."""
    if n_users < 2:
        raise DataError("all ratings are of one user.", path=path, hint="Ratings of at least two users are needed.")
    if n_movies < 2:
        raise DataError("all ratings are for one movie.", path=path, hint="Ratings of at least two movies are needed.")
    if scale.lo == scale.hi:
        raise DataError(
            f"all {n_ratings:,} ratings are {scale.lo:g}: there is nothing to learn.",
            path=path,
            hint="Check which column is the rating (--columns rating=…).",
        )
