"""Recipe `funk` is Funk's update, rating by rating, as Surprise makes it."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.planted import planted_ratings
from helpers.trainings import N_MOVIES, N_USERS, planted_training

from mftui.data.dataset import Ratings
from mftui.engine.descent.batches import Batches
from mftui.engine.model.parameters import Parameters

RATE, HELD = 0.01, 0.1


def funks_updates(start: Parameters, ratings: Ratings, epochs: int) -> tuple[np.ndarray, ...]:
    """Surprise's SVD in NumPy, in the order of the recipe's batches of one."""
    users, movies = start.user_factors.astype(float), start.movie_factors.astype(float)
    user_bias, movie_bias, mean = np.zeros(N_USERS), np.zeros(N_MOVIES), ratings.values.mean(dtype=float)
    batches = Batches(len(ratings), 1, seed=0)
    columns = list(batches.columns(ratings))
    for epoch in range(epochs):
        for call in batches.order(epoch):
            rows = zip(*(column[call, 0] for column in columns), strict=True)
            for u, m, r in rows:
                error = r - (mean + user_bias[u] + movie_bias[m] + users[u] @ movies[m])
                user_bias[u] += RATE * (error - HELD * user_bias[u])
                movie_bias[m] += RATE * (error - HELD * movie_bias[m])
                users[u], movies[m] = (
                    users[u] + RATE * (error * movies[m] - HELD * users[u]),
                    movies[m] + RATE * (error * users[u] - HELD * movies[m]),
                )
    return users, movies, user_bias, movie_bias


def test_with_batches_of_one_it_is_funks_update_rating_by_rating() -> None:
    ratings = planted_ratings()
    training = planted_training(
        "funk", ratings, factors=5, epochs=2, batch_size=1, learning_rate=RATE, regularization=HELD
    )
    expected = funks_updates(training.parameters(), ratings, epochs=2)

    list(training)

    p = training.parameters()
    for found, wanted in zip((p.user_factors, p.movie_factors, p.user_bias, p.movie_bias), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=2e-5)


@pytest.mark.long
def test_small_batches_end_where_single_ratings_do() -> None:
    singly, together = (planted_training("funk", factors=5, learning_rate=RATE, batch_size=size) for size in (1, 100))
    list(singly)
    list(together)

    gap = singly.parameters().movie_bias - together.parameters().movie_bias
    assert np.abs(gap).max() < 0.05 * np.abs(singly.parameters().movie_bias).max()


def test_there_is_no_sigmoid_and_the_mean_stays_the_mean() -> None:
    ratings = planted_ratings()
    training = planted_training("funk", ratings, epochs=3)
    list(training)

    p = training.parameters()
    assert p.link == "linear"
    assert abs(p.global_bias - ratings.values.mean(dtype=float)) < 1e-6
