"""What the ratings themselves say of movies and users: means, and how many of each rating."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mftui.data.dataset import Scale
    from mftui.engine.factors import Factors

MOST_BARS = 10
_BLOCK = 1 << 18
"""Ratings gone through at once."""


@dataclass(frozen=True)
class MovieFacts:
    """Of every movie."""

    means: NDArray[np.float32]
    """(n_movies,) mean rating; NaN where there is none."""
    biases: NDArray[np.float32]
    """(n_movies,) the model's bias b_m, in logits."""


@dataclass(frozen=True)
class Histogram:
    """How many ratings there are of each value, or of each range of values."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]


def movie_facts(factors: Factors) -> MovieFacts:
    """Means over the whole data set, held-out ratings included, and biases."""
    counts, sums = np.zeros((2, factors.n_movies))
    for movies, ratings in _blocks(factors):
        counts += np.bincount(movies, minlength=factors.n_movies)
        sums += np.bincount(movies, weights=ratings, minlength=factors.n_movies)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)
    return MovieFacts(means, factors.parameters.movie_bias)


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
    found = [ratings[np.flatnonzero(movies == movie)] for movies, ratings in _blocks(factors)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.float32)


def _blocks(factors: Factors) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
    """Movies and ratings of the whole data set, so many at a time that what is made of them stays small."""
    history = factors.history
    for at in range(0, len(history.movies), _BLOCK):
        yield history.movies[at : at + _BLOCK], history.ratings[at : at + _BLOCK]
