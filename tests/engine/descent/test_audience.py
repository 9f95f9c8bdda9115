"""The audience block: its loss is the whole-data loss, and it finds who watches what."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.data.dataset import Ratings, Scale
from mftui.engine.descent.audience_learner import AudienceLearner
from mftui.engine.model.audience import row_weights, targets
from mftui.engine.recipes import RECIPES
from mftui.engine.training.block import Metrics
from mftui.engine.training.problem import Problem
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

SCALE = Scale(0.5, 5.0, 0.5)


def two_audiences(n_users: int = 60, n_movies: int = 40, seed: int = 0) -> Ratings:
    """Even users watch the first half of the movies, odd users the second; ratings say nothing."""
    random = np.random.default_rng(seed)
    likely = np.where((np.arange(n_users)[:, None] % 2) == (np.arange(n_movies)[None] >= n_movies // 2), 0.6, 0.04)
    users, movies = np.nonzero(random.random((n_users, n_movies)) < likely)
    values = random.integers(6, 11, len(users)) / 2
    return Ratings(users.astype(np.int32), movies.astype(np.int32), values.astype(np.float32))


def test_the_loss_is_the_sum_over_all_pairs_written_out() -> None:
    ratings = two_audiences()
    hyper = RECIPES["biased"].check({"audience_factors": 5, "audience_rate": 1e-6})
    program = AudienceLearner(Problem(ratings, ratings.take(np.arange(0)), 60, 40, SCALE, 0), hyper)
    users, movies = program.snapshot().values()
    a0, held = 0.3, 0.1

    program.begin_epoch(0)
    loss, _ = program.step(0)  # few ratings: a step is over all of them

    scores = users @ movies.T
    expected = ((targets(ratings.values, SCALE) - scores[ratings.users, ratings.movies]) ** 2).sum()
    expected += a0 * (scores**2).sum()
    for rows, side, size, others in ((ratings.users, users, 60, 40), (ratings.movies, movies, 40, 60)):
        expected += held * (row_weights(rows, size, others, a0)[:, None] * side**2).sum()
    assert float(loss) == pytest.approx(expected / len(ratings), rel=1e-4)


def test_the_target_is_one_at_the_top_and_a_step_above_zero_at_the_bottom() -> None:
    np.testing.assert_allclose(targets(np.array([0.5, 2.5, 5.0], np.float32), SCALE), [0.1, 0.5, 1.0])
    np.testing.assert_allclose(targets(np.array([1, 10], np.float32), Scale(1, 10, 1)), [0.1, 1.0])


def prepared(**given: object) -> Training:
    recipe = RECIPES["biased"]
    hyper = recipe.check({"factors": 4, "epochs": 3} | given)
    training = Training(TrainingSpec(recipe, hyper, two_audiences(), 60, 40, SCALE, 0))
    training.prepare()
    return training


@pytest.fixture(scope="module")
def whole() -> tuple[Training, list[Metrics]]:
    training = prepared(audience_factors=8, audience_steps=60)
    return training, [tick.metrics for tick in training if tick.metrics]


def test_movies_of_one_audience_become_neighbours_and_ratings_stay_as_they_were(
    whole: tuple[Training, list[Metrics]],
) -> None:
    with_audience, without = whole[0], prepared(audience=False)
    list(without)

    q = with_audience.parameters().audience_movie_factors
    assert q is not None
    unit = q / np.linalg.norm(q, axis=1, keepdims=True)
    cosine = unit @ unit.T
    same = np.arange(40)[:, None] // 20 == np.arange(40)[None] // 20
    assert cosine[same].mean() > 0.5
    assert cosine[~same].mean() < 0.3 * cosine[same].mean()
    np.testing.assert_array_equal(with_audience.parameters().movie_factors, without.parameters().movie_factors)
    assert without.parameters().audience_movie_factors is None


def test_its_points_carry_its_name_and_go_on_counting_steps(whole: tuple[Training, list[Metrics]]) -> None:
    training, points = whole

    assert [p.step for p in points] == list(range(1, training.n_steps + 1))
    assert {p.block for p in points[-60:]} == {"audience"}
    assert all(p.train_rmse is None for p in points[-60:])
    assert training.outcome == "finished"
    assert training.block_seconds.keys() == {"taste", "audience"}
