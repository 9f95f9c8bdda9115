"""Training: it learns, repeats itself exactly, resumes exactly, stops when it should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.planted import SCALE, planted_ratings

from mftui.engine.evaluation.measures import rmse
from mftui.engine.model.parameters import Parameters
from mftui.engine.recipes import RECIPES
from mftui.engine.training.block import Metrics
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import UsageError

SMALL = {"factors": 4, "epochs": 6, "batch_size": 500, "audience": False}


def biased(seed: int = 0, n: int = 4_000, **given: object) -> Training:
    recipe = RECIPES["biased"]
    training = Training(TrainingSpec(recipe, recipe.check(SMALL | given), planted_ratings(n=n), 120, 80, SCALE, seed))
    training.prepare()
    return training


def points(training: Training) -> list[Metrics]:
    return [tick.metrics for tick in training if tick.metrics]


def assert_same(a: Parameters, b: Parameters) -> None:
    np.testing.assert_array_equal(a.user_factors, b.user_factors)
    np.testing.assert_array_equal(a.movie_factors, b.movie_factors)
    np.testing.assert_array_equal(a.movie_bias, b.movie_bias)


@pytest.fixture(scope="module")
def whole() -> tuple[Training, list[Metrics]]:
    """A training that has ended, and its curve."""
    training = biased()
    return training, points(training)


@pytest.fixture(scope="module")
def second() -> tuple[Training, Any]:
    """The same training once more, and its state at the start, to which a test puts it back."""
    training = biased()
    return training, training.state()


def test_it_learns_what_was_planted() -> None:
    metrics = points(biased(epochs=40, learning_rate=0.05, prior_factors=1.0, prior_biases=1.0))

    valid = [m.valid_rmse for m in metrics if m.valid_rmse is not None]
    assert valid[-1] < 0.6 * valid[0] or valid[-1] < 0.5
    assert (metrics[-1].train_rmse or 9) < (metrics[0].train_rmse or 0)


@pytest.mark.long
def test_members_are_exactly_one_wide_model() -> None:
    training = biased(members=3)
    list(training)
    p = training.parameters(best=False)
    assert p.member_user_bias is not None
    assert p.member_movie_bias is not None
    assert p.user_factors.shape == (120, 12)

    users = p.user_factors.reshape(120, 3, 4) * np.sqrt(3)
    movies = p.movie_factors.reshape(80, 3, 4) * np.sqrt(3)
    per_member = np.einsum("uek,mek->ume", users, movies)
    per_member += p.member_user_bias[:, None] + p.member_movie_bias[None] + np.array(p.member_global_bias)
    wide = p.user_factors @ p.movie_factors.T + p.user_bias[:, None] + p.movie_bias[None] + p.global_bias

    np.testing.assert_allclose(wide, per_member.mean(2), atol=1e-4)


@pytest.mark.long
def test_the_best_epoch_is_kept_and_patience_ends_the_training() -> None:
    training = biased(epochs=200, learning_rate=0.05, prior_factors=0.0, factors=32, patience=2)
    metrics = points(training)

    valid = [m.valid_rmse for m in metrics if m.valid_rmse is not None]
    assert training.outcome == "early-stop"
    assert len(valid) < 200
    assert training.best_epoch is not None
    assert training.best_rmse == valid[training.best_epoch - 1]
    assert training.best_rmse < min(valid) + 0.02  # not worse by more than chance
    assert max(valid[training.best_epoch :]) > training.best_rmse
    kept, last = training.parameters(), training.parameters(best=False)
    assert not np.array_equal(kept.user_factors, last.user_factors)


def test_validation_ratings_are_not_learned_from() -> None:
    recipe = RECIPES["biased"]
    hyper = recipe.check(SMALL | {"validation": 0.1})
    training = Training(TrainingSpec(recipe, hyper, planted_ratings(), 120, 80, SCALE, 0))

    assert training.n_valid == 400
    assert training.n_train == 3_600


@pytest.mark.usefixtures("reusable")
def test_a_divergence_is_seen_and_the_last_good_model_kept(second: tuple[Training, Any]) -> None:
    training, start = second
    training.restore(*start)
    ticks = iter(training)
    while training.best_epoch is None:
        next(ticks)
    good = training.parameters()
    arrays, numbers = training.state()
    arrays = {n: a * np.float32(np.nan) if n == "taste.01_movie_factors" else a for n, a in arrays.items()}
    training.restore(arrays, numbers)

    list(ticks)

    assert training.outcome == "diverged"
    assert_same(training.parameters(), good)


def test_predictions_stay_within_reach_of_the_scale(whole: tuple[Training, list[Metrics]]) -> None:
    p = whole[0].parameters()

    assert p.lo < SCALE.lo
    assert p.hi > SCALE.hi


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("factors", "many", "factors: many is not a whole number"),
        ("factors", 0, "factors: 0 is outside 1 to 4096"),
        ("factors", "2.5", "not a whole number"),
        ("learning_rate", "nan", "learning_rate: nan is outside"),
        ("momentum", 0.5, "recipe biased has no momentum"),
    ],
)
def test_a_wrong_hyperparameter_is_named_with_its_range(name: str, value: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        RECIPES["biased"].check({name: value})


def test_rmse_is_in_rating_units() -> None:
    assert rmse(np.array([1, 2], dtype=np.float32), np.array([2, 4], dtype=np.float32)) == pytest.approx(np.sqrt(2.5))


@pytest.mark.long
def test_steps_and_seconds_are_counted_on_from_one_block_to_the_next() -> None:
    training = biased(epochs=2, members=1, audience=True, audience_factors=4, audience_epochs=1)
    lines = points(training)
    assert {line.block for line in lines} == {"taste", "audience"}
    for name in ("step", "seconds"):
        values = [getattr(line, name) for line in lines]
        assert values == sorted(values), name
    assert lines[-1].step == training.n_steps == training.step
    assert lines[-1].seconds == pytest.approx(training.trained_seconds)
