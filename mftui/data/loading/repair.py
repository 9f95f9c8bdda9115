"""Repair ratings, with a sentence on each repair; refuse ratings that cannot be learned from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings, Scale
from mftui.errors import DataError

_CHUNK = 1 << 20
_MAX_STEPS = 1000
_KEYS_32 = 1 << 32
_WHOLE_IN_FLOAT = 2.0**53
_MAX_RANGES = 16


def without_duplicates(
    ratings: Ratings, n_movies: int, n_train: int, train_name: str, test_name: str
) -> tuple[Ratings, int, list[str]]:
    """Keep the last rating of each (user, movie) pair.

    `n_train`: the first rows, from the training file; the rest is the explicit test, whose
    ratings win over those of the same pair in training, so that none leaks.

    Returns `(ratings, rows that are training, sentences)`.
    """
    if _ascending(ratings) or not _any_repeated(ratings, n_movies):
        return ratings, n_train, []
    keys = ratings.users.astype(np.int64) * n_movies + ratings.movies
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    keep = np.zeros(len(keys), dtype=bool)
    keep[order[np.append(ordered[1:] != ordered[:-1], True)]] = True
    dropped = np.flatnonzero(~keep)
    leaked = int(np.isin(keys[dropped[dropped < n_train]], keys[n_train:]).sum())
    repeated = len(dropped) - leaked
    notes = []
    if repeated:
        notes.append(
            f"{_count(repeated, 'rating')} left out, as a later one by the same user for the same movie counts."
        )
    if leaked:
        notes.append(
            f"{_count(leaked, 'rating')} of {train_name} left out of training, as {test_name} tests on the same pair."
        )
    return ratings.take(keep), int(keep[:n_train].sum()), notes


def _ascending(ratings: Ratings) -> bool:
    """Return whether the pairs ascend strictly, as MovieLens writes them: then none repeats."""
    users, movies = ratings.users, ratings.movies
    for at in range(0, len(ratings) - 1, _CHUNK):
        here, after = slice(at, at + _CHUNK), slice(at + 1, at + 1 + _CHUNK)
        n = len(users[after])
        same = users[here][:n] == users[after]
        if not ((users[here][:n] < users[after]) | (same & (movies[here][:n] < movies[after]))).all():
            return False
    return True


def _any_repeated(ratings: Ratings, n_movies: int) -> bool:
    """Return whether a pair repeats, found by sorting. Where it pays, sort by ranges of users small enough that
    a pair is a 32-bit key: half the memory, twice the speed, and two ranges at a time."""
    n_users = int(ratings.users.max()) + 1
    most_users = _KEYS_32 // n_movies
    if most_users * _MAX_RANGES < n_users:
        return _repeats(ratings.users.astype(np.int64) * n_movies + ratings.movies)

    def in_range(first: int) -> bool:
        rows = np.flatnonzero((ratings.users >= first) & (ratings.users < first + step))
        keys = (ratings.users[rows] - first).astype(np.uint32)
        keys *= np.uint32(n_movies)
        keys += ratings.movies[rows].astype(np.uint32)
        return _repeats(keys)

    n_ranges = max(2, -(-n_users // most_users))
    step = -(-n_users // n_ranges)
    with ThreadPoolExecutor(2) as pool:
        return any(pool.map(in_range, range(0, n_users, step)))


def _repeats(keys: NDArray[Any]) -> bool:
    keys.sort()
    return bool((keys[1:] == keys[:-1]).any())


def scale_of(values: NDArray[np.float32]) -> Scale:
    """Return lowest and highest rating, and the coarsest step, in thousandths, that fits all ratings (0: none)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    distinct = np.unique(values[:_CHUNK])
    if len(values) > _CHUNK and len(distinct) <= _MAX_STEPS:
        whole = pa.Array.from_buffers(pa.float32(), len(values), [None, pa.py_buffer(values)])
        distinct = np.sort(np.from_dlpack(pc.unique(whole)))
    lo, hi = _decimal(values.min()), _decimal(values.max())
    if len(distinct) > _MAX_STEPS:
        return Scale(lo, hi, 0.0)
    thousandths = distinct.astype(np.float64) * 1000
    whole = np.rint(thousandths)
    off = np.abs(thousandths - whole).max() > 1e-3 * max(1.0, float(np.abs(distinct).max()))
    if off or np.abs(whole).max() > _WHOLE_IN_FLOAT:
        return Scale(lo, hi, 0.0)
    return Scale(lo, hi, int(np.gcd.reduce(np.diff(whole).astype(np.int64))) / 1000 if len(whole) > 1 else 0.0)


def _decimal(value: np.float32) -> float:
    """Return the shortest decimal that is this float32: 0.1, not 0.10000000149."""
    return float(str(value))


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


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
