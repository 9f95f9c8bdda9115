"""What people think of each movie on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import PIECE


def movie_means(movies: NDArray[np.int32], values: NDArray[np.float32], n_movies: int) -> NDArray[np.float32]:
    """Return the mean rating of each movie (n_movies,), NaN where it has none.

    Parameters
    ----------
    movies: (n,) the movie of each rating.
    values: (n,) the ratings.
    n_movies: how many movies there are.
    """
    counts, sums = np.zeros((2, n_movies))
    for at in range(0, len(movies), PIECE):
        rows = slice(at, at + PIECE)
        counts += np.bincount(movies[rows], minlength=n_movies)
        sums += np.bincount(movies[rows], weights=values[rows], minlength=n_movies)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)
