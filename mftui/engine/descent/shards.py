"""Ratings dealt into batches in a file: more of them than memory has room for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import forget
from mftui.data.dataset import Ratings
from mftui.data.storage.regular import make_own
from mftui.data.threads import of_each
from mftui.errors import TrainingError

_COLUMNS = (("users", np.int32), ("movies", np.int32), ("values", np.float32))
_BYTES = 12
"""Of one rating."""


class Shards:
    """`count` shards of `size` ratings each, memory-mapped from a file that nobody else sees and no crash leaves.

    Each is a random part of all ratings, as a batch in memory is: however the ratings lie, a card is dealt
    to every shard in proportion to the room that it has left. What is held meanwhile does not grow with
    the ratings. Where they do not divide evenly, a few ratings of a shard are there twice.

    Parameters
    ----------
    ratings: under a billion; count * size is at least as many.
    seed: the same ratings and seed give the same shards.
    directory: where the file is made, made where it is missing; 12 bytes a rating.

    Raises TrainingError where there is no room.
    """

    def __init__(self, ratings: Ratings, count: int, size: int, seed: int, directory: Path) -> None:
        self._columns = mapped(directory, count, size)
        random = np.random.default_rng([seed, 2])
        twice = _spread(count * size - len(ratings), count)
        room = size - twice
        ends = np.arange(count) * size
        for piece in ratings.pieces():
            dealt = random.multivariate_hypergeometric(room, len(piece), method="marginals")
            shard = random.permutation(np.repeat(np.arange(count, dtype=np.min_scalar_type(count)), dealt))
            rows = np.argsort(shard, kind="stable")
            places = _free(ends, dealt)
            for (name, _), column in zip(_COLUMNS, self._columns, strict=True):
                column.reshape(-1)[places] = getattr(piece, name)[rows]
            room, ends = room - dealt, ends + dealt
            forget(*self._columns)
        shards = np.repeat(np.arange(count), twice)
        again = random.integers(0, np.maximum(ends - np.arange(count) * size, 1)[shards])
        for column in self._columns:
            column.reshape(-1)[_free(ends, twice)] = column[shards, again]
        of_each(self._sort, count)
        forget(*self._columns)

    def _sort(self, index: int) -> None:
        """Sort a shard by user, so that the rows of one user are read and added to together."""
        users = np.asarray(self._columns[0][index])
        if (users[1:] < users[:-1]).any():
            order = np.argsort(users, kind="stable")
            for column in self._columns:
                column[index] = column[index][order]

    def gather(
        self, indices: NDArray[Any], part: slice = slice(None)
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """Copy (n, size of `part`) users, movies and values of n shards, of each the same part."""
        users, movies, values = (np.asarray(column)[indices, part] for column in self._columns)
        forget(*self._columns)
        return users, movies, values


def _spread(n: int, count: int) -> NDArray[np.int64]:
    """Divide n into (count,) numbers as equal as can be."""
    each, more = divmod(n, count)
    return np.where(np.arange(count) < more, each + 1, each)


def _free(ends: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (sum of n,) the next n[i] positions from ends[i] on, for all i."""
    return np.repeat(ends, n) + np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)


def mapped(directory: Path, count: int, size: int) -> list[NDArray[Any]]:
    """Map (count, size) of each column, zeros, to one file that nobody else sees and no crash leaves.

    It is allocated now: later a full disk could not be reported. Raises TrainingError where there is no room.
    """
    try:
        make_own(directory)
        with tempfile.TemporaryFile(dir=directory) as file:
            os.posix_fallocate(file.fileno(), 0, count * size * _BYTES)
            return [
                np.memmap(file, kind, "r+", offset=at * count * size * 4, shape=(count, size))
                for at, (_, kind) in enumerate(_COLUMNS)
            ]
    except OSError as error:
        raise TrainingError(
            f"{directory}: no room for {count * size * _BYTES / 1e6:,.0f} MB of ratings ({error.strerror}).",
            hint="Make room there, or set MFTUI_HOME to a place that has it.",
        ) from error
