"""The audience block: its loss is the whole-data loss, its steps go down it, and it finds who watches what."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from mftui.data.dataset import Ratings, Scale
from mftui.engine.audience_block.audience_learner import AudienceLearner
from mftui.engine.audience_block.audience_start import orthonormal
from mftui.engine.audience_block.user_groups import UserGroups
from mftui.engine.model.gladness import Gladness
from mftui.engine.recipes import RECIPES
from mftui.engine.training.audience_size import STARTS, AudienceSize, audience_size
from mftui.engine.training.block import Metrics
from mftui.engine.training.memory import Sizes
from mftui.engine.training.problem import Problem
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

SCALE = Scale(0.5, 5.0, 0.5)
USERS, MOVIES = 60, 40


def two_audiences(seed: int = 0) -> Ratings:
    """Even users watch the first half of the movies, odd users the second; ratings say nothing."""
    random = np.random.default_rng(seed)
    likely = np.where((np.arange(USERS)[:, None] % 2) == (np.arange(MOVIES)[None] >= MOVIES // 2), 0.6, 0.04)
    users, movies = np.nonzero(random.random((USERS, MOVIES)) < likely)
    values = random.integers(6, 11, len(users)) / 2
    return Ratings(users.astype(np.int32), movies.astype(np.int32), values.astype(np.float32))


def gladness(ratings: Ratings) -> np.ndarray:
    """(n_users, n_movies) X, zeros where nothing was rated."""
    glad, _ = Gladness.of_training(ratings, USERS)
    x = np.zeros((USERS, MOVIES))
    x[ratings.users, ratings.movies] = glad(
        ratings.values, glad.user_means(ratings.users, ratings.values, USERS)[ratings.users]
    )
    return x


def learner(ratings: Ratings, **given: object) -> AudienceLearner:
    hyper = RECIPES["biased"].check({"audience_factors": 5} | given)
    hyper = RECIPES["biased"].sized(hyper, Sizes(USERS, MOVIES, len(ratings)))
    return AudienceLearner(Problem(ratings, ratings.take(np.arange(0)), USERS, MOVIES, SCALE, 0), hyper)


def started(program: AudienceLearner) -> tuple[np.ndarray, np.ndarray]:
    """The movies' vectors and weights that the descent starts from."""
    for epoch in range(STARTS):
        program.begin_epoch(epoch)
        for step in range(program.steps_per_epoch):
            assert program.step(step) == (None, None)
    movies, weights = program.snapshot().values()
    return movies, weights


def written_out(x: Any, a: Any, w: Any, ridge: float) -> Any:
    """The loss over all pairs: nothing left out, no Gram matrices."""
    alike = tf.linalg.set_diag(tf.matmul(a, a, transpose_b=True) * w, tf.zeros_like(w))
    return tf.reduce_sum((x - tf.matmul(x, alike)) ** 2) + ridge * tf.reduce_sum(alike**2)


def test_the_loss_is_the_sum_over_all_pairs_and_its_gradients_are_those_written_out() -> None:
    ratings = two_audiences()
    program = learner(ratings)
    movies, weights = (tf.Variable(array) for array in started(program))
    x, ridge = tf.constant(gladness(ratings), tf.float32), 50 * np.sqrt(len(ratings) / MOVIES)
    with tf.GradientTape() as tape:
        expected = written_out(x, movies, weights, ridge) / len(ratings)
    taken: list[list[np.ndarray]] = []
    program._optimizer = SimpleNamespace(apply=lambda gradients, _: taken.append([tf.identity(g) for g in gradients]))
    program._update = lambda _, columns: program._descend(*columns)

    program.begin_epoch(STARTS)
    losses = [float(program.step(step)[0]) for step in range(program.steps_per_epoch)]

    assert np.mean(losses) == pytest.approx(float(expected), rel=1e-5)
    for at, gradient in enumerate(tape.gradient(expected, [movies, weights])):
        np.testing.assert_allclose(np.mean([one[at] for one in taken], axis=0), gradient, atol=1e-6)


def test_with_all_factors_it_starts_from_ease_in_closed_form() -> None:
    """The inverse of XᵀX + λ, its columns divided by its diagonal: Steck 2019."""
    ratings = two_audiences()
    x, ridge = gladness(ratings), 50 * np.sqrt(len(ratings) / MOVIES)
    inverse = np.linalg.inv(x.T @ x + ridge * np.eye(MOVIES))
    ease = -inverse / np.diag(inverse)
    movies, weights = started(learner(ratings, audience_factors=MOVIES))
    ours = movies @ movies.T * weights
    np.fill_diagonal(ease, 0)
    np.fill_diagonal(ours, 0)
    assert np.corrcoef(ease.ravel(), ours.ravel())[0, 1] > 0.999


@pytest.mark.long
def test_the_steps_go_down() -> None:
    program = learner(two_audiences(), audience_epochs=30, audience_learning_rate=0.1)
    started(program)
    losses = []
    for epoch in range(STARTS, program.n_epochs):
        program.begin_epoch(epoch)
        losses.append(np.mean([float(program.step(step)[0]) for step in range(program.steps_per_epoch)]))
    assert losses[-1] < losses[0]


def test_every_rating_has_one_place_and_users_stay_together() -> None:
    ratings = two_audiences()
    shuffled = ratings.take(np.random.default_rng(1).permutation(len(ratings)))
    for given in (ratings, shuffled):
        numbered = Ratings(given.users, given.movies, np.arange(1, len(given) + 1, dtype=np.float32))
        groups = UserGroups(numbered, lambda piece: piece.values, USERS, 6, 3, seed=0)
        assert len(groups) % 3 == 0 and groups.places.max() < groups.users
        filled = groups.glad > 0
        rows = groups.glad[filled].astype(int) - 1
        assert sorted(rows) == list(range(len(given)))
        np.testing.assert_array_equal(groups.movies[filled], given.movies[rows])
        group, place = np.nonzero(filled)[0], groups.places[filled]
        homes = set(zip(group.tolist(), place.tolist(), given.users[rows].tolist(), strict=True))
        assert len(homes) == len(np.unique(given.users))


def test_its_size_follows_the_data() -> None:
    def size(n: int, users: int, movies: int) -> AudienceSize:
        biased = RECIPES["biased"]
        return audience_size(biased.sized(biased.defaults(), Sizes(users, movies, n)), n, users, movies)

    def factors(n: int, movies: int) -> int:
        return size(n, 200_000, movies).factors

    assert [factors(n, 10_000) for n in (10_000, 1_500_000, 25_000_000, 100_000_000)] == [384, 384, 96, 48]
    assert factors(100_000, 90_000) == 256
    assert size(50, 7, 30).factors == 7
    rates = [size(100_000, n, n).rate for n in (500, 1_536, 20_000)]
    assert rates == pytest.approx([0.02, 0.04, 0.1])


def prepared(**given: object) -> Training:
    recipe = RECIPES["biased"]
    hyper = recipe.check({"factors": 4, "epochs": 3} | given)
    training = Training(TrainingSpec(recipe, hyper, two_audiences(), USERS, MOVIES, SCALE, 0))
    training.prepare()
    return training


@pytest.fixture(scope="module")
def whole() -> tuple[Training, list[Metrics]]:
    training = prepared(audience_factors=8, audience_epochs=10)
    return training, [tick.metrics for tick in training if tick.metrics]


@pytest.mark.long
def test_movies_of_one_audience_become_neighbours_and_ratings_stay_as_they_were(
    whole: tuple[Training, list[Metrics]],
) -> None:
    with_audience, without = whole[0], prepared(audience=False)
    list(without)

    q = with_audience.parameters().audience_movie_factors
    assert q is not None
    alike = q @ q.T
    same = np.arange(MOVIES)[:, None] // 20 == np.arange(MOVIES)[None] // 20
    np.fill_diagonal(alike, np.nan)
    assert np.nanmean(alike[same]) > 3 * abs(np.nanmean(alike[~same]))
    for name in ("movie_factors", "user_factors", "movie_bias", "user_bias"):
        np.testing.assert_array_equal(getattr(with_audience.parameters(), name), getattr(without.parameters(), name))
    assert without.parameters().audience_movie_factors is None


def test_its_points_carry_its_name_and_go_on_counting_steps(whole: tuple[Training, list[Metrics]]) -> None:
    training, points = whole
    audience = [p for p in points if p.block == "audience"]
    steps = training._blocks[1].learner.steps_per_epoch

    assert [p.step for p in audience] == list(range(training.n_steps - 10 * steps + 1, training.n_steps + 1))
    assert all(p.train_rmse is None for p in audience)
    assert training.outcome == "finished"
    assert training.block_seconds.keys() == {"taste", "audience"}


@pytest.mark.parametrize("columns", ["independent", "of very different lengths", "fewer than they seem"])
def test_a_basis_is_orthonormal_and_holds_what_the_columns_hold(columns: str) -> None:
    random = np.random.default_rng(0)
    sums = random.normal(size=(500, 8)).astype(np.float32)
    if columns == "of very different lengths":
        sums *= np.float32(10.0) ** -np.arange(8, dtype=np.float32)
    if columns == "fewer than they seem":
        sums[:, 5:] = sums[:, :3]
    basis = orthonormal(sums)
    np.testing.assert_allclose(basis.T @ basis, np.eye(8), atol=1e-5)
    np.testing.assert_allclose(basis @ (basis.T @ sums), sums, atol=1e-5)
