"""Two ranked lists, each of a model of its own, as one: what is new, what is gone, what has moved, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mftui.engine.model.arrays import Indices
from mftui.engine.model.factors import Factors

Change = Literal["same", "up", "down", "new", "gone"]


@dataclass(frozen=True)
class Placed:
    """A movie of one of two lists, or of both. Of each pair the first is about the first model."""

    movies: tuple[int | None, int | None]
    """Its index in each model; None in one whose data does not have the movie."""
    places: tuple[int | None, int | None]
    """Its place in each list, from 1; None where it is not on the list."""

    @property
    def moved(self) -> int | None:
        """Return how many places it is higher in the second list, less than 0 where it is lower; None where it is not
        on both."""
        first, second = self.places
        return None if first is None or second is None else first - second

    @property
    def change(self) -> Change:
        """Return what became of it from the first list to the second."""
        if (moved := self.moved) is not None:
            return "up" if moved > 0 else "down" if moved < 0 else "same"
        return "new" if self.places[0] is None else "gone"

    @property
    def unknown_to(self) -> int | None:
        """Return which model's data does not have the movie, 1 or 2; None where both have it."""
        return next((at for at, movie in enumerate(self.movies, 1) if movie is None), None)


def compare_lists(models: tuple[Factors, Factors], lists: tuple[Indices, Indices]) -> list[Placed]:
    """Return all movies of two lists, each once: in the order of their better place, and of the first list.

    Parameters
    ----------
    models: whose lists they are. Movies are the same where they have the same id.
    lists: movie indices of each model, best first.
    """
    places: dict[tuple[int | None, int | None], list[int | None]] = {}
    for side, listed in enumerate(lists):
        for place, pair in enumerate(paired(models, listed, side), 1):
            places.setdefault(pair, [None, None])[side] = place
    found = [Placed(pair, (first, second)) for pair, (first, second) in places.items()]
    return sorted(found, key=lambda one: (min(p for p in one.places if p is not None), one.places[0] is None))


def paired(models: tuple[Factors, Factors], movies: Indices, side: int = 0) -> list[tuple[int | None, int | None]]:
    """Return for each of these movies of one model its index in both; None where the other's data does not have it.

    `side`: 0 where they are the first model's, 1 where the second's."""
    own, other = (models[at].movie_ids for at in (side, 1 - side))
    found, known = other.indices(raws := own.raws(np.asarray(movies)))
    pairs: list[tuple[int | None, int | None]] = []
    for movie, raw, its, is_known in zip(movies, raws, found, known, strict=True):
        same = is_known and str(raw) == str(other.raw(its))  # 7 is no 007
        pair = int(movie), int(its) if same else None
        pairs.append(pair if side == 0 else pair[::-1])
    return pairs


def same_data(models: tuple[Factors, Factors]) -> bool:
    """Return whether both learned from the same ratings, as far as they say from which."""
    first, second = (
        model.meta.get("fingerprint") or (model.meta.get("dataset"), model.n_users, model.n_movies) for model in models
    )
    return bool(first == second)
