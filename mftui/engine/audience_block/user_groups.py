"""Ratings in groups of whole users: what is learned from together, each group of equal size."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import forget
from mftui.data.dataset import PIECE, Ratings
from mftui.engine.descent.shards import mapped
from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.history import in_order

_ROOMIER = 1.02
"""Groups grow by this until all users have found room."""


class UserGroups:
    """Which users are together is drawn once; each has all of their ratings in one group.

    A place of a group that no rating fills has a gladness of 0, with which it says nothing.

    Parameters
    ----------
    glad: a piece of the ratings to how gladly each movie was watched.
    groups: how many are wanted, a multiple of `steps`; fewer where a group of that size has no room for one user.
    steps: the number of groups is a multiple of it.
    directory: where a file keeps the groups; None: they are in memory.

    Attributes
    ----------
    places, movies, glad: (groups, size) place of the user in the group, movie, gladness.
    users: in a group at most.
    """

    def __init__(
        self,
        ratings: Ratings,
        glad: Callable[[Ratings], Floats],
        n_users: int,
        groups: int,
        steps: int,
        seed: int,
        directory: Path | None = None,
    ) -> None:
        counts = ratings.counts_of("users", n_users)
        order = np.random.default_rng([seed, 5]).permutation(np.flatnonzero(counts))
        size = max(math.ceil(len(ratings) / groups), int(counts.max(initial=1)))
        while (packed := _packed(counts, order, size))[0].max(initial=0) >= groups:
            size = math.ceil(size * _ROOMIER)
        group, first, place = packed
        n = math.ceil((int(group.max(initial=0)) + 1) / steps) * steps
        self.users = int(place.max(initial=0)) + 1
        if directory is None:
            self.places, self.movies, self.glad = (
                np.zeros((n, size), kind) for kind in (np.int32, np.int32, np.float32)
            )
        else:
            self.places, self.movies, self.glad = mapped(directory, n, size)
        self.places.fill(self.users - 1)
        self._fill(ratings, glad, group * size + first, place)

    def _fill(self, ratings: Ratings, glad: Callable[[Ratings], Floats], free: Indices, place: Indices) -> None:
        """Put each rating into the next free slot of its user; one thread finds the slots, the other fills them."""
        places, movies, glads = (table.reshape(-1) for table in (self.places, self.movies, self.glad))

        def put(piece: Ratings, slots: Indices) -> None:
            places[slots] = place[piece.users]
            movies[slots] = piece.movies
            glads[slots] = glad(piece)
            forget(self.places, self.movies, self.glad)

        with ThreadPoolExecutor(1) as other:
            before: Future[None] | None = None
            for piece in ratings.pieces():
                sorted_ = piece if in_order(piece.users) else piece.take(np.argsort(piece.users, kind="stable"))
                counts = np.bincount(sorted_.users, minlength=len(free))
                slots = (free - np.cumsum(counts) + counts)[sorted_.users] + np.arange(len(sorted_))
                free = free + counts
                if before is not None:
                    before.result()
                before = other.submit(put, sorted_, slots)
            if before is not None:
                before.result()

    def __len__(self) -> int:
        return len(self.movies)

    @property
    def size(self) -> int:
        """Count the places of a group."""
        return int(self.movies.shape[1])

    def gather(self, groups: NDArray[Any]) -> tuple[Indices, Indices, Floats]:
        """Copy places, movies and gladness of some groups, (groups times size,); a number of -1 is an empty group."""
        columns = self.places[groups].ravel(), self.movies[groups].ravel(), self.glad[groups].ravel()
        if len(nothing := np.flatnonzero(groups < 0)):
            columns[2].reshape(len(groups), -1)[nothing] = 0
        forget(self.places, self.movies, self.glad)
        return columns

    def squares(self, n_movies: int) -> Floats:
        """Return (n_movies,) the sum of the squared gladness of each movie."""
        sums, together = np.zeros(n_movies), max(1, PIECE // self.size)
        for at in range(0, len(self), together):
            rows = slice(at, at + together)
            sums += np.bincount(self.movies[rows].ravel(), self.glad[rows].ravel().astype(np.float64) ** 2, n_movies)
            forget(self.movies, self.glad)
        return sums.astype(np.float32)


def _packed(counts: NDArray[np.int64], order: Indices, size: int) -> tuple[Indices, Indices, Indices]:
    """Return (n_users,) the group of each user, the first of their slots in it, and their place among its users."""
    group, first, place = np.zeros((3, len(counts)), dtype=np.int64)
    ends, at = np.cumsum(counts[order]), 0
    filled, number = 0, 0
    while at < len(order):
        end = int(np.searchsorted(ends, filled + size, side="right"))
        some = order[at:end]
        group[some], place[some] = number, np.arange(end - at)
        first[some] = ends[at:end] - counts[some] - filled
        filled, at, number = int(ends[end - 1]), end, number + 1
    return group, first, place
