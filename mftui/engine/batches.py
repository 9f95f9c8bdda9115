"""Mini-batches that stay where they are computed with: cut once, seeded; each epoch takes them in another order."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings

STEP = 4_000
"""Ratings that a step should have at least: smaller updates are made several to a step."""
LOOP = 4_000
"""Updates that one compiled call has at most where calls are long: a few tenths of a second on a GPU."""


class Batches:
    """All training ratings as (updates of an epoch, n) arrays.

    Which ratings are a batch is drawn once; within a batch they are sorted by user, so that the rows
    of one user are read and added to together. Where the ratings do not divide evenly, a
    few, drawn too, are seen twice in an epoch. All of it is the same on every device.

    Attributes
    ----------
    users, movies, values: (steps * updates, n): steps of an epoch, updates in a step, ratings in an update.
    run: steps that one long call makes; `steps` is a multiple of it.
    """

    def __init__(self, ratings: Ratings, batch_size: int, seed: int) -> None:
        total = len(ratings)
        size = min(batch_size, total)
        self.updates = max(1, min(STEP // size, total // size))
        steps = max(1, round(total / (size * self.updates)))
        runs = min(steps, math.ceil(steps * self.updates / LOOP))
        self.run = round(steps / runs)
        self.steps = self.run * runs
        self.size = math.ceil(total / (self.steps * self.updates))
        self._seed = seed
        rows = self._cut(ratings.users)
        self.users, self.movies, self.values = ratings.users[rows], ratings.movies[rows], ratings.values[rows]

    def _cut(self, users: NDArray[np.int32]) -> NDArray[np.int64]:
        """(steps * updates, n) rows of the ratings."""
        drawn = np.random.default_rng([self._seed, 2]).permutation(len(users))
        places = np.resize(drawn, (self.steps * self.updates, self.size))
        return np.argsort(users, kind="stable")[np.sort(places, axis=-1)]

    def order(self, epoch: int) -> NDArray[np.int32]:
        """(steps, updates) which batches each step takes; the same epoch has the same order always."""
        random = np.random.default_rng([self._seed, 3, epoch])
        return random.permutation(self.steps * self.updates).reshape(self.steps, self.updates).astype(np.int32)
