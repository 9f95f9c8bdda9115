"""Ratings dealt into batches in a file: more of them than memory has room for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.errors import TrainingError

_COLUMNS = (("users", np.int32), ("movies", np.int32), ("values", np.float32))
_BYTES = 12
"""Of one rating."""


class Shards:
    """`count` shards of `size` ratings each, memory-mapped from a file that nobody else sees and no crash leaves.

    Each is a random part of all ratings, as a batch in memory is: however the ratings lie, a card is dealt
    to every shard in proportion to the room that it has left. What is held meanwhile does not grow with
    the ratings. Where they do not divide evenly, one rating of some shards is there twice.

    Parameters
    ----------
    ratings: under a billion; count * size is at least as many, and less than `count` more.
    seed: the same ratings and seed give the same shards.
    directory: where the file is made, made where it is missing; 12 bytes a rating.

    Raises TrainingError where there is no room.
    """

    def __init__(self, ratings: Ratings, count: int, size: int, seed: int, directory: Path) -> None:
        self._columns = _mapped(directory, count, size)
        random = np.random.default_rng([seed, 2])
        surplus = count * size - len(ratings)
        room = np.full(count, size)
        room[:surplus] -= 1
        ends = np.arange(count) * size
        for piece in ratings.pieces():
            dealt = random.multivariate_hypergeometric(room, len(piece), method="marginals")
            shard = random.permutation(np.repeat(np.arange(count, dtype=np.min_scalar_type(count)), dealt))
            rows = np.argsort(shard, kind="stable")
            within = np.arange(len(piece)) - np.repeat(np.cumsum(dealt) - dealt, dealt)
            places = np.repeat(ends, dealt) + within
            for (name, _), column in zip(_COLUMNS, self._columns, strict=True):
                column.reshape(-1)[places] = getattr(piece, name)[rows]
            room, ends = room - dealt, ends + dealt
        twice = random.integers(0, max(size - 1, 1), surplus)
        for column in self._columns:
            column[:surplus, -1] = column[np.arange(surplus), twice]
        for index in range(count):
            self._sort(index)

    def _sort(self, index: int) -> None:
        """By user, so that the rows of one user are read and added to together."""
        users = np.asarray(self._columns[0][index])
        if (users[1:] < users[:-1]).any():
            order = np.argsort(users, kind="stable")
            for column in self._columns:
                column[index] = column[index][order]

    def take(
        self, indices: NDArray[Any], part: slice = slice(None)
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """(n, size of `part`) users, movies and values of n shards, of each the same part; copied."""
        users, movies, values = (np.asarray(column)[indices, part] for column in self._columns)
        return users, movies, values


def _mapped(directory: Path, count: int, size: int) -> list[NDArray[Any]]:
    """(count, size) of each column, on one file whose room is taken now: later a full disk could not be told."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
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
