"""What a model must beat: the global mean, user and movie biases, popularity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.model.arrays import Doubles, Floats

USER_DAMPING = 15.0
MOVIE_DAMPING = 10.0
SWEEPS = 10


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
        """Alternate between the closed-form solutions of movie and user biases."""
        mean = train.mean()
        user_counts, movie_counts = train.counts(n_users, n_movies)
        user_bias, movie_bias = np.zeros(n_users), np.zeros(n_movies)
        for _ in range(SWEEPS):
            sums = np.zeros(n_movies)
            for piece in train.pieces():
                rest = piece.values - mean - user_bias[piece.users]
                sums += np.bincount(piece.movies, weights=rest, minlength=n_movies)
            movie_bias = sums / (MOVIE_DAMPING + movie_counts)
            sums = np.zeros(n_users)
            for piece in train.pieces():
                rest = piece.values - mean - movie_bias[piece.movies]
                sums += np.bincount(piece.users, weights=rest, minlength=n_users)
            user_bias = sums / (USER_DAMPING + user_counts)
        return cls(mean, user_bias, movie_bias)

    def predict(self, users: NDArray[np.int32], movies: NDArray[np.int32]) -> Floats:
        """Return (n,) ratings of n pairs of indices, unclipped."""
        return (self.mean + self.user_bias[users] + self.movie_bias[movies]).astype(np.float32)
