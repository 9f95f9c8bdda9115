"""What a model must beat: the global mean, user and movie biases, popularity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.data.threads import of_each
from mftui.engine.model.arrays import Doubles, Floats
from mftui.engine.model.history import in_order

USER_DAMPING = 15.0
MOVIE_DAMPING = 10.0
SWEEPS = 10
_STAYS = 1e-7
_HELD_BYTES = 800 << 20
"""Pairs are kept in memory up to this size."""
_PAIR_BYTES = 12
_FEW = 300_000
"""Ratings of a piece up to which SciPy's import takes longer than it saves."""
_Summing = Callable[[Doubles, int], tuple[slice, Doubles]]
"""(Biases, of users (0) or movies (1)) to where the sums of the other side are, and these."""


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
        mean, sizes = train.mean(), (n_users, n_movies)
        counts, pairs = train.counts(*sizes), _Pairs(train, sizes)
        user_sums, movie_sums = _sums(train, mean, sizes)
        user_bias, movie_bias = np.zeros(n_users), np.zeros(n_movies)
        for _ in range(SWEEPS):
            before = user_bias
            movie_bias = (movie_sums - pairs.summed(user_bias, 0)) / (MOVIE_DAMPING + counts[1])
            user_bias = (user_sums - pairs.summed(movie_bias, 1)) / (USER_DAMPING + counts[0])
            if np.abs(user_bias - before).max() < _STAYS:
                break
        return cls(mean, user_bias, movie_bias)

    def predict(self, users: NDArray[np.int32], movies: NDArray[np.int32]) -> Floats:
        """Return (n,) ratings of n pairs of indices, unclipped."""
        return (self.mean + self.user_bias[users] + self.movie_bias[movies]).astype(np.float32)


def _sums(train: Ratings, mean: float, sizes: tuple[int, int]) -> tuple[Doubles, Doubles]:
    """Return the sums of what ratings are above `mean`, of each user (n_users,) and of each movie (n_movies,)."""

    def of(side: int) -> Doubles:
        sums = np.zeros(sizes[side])
        for piece in train.pieces():
            which = (piece.users, piece.movies)[side]
            sums += np.bincount(which, weights=piece.values - mean, minlength=sizes[side])
        return sums

    users, movies = of_each(of, 2)
    return users, movies


class _Pairs:
    """Who rated what, kept where there is room, else read anew each time."""

    def __init__(self, train: Ratings, sizes: tuple[int, int]) -> None:
        self._train, self._sizes = train, sizes
        self._sum = partial(_summing, sizes)
        self._held = train.of_pieces(self._sum) if _PAIR_BYTES * len(train) <= _HELD_BYTES else []

    def summed(self, biases: Doubles, of: int) -> Doubles:
        """Return for each movie the sum of its users' biases (`of` 0), or for each user that of their movies' (1)."""
        if self._held:
            parts = of_each(lambda number: self._held[number](biases, of), len(self._held))
        else:
            parts = self._train.of_pieces(lambda piece: self._sum(piece)(biases, of))
        sums = np.zeros(self._sizes[1 - of])
        for where, part in parts:
            sums[where] += part
        return sums


def _summing(sizes: tuple[int, int], piece: Ratings) -> _Summing:
    """Return what sums biases over a piece."""
    return (_sum_few if len(piece) <= _FEW else _sum_many)(sizes, piece)


def _sum_few(sizes: tuple[int, int], piece: Ratings) -> _Summing:
    """Return the same by NumPy."""
    sides = piece.users, piece.movies

    def of_piece(biases: Doubles, of: int) -> tuple[slice, Doubles]:
        sums = np.bincount(sides[1 - of], biases[sides[of]], sizes[1 - of])
        return slice(None), np.asarray(sums, dtype=np.float64)

    return of_piece


def _sum_many(sizes: tuple[int, int], piece: Ratings) -> _Summing:
    """Return the same by SciPy's products, in a fifth of the time, for those who can wait for its import."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # scipy ships no types

    users, movies = piece.users, piece.movies
    if not in_order(users):
        order = np.argsort(users, kind="stable")
        users, movies = users[order], movies[order]
    here = slice(int(users[0]), int(users[-1]) + 1)
    cuts = np.append(0, np.cumsum(np.bincount(users - users[0]))).astype(np.int32)
    table = csr_matrix((np.ones(len(users)), movies, cuts), (len(cuts) - 1, sizes[1]))

    def of_piece(biases: Doubles, of: int) -> tuple[slice, Doubles]:
        return (here, table @ biases) if of else (slice(None), table.T @ biases[here])

    return of_piece
