"""How an epoch is cut into mini-batches: seeded, the same on every device; each epoch takes them in another order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.data.threads import of_each
from mftui.engine.model.history import in_order
from mftui.engine.training.draws import batch_order
from mftui.engine.training.memory import PART_NUMBERS

STEP = 4_000
"""Ratings that a step should have at least: smaller updates are made several to a step."""
LOOP = 4_000
"""Updates that one compiled call has at most where calls are long: a few tenths of a second on a GPU."""


def parts_on_cpu(size: int, columns: int) -> int:
    """Return the number of parts in which a CPU processes a batch of `size`, with rows of so many columns."""
    return math.ceil(size * columns / PART_NUMBERS)


class Batches:
    """How `total` ratings become steps * updates batches of `size`, each of `parts` equal parts.

    Which ratings are a batch is drawn once. Where the ratings do not divide evenly, a few, drawn too,
    are seen twice in an epoch.

    Parameters
    ----------
    columns: numbers in a row of either side, where a batch is learned from part by part; 0: it is not.

    Attributes
    ----------
    steps: of an epoch.
    updates: in a step.
    size: ratings in an update, a multiple of `parts`.
    run: steps that one long call makes; `steps` is a multiple of it.
    """

    def __init__(self, total: int, batch_size: int, seed: int, columns: int = 0) -> None:
        size = min(batch_size, total)
        self.total, self.seed = total, seed
        self.parts = max(1, parts_on_cpu(size, columns))
        self.updates = max(1, min(STEP // size, total // size))
        steps = max(1, round(total / (size * self.updates)))
        runs = min(steps, math.ceil(steps * self.updates / LOOP))
        self.run = round(steps / runs)
        self.steps = self.run * runs
        self.size = math.ceil(total / (self.count * self.parts)) * self.parts

    @property
    def count(self) -> int:
        """Count the updates of an epoch."""
        return self.steps * self.updates

    def columns(self, ratings: Ratings) -> Iterator[NDArray[Any]]:
        """Yield (count, size) users, movies and values, one after the other: together they are large.

        Within a batch the ratings are sorted by user, so that the rows of one user are read and added to together.
        """
        users = ratings.users
        rows = self._rows(users)
        yield _gathered(users, rows)
        del users
        for name in ("movies", "values"):
            yield _gathered(getattr(ratings, name), rows)

    def _rows(self, users: NDArray[np.int32]) -> NDArray[Any]:
        drawn = batch_order(len(users), self.seed)
        again = drawn[np.arange(self.count * self.size - len(drawn)) % len(drawn)]
        places = np.append(drawn, again).reshape(self.count, self.size)
        del drawn
        of_each(lambda batch: places[batch].sort(), self.count)
        return places if in_order(users) else np.argsort(users, kind="stable")[places]

    def order(self, epoch: int) -> NDArray[np.int32]:
        """Return (steps, updates) numbers of the batches of each step; the same epoch always has the same order."""
        random = np.random.default_rng([self.seed, 3, epoch])
        return random.permutation(self.count).astype(np.int32).reshape(self.steps, self.updates)


def _gathered(column: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return `column[rows]`."""
    found = np.empty(rows.shape, dtype=column.dtype)

    def gather(batch: int) -> None:
        found[batch] = column[rows[batch]]

    of_each(gather, len(rows))
    return found
