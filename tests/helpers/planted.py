"""Ratings from known factors: what a training must be able to learn."""

from __future__ import annotations

import numpy as np

from mftui.data.dataset import Ratings, Scale

SCALE = Scale(1.0, 5.0, 0.5)


def planted_ratings(
    n_users: int = 120, n_movies: int = 80, n: int = 4_000, noise: float = 0.3, seed: int = 0
) -> Ratings:
    """n ratings of distinct pairs: mean, biases, two planted factors, noise."""
    random = np.random.default_rng(seed)
    cells = random.choice(n_users * n_movies, n, replace=False)
    users, movies = (i.astype(np.int32) for i in np.divmod(cells, n_movies))
    user_factors, movie_factors = random.normal(size=(n_users, 2)), random.normal(size=(n_movies, 2))
    truth = 3.2 + 0.3 * random.normal(size=n_users)[users] + 0.4 * random.normal(size=n_movies)[movies]
    truth += 0.5 * (user_factors[users] * movie_factors[movies]).sum(1)
    values = np.clip(np.round((truth + noise * random.normal(size=n)) * 2) / 2, 1, 5)
    return Ratings(users, movies, values.astype(np.float32))
