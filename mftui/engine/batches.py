"""How an epoch is cut into mini-batches: seeded, the same on every device; each epoch takes them in another order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.data.splits import shuffled
from mftui.engine.history import in_order

STEP = 4_000
"""Ratings that a step should have at least: smaller updates are made several to a step."""
LOOP = 4_000
"""Updates that one compiled call has at most where calls are long: a few tenths of a second on a GPU."""

AT_ONCE = 11_000_000
"""Numbers of either side's rows that a CPU works on at once: 44 MB, several times over."""
STREAMED_AT_ONCE = AT_ONCE // 2
"""The same where memory is scarce, so that the ratings are read from a file."""


def at_once(columns: int, *, streamed: bool = False) -> int:
    """How many ratings a CPU works on at once where the rows have so many columns."""
    return max(1, (STREAMED_AT_ONCE if streamed else AT_ONCE) // columns)


class Batches:
    """How `total` ratings become steps * updates batches of `size`, each of `pieces` pieces.

    Which ratings are a batch is drawn once. Where the ratings do not divide evenly, a few, drawn too,
    are seen twice in an epoch.

    Parameters
    ----------
    most: how many ratings are worked on at once; None: as many as an update has.

    Attributes
    ----------
    steps: of an epoch.
    updates: in a step.
    size: ratings in an update, a multiple of `pieces`.
    run: steps that one long call makes; `steps` is a multiple of it.
    """

    def __init__(self, total: int, batch_size: int, seed: int, most: int | None = None) -> None:
        size = min(batch_size, total)
        self.total, self.seed = total, seed
        self.pieces = 1 if most is None else math.ceil(size / most)
        self.updates = max(1, min(STEP // size, total // size)) if self.pieces == 1 else 1
        steps = max(1, round(total / (size * self.updates)))
        runs = min(steps, math.ceil(steps * self.updates / LOOP))
        self.run = round(steps / runs)
        self.steps = self.run * runs
        self.size = math.ceil(total / (self.count * self.pieces)) * self.pieces

    @property
    def count(self) -> int:
        """Updates of an epoch."""
        return self.steps * self.updates

    def columns(self, ratings: Ratings) -> Iterator[NDArray[Any]]:
        """(count * pieces, size of a piece) users, movies and values, one after the other: together they are large.

        Within a batch the ratings are sorted by user, so that the rows of one user are read and added to together.
        """
        rows = self._rows(ratings.users)
        for name in ("users", "movies", "values"):
            yield getattr(ratings, name)[rows].reshape(self.count * self.pieces, -1)

    def _rows(self, users: NDArray[np.int32]) -> NDArray[Any]:
        drawn = shuffled(np.random.default_rng([self.seed, 2]), len(users))
        places = np.resize(drawn, (self.count, self.size))
        del drawn
        places.sort(axis=-1)
        return places if in_order(users) else np.argsort(users, kind="stable")[places]

    def order(self, epoch: int) -> NDArray[np.int32]:
        """(steps, updates * pieces) which pieces each step takes; the same epoch has the same order always."""
        random = np.random.default_rng([self.seed, 3, epoch])
        first = random.permutation(self.count)[:, None] * self.pieces
        return (first + np.arange(self.pieces)).reshape(self.steps, -1).astype(np.int32)
