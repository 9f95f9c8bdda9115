"""What a model must beat: the global mean, user and movie biases, popularity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.model.arrays import Doubles, Floats

USER_DAMPING = 15.0
MOVIE_DAMPING = 10.0
SWEEPS = 10
_STAYS = 1e-7
_HELD_BYTES = 512 << 20
"""Pairs are kept in memory, as 8 bytes each, up to this size."""


@dataclass(frozen=True)
class BiasBaseline:
    """mean + b_u + b_m, the biases damped by counts (Koren 2010, section 2.1; Surprise's ALS settings)."""

    mean: float
    user_bias: Doubles
    """(n_users,)."""
    movie_bias: Doubles
    """(n_movies,)."""

    @classmethod
    def fit(cls, train: Ratings, n_users: int, n_movies: int) -> BiasBaseline:
        """Alternate between the closed-form solutions of movie and user biases, until they stay."""
        mean = train.mean()
        user_counts, movie_counts = train.counts(n_users, n_movies)
        user_sums, movie_sums = np.zeros(n_users), np.zeros(n_movies)
        for piece in train.pieces():
            rest = piece.values - mean
            user_sums += np.bincount(piece.users, weights=rest, minlength=n_users)
            movie_sums += np.bincount(piece.movies, weights=rest, minlength=n_movies)
        pairs = _Pairs(train)
        user_bias, movie_bias = np.zeros(n_users), np.zeros(n_movies)
        for _ in range(SWEEPS):
            before = user_bias
            movie_bias = (movie_sums - pairs.summed(user_bias, n_movies, of_users=True)) / (
                MOVIE_DAMPING + movie_counts
            )
            user_bias = (user_sums - pairs.summed(movie_bias, n_users, of_users=False)) / (USER_DAMPING + user_counts)
            if np.abs(user_bias - before).max() < _STAYS:
                break
        return cls(mean, user_bias, movie_bias)

    def predict(self, users: NDArray[np.int32], movies: NDArray[np.int32]) -> Floats:
        """Return (n,) ratings of n pairs of indices, unclipped."""
        return (self.mean + self.user_bias[users] + self.movie_bias[movies]).astype(np.float32)


class _Pairs:
    """The users and movies of ratings, kept where there is room, else read anew each time."""

    def __init__(self, train: Ratings) -> None:
        self._train = train
        self._held = list(self._read()) if 8 * len(train) <= _HELD_BYTES else None

    def _read(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        return ((piece.users, piece.movies) for piece in self._train.pieces())

    def summed(self, biases: Doubles, n: int, *, of_users: bool) -> Doubles:
        """Return (n,) for each movie the sum of its users' biases (n_users,); for each user that of its movies'."""
        sums = np.zeros(n)
        for users, movies in self._held or self._read():
            here, there = (users, movies) if of_users else (movies, users)
            sums += np.bincount(there, weights=np.take(biases, here, mode="clip"), minlength=n)
        return sums
