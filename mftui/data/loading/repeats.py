"""Pairs of user and movie that are rated more than once: which rating counts, and when there are too many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.data.ids import Ids
from mftui.data.reading.options import ReadOptions
from mftui.errors import DoubtError
from mftui.text import visible

_CHUNK = 1 << 20
_KEYS_32 = 1 << 32
_MAX_RANGES = 16
_MANY_ROWS = 50
_RANDOM_ROWS = 1000
_RANDOM_SHARE = 0.4
"""Small random tables, made for a trial, repeat pairs."""


@dataclass(frozen=True)
class Repeats:
    """The rows that are left out, as their pair of user and movie has another one that counts."""

    rows: NDArray[np.int64]
    """(n,) ascending."""
    kept_rows: NDArray[np.int64]
    """(n,) the row that counts instead of each."""
    leaked: NDArray[np.bool_]
    """(n,) whether it is a training rating of a pair that the explicit test has."""

    @property
    def repeated(self) -> NDArray[np.int64]:
        """Return those that are no leak."""
        return self.rows[~self.leaked]


def repeats_of(ratings: Ratings, n_movies: int, n_train: int) -> Repeats | None:
    """Find the rows of each pair that do not count: all but the last, by time where there are times, else by line.

    `n_train`: the first rows, from the training file; the rest is the explicit test, whose ratings win over those of
    the same pair in training, so that none leaks. None where no pair repeats.
    """
    if _ascending(ratings) or not _any_repeated(ratings, n_movies):
        return None
    keys = ratings.users.astype(np.int64) * n_movies + ratings.movies
    in_test = np.arange(len(keys)) >= n_train
    order = (
        np.argsort(keys, kind="stable")
        if ratings.timestamps is None
        else np.lexsort((ratings.timestamps, in_test, keys))
    )
    ordered = keys[order]
    last = np.append(ordered[1:] != ordered[:-1], True)
    counts_instead = order[np.repeat(np.flatnonzero(last), np.diff(np.flatnonzero(last), prepend=-1))]
    found = np.flatnonzero(~last)
    by_row = np.argsort(order[found])
    rows, kept = order[found][by_row], counts_instead[found][by_row]
    return Repeats(rows, kept, ~in_test[rows] & in_test[kept])


def reasons(repeats: Repeats, timed: bool, train_name: str, test_name: str) -> dict[str, int]:
    """Return why rows were left out → how many."""
    later = "the one that is later in time counts" if timed else "the one on the later line counts"
    found = {
        f"rated again by the same user: {later}": len(repeats.repeated),
        f"in {train_name}, but {test_name} tests on the same pair": int(repeats.leaked.sum()),
    }
    return {why: n for why, n in found.items() if n}


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


def check_repeats(read: Ratings, repeats: Repeats, ids: tuple[Ids, Ids], how: ReadOptions, path: str) -> None:
    """Raise DoubtError where too many pairs of user and movie are repeated.

    Parameters
    ----------
    read: all rows.
    repeats: those of them that are left out.
    ids: of the users and of the movies.
    how: may accept it.
    path: what the ratings are from.
    """
    again, n = repeats.repeated, len(read)
    if how.accepts("repeated-pairs") or n < _MANY_ROWS or not len(again):
        return
    kept = repeats.kept_rows[~repeats.leaked]
    n_changed = int((read.values[again] != read.values[kept]).sum())
    timed = read.timestamps is not None and bool((read.timestamps[again] != read.timestamps[kept]).mean() > 0.5)
    same = n_changed <= 0.2 * len(again)
    few = 0.3 if timed or same else 0.05 if n >= _RANDOM_ROWS else _RANDOM_SHARE
    if len(again) <= few * n:
        return
    row = int(again[0])
    user, movie = (visible(str(raw)[:40]) for raw in (ids[0].raw(read.users[row]), ids[1].raw(read.movies[row])))
    causes = "ids that a spreadsheet has spoilt, a wrong column, or the same file twice"
    how_many = "all with the same rating" if not n_changed else f"{n_changed:,} with another rating"
    message = (
        f"{len(again):,} of {n:,} rows repeat a pair of user and movie ({how_many}), for example user {user}, movie "
        f"{movie}. Likely causes: {causes}."
    )
    options = [
        ("--columns user=…,movie=…,rating=…", "other columns"),
        ("--accept repeated-pairs", "the data is right: the last rating of each pair counts"),
    ]
    raise DoubtError("repeated-pairs", message, options, path=path)
