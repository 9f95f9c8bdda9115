"""Mini-batches that stay where they are computed with: cut once, seeded; each epoch takes them in another order."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings

CALL = 4_000
"""Ratings that one compiled call should have at least: smaller updates are made several to a call."""


class Batches:
    """All training ratings as (calls, updates, n) arrays.

    Which ratings are a batch is drawn once; within a batch they are sorted by user, so that the rows
    of one user are read and added to together. Where the ratings do not divide evenly, a
    few, drawn too, are seen twice in an epoch.

    Attributes
    ----------
    users, movies, values: (calls, updates, n): calls of an epoch, updates in a call, ratings in an update.
    """

    def __init__(self, ratings: Ratings, batch_size: int, seed: int) -> None:
        total = len(ratings)
        size = min(batch_size, total)
        self.updates = max(1, min(CALL // size, total // size))
        self.calls = max(1, round(total / (size * self.updates)))
        self.size = math.ceil(total / (self.calls * self.updates))
        self._seed = seed
        rows = self._cut(ratings.users)
        self.users, self.movies, self.values = ratings.users[rows], ratings.movies[rows], ratings.values[rows]

    def _cut(self, users: NDArray[np.int32]) -> NDArray[np.int64]:
        """(calls, updates, n) rows of the ratings."""
        drawn = np.random.default_rng([self._seed, 2]).permutation(len(users))
        places = np.resize(drawn, (self.calls, self.updates, self.size))
        return np.argsort(users, kind="stable")[np.sort(places, axis=-1)]

    def order(self, epoch: int) -> NDArray[np.int64]:
        """(calls,) the order of the calls in an epoch; the same epoch has the same order always."""
        return np.random.default_rng([self._seed, 3, epoch]).permutation(self.calls)
