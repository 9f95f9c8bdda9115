"""The feature `date`: effects of the days of users, from what rows leave over of planted ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import toy_dataset
from helpers.planted import planted_ratings
from helpers.trainings import N_USERS, planted_training

from mftui.data.dataset import Ratings, Scale
from mftui.data.splits import Split, SplitSpec
from mftui.engine.alternating.date_effects import LeftOver
from mftui.engine.evaluation.evaluate import errors, predictions
from mftui.engine.evaluation.paired import paired_difference
from mftui.engine.model.factors import Factors
from mftui.engine.model.parameters import DAY, DateEffects, Parameters
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.query.held_out_errors import held_out_errors
from mftui.engine.recipes import find_recipe, row_priors
from mftui.engine.training.memory import Sizes
from mftui.engine.training.training import Training
from mftui.engine.training.units import Units
from mftui.errors import FormatError, TrainingError, UsageError

SMALL: dict[str, Any] = {"factors": 2, "epochs": 40, "burn_in": 10, "keep": 30, "validation": 0, "audience": False}
N_DAYS = 5
STRENGTH = 0.6
FIRST = 12_000
"""A day in 2002."""


def dated(strength: float = STRENGTH, seed: int = 0) -> tuple[Ratings, np.ndarray]:
    """Planted ratings, each on one of five days of its user, and (users, days) by how much these are better."""
    ratings, random = planted_ratings(n=6_000, seed=seed), np.random.default_rng(seed + 10)
    days = random.integers(0, N_DAYS, len(ratings))
    moods = random.normal(0, strength, (N_USERS, N_DAYS))
    moods -= moods.mean(1, keepdims=True)
    values = ratings.values + moods[ratings.users, days]
    times = (FIRST + days) * DAY + random.integers(0, DAY, len(ratings))
    return Ratings(ratings.users, ratings.movies, values.astype(np.float32), times), moods


def trained(ratings: Ratings, features: str = "date", **given: Any) -> Training:
    training = planted_training("bayes", ratings, features=features, **(SMALL | given))
    list(training)
    return training


def off(p: Parameters, ratings: Ratings, *, with_date: bool) -> float:
    """The RMSE of ratings that are what the logits say."""
    users, movies, times = ratings.users, ratings.movies, ratings.timestamps
    found = (p.user_factors[users] * p.movie_factors[movies]).sum(1)
    found += p.user_bias[users] + p.movie_bias[movies] + p.global_bias
    if with_date:
        assert p.dates is not None and times is not None
        found += p.dates.of(users, times)
    return float(np.sqrt(np.mean((found - ratings.values) ** 2)))


@pytest.fixture(scope="module")
def planted() -> tuple[Parameters, Ratings, np.ndarray]:
    """A model of 5,000 dated ratings; 1,000 others; what was planted."""
    ratings, moods = dated()
    return trained(ratings.take(np.arange(5_000))).parameters(), ratings.take(np.arange(5_000, 6_000)), moods


def test_effects_of_days_are_found(planted: tuple[Parameters, Ratings, np.ndarray]) -> None:
    model, others, moods = planted
    assert model.dates is not None
    found = moods[model.dates.users, model.dates.days - FIRST]
    assert np.corrcoef(found, model.dates.effects)[0, 1] > 0.9
    assert np.std(model.dates.effects) > 0.5 * STRENGTH
    with_date, without = (off(model, others, with_date=which) for which in (True, False))
    assert with_date < 0.8 * without


def test_without_a_date_the_model_is_the_one_without_the_feature(
    planted: tuple[Parameters, Ratings, np.ndarray],
) -> None:
    plain = trained(dated()[0].take(np.arange(5_000)), "none").parameters()
    assert plain.dates is None
    for name in ("user_factors", "movie_factors", "user_bias", "movie_bias", "member_user_bias"):
        np.testing.assert_array_equal(getattr(planted[0], name), getattr(plain, name), name)


@pytest.mark.long
def test_days_that_say_nothing_do_no_harm() -> None:
    ratings, _ = dated(0.0)
    model, others = trained(ratings.take(np.arange(5_000))).parameters(), ratings.take(np.arange(5_000, 6_000))
    assert off(model, others, with_date=True) < 1.005 * off(model, others, with_date=False)


def test_a_day_that_is_not_known_adds_nothing(planted: tuple[Parameters, Ratings, np.ndarray]) -> None:
    dates = planted[0].dates
    assert dates is not None
    known = int(dates.users[0]), int(dates.days[0]) * DAY
    users = np.array([known[0]] * 4 + [N_USERS + 7])
    times = np.array([known[1], known[1] + DAY - 1, known[1] - 1000 * DAY, np.iinfo(np.int64).min, known[1]])
    np.testing.assert_array_equal(dates.of(users, times), dates.effects[[0, 0, 0, 0, 0]] * [1, 1, 0, 0, 0])


@pytest.mark.long
@pytest.mark.parametrize("likelihood", ["gaussian", "ordinal"])
def test_a_resumed_training_ends_with_the_same_bits(likelihood: str) -> None:
    ratings = dated()[0]
    ratings = Ratings(
        ratings.users, ratings.movies, np.clip(np.round(ratings.values), 1, 5).astype(np.float32), ratings.timestamps
    )
    short: dict[str, Any] = {"features": "date", "epochs": 12, "burn_in": 4, "keep": 8, "chains": 2, "validation": 0.1}
    whole = planted_training("bayes", ratings, likelihood=likelihood, **(SMALL | short))
    curve = [tick.metrics for tick in islice(whole, 7) if tick.metrics]
    state = whole.state()
    curve += [tick.metrics for tick in whole if tick.metrics]
    resumed = planted_training("bayes", ratings, likelihood=likelihood, **(SMALL | short))
    resumed.restore(*state)
    again = [tick.metrics for tick in resumed if tick.metrics]

    assert [point.valid_rmse for point in again] == [point.valid_rmse for point in curve[7:]]
    first, second = whole.parameters(), resumed.parameters()
    assert first.dates is not None and second.dates is not None and first.dates.effects.any()
    np.testing.assert_array_equal(first.dates.effects, second.dates.effects)
    np.testing.assert_array_equal(first.user_factors, second.user_factors)


def test_it_does_not_go_on_with_other_dates() -> None:
    ratings = dated()[0]
    broken = planted_training("bayes", ratings, features="date", **SMALL)
    list(islice(broken, 3))
    assert ratings.timestamps is not None
    moved = Ratings(ratings.users, ratings.movies, ratings.values, ratings.timestamps + DAY)
    with pytest.raises(TrainingError, match="has changed since"):
        planted_training("bayes", moved, features="date", **SMALL).restore(*broken.state())


@pytest.mark.long
def test_before_the_first_draw_that_counts_days_add_nothing() -> None:
    training = planted_training("bayes", dated()[0], features="date", **SMALL)
    list(islice(training, 3))
    dates = training.parameters().dates
    assert dates is not None and not dates.effects.any()


def test_ratings_without_times_have_no_date() -> None:
    with pytest.raises(UsageError, match="the data has no date") as raised:
        planted_training("bayes", features="date", **SMALL)
    assert raised.value.hint == "It has: implicit."


def test_all_features_have_the_date_where_there_are_times() -> None:
    recipe = find_recipe("bayes")
    best = recipe.check(recipe.preset("best").values)
    without, dated_too = Sizes(100, 100, 1_000, features=tuple), Sizes(100, 100, 1_000, features=lambda: ("date",))
    assert recipe.sized(best, without)["features"] == "implicit"
    assert recipe.sized(best, dated_too)["features"] == "implicit,date"
    plain, timed = (
        recipe.estimate(Sizes(100, 100, 1_000), best | {"features": features, "keep": 10, "audience_factors": 8})
        for features in ("implicit", "implicit,date")
    )
    assert timed.ratings > plain.ratings


def test_effects_are_in_the_units_of_the_ratings() -> None:
    table = DateEffects(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.float32))
    row, one = np.zeros((1, 1), np.float32), np.zeros(1, np.float32)
    learned = Parameters(row, row, one, one, 3.0, 1.0, 5.0, link="linear", dates=table)
    given = Units.of(Scale(0, 100, 25)).given(learned, Scale(0, 100, 25))
    assert given.dates is not None and given.dates.effects.tolist() == [25.0]
    ordinal = Units.of(Scale(0, 100, 25)).given(replace(learned, link="probit"), Scale(0, 100, 25))
    assert ordinal.dates is not None and ordinal.dates.effects.tolist() == [1.0]


def test_sums_of_one_draw_are_sums() -> None:
    ratings = Ratings(
        np.array([1, 0, 1, 1], np.int32),
        np.arange(4, dtype=np.int32),
        np.ones(4, np.float32),
        np.array([5, 5, 4, 5]) * DAY,
    )
    left = LeftOver(ratings)
    assert not left.effects().any()
    left.see(np.array([1, 2, 3, 4], np.float32), 0.1)
    np.testing.assert_allclose(left.state()["date_sums"], [2, 3, 5])
    table = left.table(left.state())
    assert (table.users.tolist(), table.days.tolist()) == ([0, 1, 1], [5, 4, 5])
    assert (table.effects > 0).all() and table.effects[0] < 2


@pytest.fixture
def model() -> Factors:
    """The toy model with an effect of every day on which somebody rated, test ratings included."""
    data, random = toy_dataset(), np.random.default_rng(3)
    n = data.n_ratings
    times = (FIRST + random.integers(-2, 3, n)) * DAY + 7
    data = replace(data, ratings=Ratings(data.ratings.users, data.ratings.movies, data.ratings.values, times))
    pairs = np.unique(np.stack([data.ratings.users, times // DAY], 1), axis=0).astype(np.int32)
    dates = DateEffects(pairs[:, 0], pairs[:, 1], random.normal(0, 0.5, len(pairs)).astype(np.float32))
    p = Parameters(np.zeros((data.n_users, 2), np.float32), np.zeros((data.n_movies, 2), np.float32),
                   np.zeros(data.n_users, np.float32), np.zeros(data.n_movies, np.float32), 0.0, 0.5, 5.0,
                   dates=dates)  # fmt: skip
    held = random.random(n) < 0.5
    split = Split.of(SplitSpec("random"), n, np.flatnonzero(~held), np.flatnonzero(held))
    meta = {"recipe": "bayes"}
    return Factors.assemble(p, data, split, priors=row_priors(meta, p), meta=meta)


def test_a_kept_model_predicts_its_test_ratings_by_their_days(model: Factors, tmp_path: Path) -> None:
    save_factors(model, tmp_path)
    opened = load_factors(tmp_path, row_priors)
    test = opened.history.part(held_out=True)
    assert test.timestamps is not None
    assert model.parameters.dates is not None
    expected = model.shown(model.parameters.dates.of(test.users, test.timestamps))
    np.testing.assert_array_equal(predictions(opened, test), expected)
    assert errors(opened, test)["rmse"] == pytest.approx(np.sqrt(np.mean((expected - test.values) ** 2)))
    assert len(np.unique(opened.predict(test.users, test.movies))) == 1

    later = tmp_path / "later"
    later.mkdir()
    save_factors(replace(model, parameters=replace(model.parameters, global_bias=1.0)), later, reuse=tmp_path)
    assert load_factors(later, row_priors).history.days is not None


def test_a_table_of_days_without_a_row_is_damage(model: Factors, tmp_path: Path) -> None:
    none = DateEffects(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))
    save_factors(replace(model, parameters=replace(model.parameters, dates=none)), tmp_path)
    with pytest.raises(FormatError, match="date_users has no rows"):
        load_factors(tmp_path, row_priors)


def test_intervals_and_comparisons_go_by_the_days(model: Factors) -> None:
    plain = replace(model.with_parameters(replace(model.parameters, dates=None)))
    found = [held_out_errors(one) for one in (model, plain)]
    assert found[0] is not None and found[1] is not None
    assert found[0].trained != found[1].trained
    difference = paired_difference(plain, model)
    assert difference is not None and difference["rmse"] == pytest.approx(
        np.diff([errors(one, one.history.part(held_out=True))["rmse"] for one in (model, plain)])[0]
    )
