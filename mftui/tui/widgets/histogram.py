"""What the ratings themselves say of movies and users: how many of each rating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mftui.data.dataset import Scale
    from mftui.engine.model.factors import Factors

MOST_BARS = 10
_BLOCK = 1 << 18
"""Ratings gone through at once."""


@dataclass(frozen=True)
class Histogram:
    """How many ratings there are of each value, or of each range of values."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]


def histogram(ratings: NDArray[np.float32], scale: Scale) -> Histogram:
    """Count ratings by value, in ranges where the scale has more than ten values or no steps."""
    steps = round((scale.hi - scale.lo) / scale.step) + 1 if scale.step else MOST_BARS + 1
    if steps <= MOST_BARS:
        values = scale.lo + scale.step * np.arange(steps)
        at = np.clip(np.round((ratings - scale.lo) / scale.step), 0, steps - 1).astype(np.int64)
        labels = tuple(f"{value:g}" for value in values)
    else:
        steps = MOST_BARS
        width = (scale.hi - scale.lo) / steps or 1.0
        at = np.clip((ratings - scale.lo) // width, 0, steps - 1).astype(np.int64)
        labels = tuple(f"{scale.lo + width * i:.3g}+" for i in range(steps))
    return Histogram(labels, tuple(int(n) for n in np.bincount(at, minlength=steps)))


def ratings_of_movie(factors: Factors, movie: int) -> NDArray[np.float32]:
    """(n,) all ratings of the movie at an index."""
    history, found = factors.history, []
    for at in range(0, len(history.movies), _BLOCK):
        rows = slice(at, at + _BLOCK)
        found.append(history.ratings[rows][np.flatnonzero(history.movies[rows] == movie)])
    return np.concatenate(found) if found else np.empty(0, dtype=np.float32)
