"""A part of some ratings that is not copied: its columns are made where they are asked for, or piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import PIECE, Ratings


class Part(Ratings):
    """Ratings given by a way to make them again, piece by piece, always in the same order. It has no timestamps.

    `users`, `movies` and `values` are made anew each time they are asked for: a caller that wants them twice
    keeps them, or takes `whole()`.

    Parameters
    ----------
    length: how many ratings there are.
    make: yields them as Ratings without timestamps, none too large to be held.
    """

    def __init__(self, length: int, make: Callable[[], Iterator[Ratings]]) -> None:
        object.__setattr__(self, "_length", length)
        object.__setattr__(self, "_make", make)

    @classmethod
    def where(cls, ratings: Ratings, mask: NDArray[np.bool_]) -> Part:
        """Those of `ratings` where `mask` (n,) is True, in their order."""

        def make() -> Iterator[Ratings]:
            at = 0
            for piece in ratings.pieces():
                rows = mask[at : at + len(piece)]
                yield Ratings(piece.users[rows], piece.movies[rows], piece.values[rows])
                at += len(piece)

        return cls(int(np.count_nonzero(mask)), make)

    def __len__(self) -> int:
        length: int = self.__dict__["_length"]
        return length

    @property
    def users(self) -> NDArray[np.int32]:
        return self._column("users", np.int32)

    @property
    def movies(self) -> NDArray[np.int32]:
        return self._column("movies", np.int32)

    @property
    def values(self) -> NDArray[np.float32]:
        return self._column("values", np.float32)

    @property
    def timestamps(self) -> None:
        return None

    def _column(self, name: str, kind: type[Any]) -> NDArray[Any]:
        filled, at = np.empty(len(self), dtype=kind), 0
        for piece in self.pieces():
            filled[at : at + len(piece)] = getattr(piece, name)
            at += len(piece)
        return filled

    def pieces(self) -> Iterator[Ratings]:
        make: Callable[[], Iterator[Ratings]] = self.__dict__["_make"]
        return make()

    def whole(self) -> Ratings:
        return Ratings(self.users, self.movies, self.values)


def counts(ratings: Ratings, n_users: int, n_movies: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n_users,) and (n_movies,) ratings of each."""
    of_users, of_movies = np.zeros(n_users, dtype=np.int64), np.zeros(n_movies, dtype=np.int64)
    for piece in ratings.pieces():
        of_users += np.bincount(piece.users, minlength=n_users)
        of_movies += np.bincount(piece.movies, minlength=n_movies)
    return of_users, of_movies


def movie_means(movies: NDArray[np.int32], values: NDArray[np.float32], n_movies: int) -> NDArray[np.float32]:
    """(n_movies,) mean rating of each movie; NaN where there is none. `movies` and `values` (n,): of each rating."""
    counts, sums = np.zeros((2, n_movies))
    for at in range(0, len(movies), PIECE):
        rows = slice(at, at + PIECE)
        counts += np.bincount(movies[rows], minlength=n_movies)
        sums += np.bincount(movies[rows], weights=values[rows], minlength=n_movies)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)
