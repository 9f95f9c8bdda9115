"""Recipe `post2019` is the post's training, step for step."""

from __future__ import annotations

from typing import Any

import numpy as np
from helpers.planted import SCALE, planted_ratings

from mftui.data.dataset import Ratings
from mftui.engine.descent.dense import scaled_matrix
from mftui.engine.recipes import RECIPES
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training


def transcribed_losses(
    target: np.ndarray, users: np.ndarray, movies: np.ndarray, steps: int, rate: float = 1e-3, momentum: float = 0.9
) -> list[float]:
    """The post's formulas in plain NumPy (float64): sigmoid(U Mᵀ + b_u + b_m + b), mean squared error, RMSprop."""
    biases = [np.zeros((len(users), 1)), np.zeros((1, len(movies))), 0.0]
    parameters: list[Any] = [users.astype(float), movies.astype(float), *biases]
    square = [np.zeros_like(p) for p in parameters]
    speed = [np.zeros_like(p) for p in parameters]
    losses = []
    for _ in range(steps):
        u, m, user_bias, movie_bias, bias = parameters
        predicted = 1 / (1 + np.exp(-(u @ m.T + user_bias + movie_bias + bias)))
        losses.append(float(np.mean((target - predicted) ** 2)))
        slope = 2 * (predicted - target) * predicted * (1 - predicted) / target.size
        gradients = [slope @ m, slope.T @ u, slope.sum(1, keepdims=True), slope.sum(0, keepdims=True), slope.sum()]
        for i, gradient in enumerate(gradients):
            square[i] = 0.9 * square[i] + 0.1 * gradient**2
            speed[i] = momentum * speed[i] + rate * gradient / np.sqrt(square[i] + 1e-7)
            parameters[i] = parameters[i] - speed[i]
    return losses


def post_training(ratings: Ratings, **given: object) -> Training:
    recipe = RECIPES["post2019"]
    training = Training(TrainingSpec(recipe, recipe.check(given), ratings, 120, 80, SCALE, seed=0))
    training.prepare()
    return training


def test_the_same_losses_as_the_posts_formulas_over_fifty_steps() -> None:
    ratings = planted_ratings()
    training = post_training(ratings, epochs=50)
    start = training.parameters()
    expected = transcribed_losses(scaled_matrix(ratings, 120, 80), start.user_factors, start.movie_factors, 50)

    losses = [tick.metrics.train_loss for tick in training if tick.metrics]

    np.testing.assert_allclose(losses, expected, atol=1e-5, rtol=0)


def test_it_starts_as_the_post_does() -> None:
    parameters = post_training(planted_ratings(), epochs=1).parameters()

    limit = np.sqrt(6 / (120 + 15))
    assert parameters.user_factors.shape == (120, 15)
    assert np.abs(parameters.user_factors).max() <= limit
    assert np.abs(parameters.user_factors).max() > 0.9 * limit
    assert not parameters.user_bias.any()
    assert not parameters.movie_bias.any()
    assert parameters.global_bias == 0


def test_every_movies_column_is_scaled_by_its_own_maximum() -> None:
    ratings = Ratings(
        np.array([0, 1, 0], dtype=np.int32), np.array([0, 0, 1], dtype=np.int32), np.array([2, 4, 3], dtype=np.float32)
    )

    np.testing.assert_array_equal(scaled_matrix(ratings, 2, 3), np.array([[0.5, 1, 0], [1, 0, 0]], dtype=np.float32))
