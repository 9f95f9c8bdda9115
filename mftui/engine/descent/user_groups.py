"""Ratings in groups of whole users: what is learned from together, each group of equal size."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import PIECE, Ratings
from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.history import in_order

_ROOMIER = 1.02
"""Groups grow by this until all users have found room."""


class UserGroups:
    """Which users are together is drawn once; each has all of their ratings in one group.

    A place of a group that no rating fills has a gladness of 0, with which it says nothing.

    Parameters
    ----------
    glad: (n,) how gladly each movie was watched.
    groups: how many are wanted, a multiple of `steps`; fewer where a group of that size has no room for one user.
    steps: the number of groups is a multiple of it.

    Attributes
    ----------
    places, movies, glad: (groups, size) place of the user in the group, movie, gladness.
    users: in a group at most.
    """

    def __init__(self, ratings: Ratings, glad: Floats, n_users: int, groups: int, steps: int, seed: int) -> None:
        counts = np.bincount(ratings.users, minlength=n_users)
        order = np.random.default_rng([seed, 5]).permutation(np.flatnonzero(counts))
        size = max(math.ceil(len(ratings) / groups), int(counts.max(initial=1)))
        while (packed := _packed(counts, order, size))[0].max(initial=0) >= groups:
            size = math.ceil(size * _ROOMIER)
        group, first, place = packed
        n = math.ceil((int(group.max(initial=0)) + 1) / steps) * steps
        self.users = int(place.max(initial=0)) + 1
        self.places = np.full((n, size), self.users - 1, dtype=np.int32)
        self.movies, self.glad = np.zeros((n, size), dtype=np.int32), np.zeros((n, size), dtype=np.float32)
        starts = np.cumsum(counts) - counts
        rows_of = None if in_order(ratings.users) else np.argsort(ratings.users, kind="stable")
        users, movies = ratings.users, ratings.movies
        for at in range(0, len(users), PIECE):
            rows = np.arange(at, min(at + PIECE, len(users)))
            which = rows if rows_of is None else rows_of[rows]
            u = users[which]
            slots = group[u] * size + first[u] + rows - starts[u]
            self.places.reshape(-1)[slots] = place[u]
            self.movies.reshape(-1)[slots] = movies[which]
            self.glad.reshape(-1)[slots] = glad[which]

    def __len__(self) -> int:
        return len(self.movies)

    @property
    def size(self) -> int:
        """Count the places of a group."""
        return int(self.movies.shape[1])


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
