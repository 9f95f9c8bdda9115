"""Intervals: as often right as they say, wider where less is known, the same for all who ask, none where nothing was
held out."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import assembled, toy_factors, trained_by
from helpers.paths import movielens
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import planted_training
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, Ratings
from mftui.data.loading.load import open_dataset
from mftui.data.splits import Split, SplitSpec
from mftui.engine.model.error_scale import SHARES, ErrorScale, HeldOutErrors
from mftui.engine.model.factors import Factors
from mftui.engine.model.history import History
from mftui.engine.model.rows import UserRows
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.query.fold_in import fold_in, fold_in_many
from mftui.engine.query.held_out_errors import MIN_PAIRS, errors_on, has_held_out, held_out_errors
from mftui.engine.query.intervals import RatingIntervals, intervals_of_pairs, intervals_of_row
from mftui.engine.query.recommend import logits_of
from mftui.engine.recipes import find_recipe, row_priors
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import UsageError

NEWCOMERS = range(90, 120)


@pytest.fixture(scope="module", params=["bayes", "als"])
def model(request: pytest.FixtureRequest) -> Factors:
    """Draws, or one member, of planted ratings of users 0 to 89, a fifth of which were held out; movies 70 to 79 have
    none."""
    drawn: dict[str, Any] = {"epochs": 80, "burn_in": 20, "keep": 20, "audience": False}
    given = {"factors": 3} | (drawn if request.param == "bayes" else {"epochs": 20})
    ratings = planted_ratings(n=7_000)
    ratings = ratings.take((ratings.users < 90) & (ratings.movies < 70))
    held_out = np.random.default_rng(3).random(len(ratings)) < 0.2
    training = planted_training(request.param, ratings.take(~held_out), validation=0, **given)
    list(training)
    counts = np.bincount(ratings.movies[~held_out], minlength=80).astype(np.int32)
    bare = trained_by(
        toy_factors([f"Film {i}" for i in range(80)], n_users=120),
        history=History.of(ratings, held_out, 120),
        movie_counts=counts,
        movie_train_counts=counts,
        scale=SCALE,
        meta={"recipe": request.param, "hyper": {}},
    )
    return bare.with_parameters(training.parameters())


def of_newcomers(model: Factors, ratings: Ratings, users: Any, n: int) -> list[tuple[np.ndarray, RatingIntervals]]:
    """The other ratings of these users, and their intervals, each folded in from n of them."""
    random, found = np.random.default_rng(1), []
    for user in users:
        rows = random.permutation(np.flatnonzero(ratings.users == user))
        given, asked = ratings.take(rows[:n]), ratings.take(rows[n:])
        row = fold_in(model, given.movies, given.values).row
        intervals = intervals_of_row(model, row, asked.movies, model.shown(logits_of(model, row, asked.movies)))
        assert intervals is not None
        found.append((asked.values, intervals))
    return found


def share_within(found: list[tuple[np.ndarray, RatingIntervals]], share: float) -> float:
    within = []
    for values, intervals in found:
        low, high = intervals.interval(share)
        within.append((low - 1e-5 <= values) & (values <= high + 1e-5))
    return float(np.concatenate(within).mean())


@pytest.mark.long
@pytest.mark.parametrize("n", [2, 5, 20])
def test_ratings_of_newcomers_lie_within_their_intervals_as_often_as_said(model: Factors, n: int) -> None:
    found = of_newcomers(model, planted_ratings(n=7_000), NEWCOMERS, n)
    assert share_within(found, 0.9) == pytest.approx(0.9, abs=0.06)
    assert share_within(found, 0.5) == pytest.approx(0.5, abs=0.08)


@pytest.mark.long
def test_the_less_somebody_rated_the_wider_the_interval(model: Factors) -> None:
    ratings = planted_ratings(n=7_000)
    reach = [
        np.mean([intervals.plus_minus().mean() for _, intervals in of_newcomers(model, ratings, NEWCOMERS, n)])
        for n in (0, 2, 5, 20)
    ]
    assert reach == sorted(reach, reverse=True)
    assert reach[0] > 1.3 * reach[-1]


def test_a_film_or_a_user_of_whom_nothing_is_known_has_a_wider_interval(model: Factors) -> None:
    users, movies = np.arange(80), np.arange(70)[np.arange(80) % 70]
    known = intervals_of_pairs(model, users, movies).plus_minus().mean()
    assert intervals_of_pairs(model, users, np.full(80, 75)).plus_minus().mean() > 1.1 * known
    unknown = intervals_of_pairs(model, users, movies, (np.zeros(80, bool), np.ones(80, bool)))
    assert unknown.plus_minus().mean() > 1.1 * known
    assert (unknown.counts == 0).all()


def test_a_user_of_whom_nothing_is_known_has_the_interval_of_somebody_without_ratings(model: Factors) -> None:
    movies, nobody = np.arange(70), np.zeros(70, bool)
    asked = intervals_of_pairs(model, np.zeros(70, int), movies, (nobody, ~nobody))
    row = fold_in(model, np.empty(0), np.empty(0)).row
    answered = intervals_of_row(model, row, movies, asked.predicted)
    cold = intervals_of_row(
        model, replace(model.rows_of(np.zeros(1, int)), counts=np.zeros(1, int)), movies, asked.predicted
    )
    assert answered is not None and cold is not None
    for other in (answered, cold):
        np.testing.assert_allclose(asked.plus_minus(), other.plus_minus(), rtol=1e-5)
        np.testing.assert_allclose(asked.quantile(0.25), other.quantile(0.25), rtol=1e-5)
    both = (np.arange(70) % 2 == 0, ~nobody)
    mixed = intervals_of_pairs(model, np.zeros(70, int), movies, both)
    known = intervals_of_pairs(model, np.zeros(70, int), movies)
    np.testing.assert_allclose(mixed.plus_minus(), np.where(both[0], known.plus_minus(), asked.plus_minus()), rtol=1e-5)


def test_quantiles_rise_and_stay_within_the_scale(model: Factors) -> None:
    intervals = intervals_of_pairs(model, np.arange(80), np.arange(80))
    quantiles = [intervals.quantile(share) for share in (0.01, 0.25, 0.5, 0.75, 0.99)]
    assert all((a <= b).all() for a, b in pairwise(quantiles))
    assert quantiles[0].min() >= SCALE.lo
    assert quantiles[-1].max() <= SCALE.hi
    held_out = model.history.part(held_out=True)
    below = intervals_of_pairs(model, held_out.users, held_out.movies).quantile(0.25)
    assert np.mean(held_out.values <= below) == pytest.approx(0.25, abs=0.05)


def test_the_ends_of_steps_are_steps_that_hold_the_same_ratings(model: Factors) -> None:
    held_out = model.history.part(held_out=True)
    plain = intervals_of_pairs(model, held_out.users, held_out.movies)
    levels = tuple(np.arange(1, 5.1, 0.5).tolist())
    steps = replace(plain, levels=levels)
    low, high = steps.interval(0.9)
    assert np.isin([low, high], np.array(levels, dtype=np.float32)).all()
    found = [[(held_out.values, intervals)] for intervals in (plain, steps)]
    assert share_within(found[0], 0.9) == share_within(found[1], 0.9)
    low, high = steps.interval(0.01)
    assert (low == high).all()
    assert np.isin(steps.quantile(0.3), np.array(levels, dtype=np.float32)).all()


def test_they_are_measured_without_a_look_at_the_ratings_of_others(model: Factors) -> None:
    """Other ratings of those who are asked about change nothing."""
    assert held_out_errors(model) == errors_on(model, model.history.part(held_out=True))


def test_with_many_factors_fewer_people_are_folded_in(model: Factors, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time to solve for a row grows with the third power of its factors."""
    solved: list[int] = []

    def counted(of: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> UserRows:
        solved.append(len(movies))
        return fold_in_many(of, movies, ratings)

    monkeypatch.setattr("mftui.engine.query.held_out_errors.fold_in_many", counted)
    held_out = model.history.part(held_out=True)
    errors_on(model, held_out)
    all_of_them = sum(solved)
    solved.clear()
    monkeypatch.setattr("mftui.engine.query.held_out_errors.MAX_WORK", 1)
    found = errors_on(model, held_out)
    assert found is not None
    assert found.folded.counts[0] == 0
    assert 0 < sum(solved) < all_of_them


def test_many_people_folded_in_at_once_get_the_rows_that_each_gets_alone(model: Factors) -> None:
    movies, ratings = np.array([[0, 5, 9], [3, 4, 60]]), np.array([[4, 2, 5], [1, 3.5, 2]], dtype=np.float32)
    together = fold_in_many(model, movies, ratings)
    for at in (0, 1):
        alone = fold_in(model, movies[at], ratings[at]).row
        one = together.select(np.array([at]))
        for name in ("factors", "bias", "covariance", "counts"):
            np.testing.assert_allclose(getattr(one, name), getattr(alone, name), rtol=1e-4, atol=1e-6)


def test_without_enough_ratings_held_out_there_are_none() -> None:
    model = toy_factors(test_fraction=0)
    row = model.rows_of(np.array([0]))
    assert not has_held_out(model)
    assert intervals_of_row(model, row, np.array([0]), np.array([3.0], dtype=np.float32)) is None
    with pytest.raises(UsageError, match=f"fewer than {MIN_PAIRS} ratings"):
        intervals_of_pairs(model, np.array([0]), np.array([0]))


def test_they_are_kept_with_the_model_until_it_is_trained_further(model: Factors, tmp_path: Path) -> None:
    errors = held_out_errors(model)
    save_factors(replace(model, errors=errors), tmp_path)
    opened = load_factors(tmp_path, row_priors)
    assert opened.errors == errors
    assert opened.with_parameters(opened.parameters).errors is None


@pytest.mark.parametrize("change", [{"counts": [0.0]}, {"within": [[1.0]]}, {"noise": "much"}])
def test_damaged_ones_are_refused(model: Factors, change: dict[str, Any]) -> None:
    errors = held_out_errors(model)
    assert errors is not None
    document = asdict(errors)
    document["trained"] |= change
    with pytest.raises((LookupError, TypeError, ValueError)):
        HeldOutErrors.of_document(document)


def test_errors_that_grow_with_what_is_not_known_are_told_apart() -> None:
    random = np.random.default_rng(0)
    variance = random.uniform(0, 1, 20_000)
    errors = random.normal(size=20_000) * np.sqrt(0.25 + 2 * variance)
    scale = ErrorScale.fit([errors[:10_000], errors[10_000:]], [variance[:10_000], variance[10_000:]], [1.0, 10.0])
    assert scale.noise == pytest.approx(0.25, abs=0.1)
    assert scale.slope == pytest.approx(2, abs=0.2)
    at = np.array([1, 3, 10, 500])
    np.testing.assert_allclose(scale.reach(0.9, at), 1.645, atol=0.05)
    np.testing.assert_allclose(scale.quantile(0.1, at), -1.28, atol=0.05)
    assert len(scale.within[0]) == len(SHARES)


def test_no_prediction_is_called_sure() -> None:
    """Where errors grow faster than the variance can tell, a part of the noise stays for those that vary least."""
    variance = np.linspace(0, 1, 1_000)
    scale = ErrorScale.fit([10 * variance**2], [variance], [1.0])
    assert scale.std(np.zeros(1))[0] > 0.5


def test_of_one_member_the_interval_is_of_folding_in_alone() -> None:
    model = toy_factors(n_users=80)
    row = fold_in(model, np.array([0, 3]), np.array([4.0, 2.0], dtype=np.float32)).row
    assert row.covariance is not None and row.covariance.shape == (1, 1, 5, 5)
    assert model.rows_of(np.array([0])).covariance is None
    wide = with_members(model)
    many = fold_in(wide, np.array([0, 3]), np.array([4.0, 2.0], dtype=np.float32)).row
    assert many.covariance is not None and many.covariance.shape == (1, 8, 5, 5)


# -- on MovieLens: people whom training did not see ----------------------------------------------


def without(data: Dataset, users: np.ndarray) -> tuple[Factors, Ratings]:
    """A model by the default recipe of all but these users, with a tenth held out; and the ratings of these users."""
    theirs = np.isin(data.ratings.users, users)
    random = np.random.default_rng(0)
    held_out = ~theirs & (random.random(len(theirs)) < 0.1)
    trained = ~theirs & ~held_out
    recipe = find_recipe("biased")
    spec = TrainingSpec(
        recipe,
        recipe.check({"audience": False}),
        data.ratings.take(trained),
        data.n_users,
        data.n_movies,
        data.scale,
        0,
    )
    training = Training(spec)
    training.prepare()
    list(training)
    of_others = replace(data, ratings=data.ratings.take(~theirs))
    rows = np.flatnonzero(held_out[~theirs])
    split = Split.of(SplitSpec("random", 0.1), len(of_others.ratings), np.flatnonzero(trained[~theirs]), rows)
    model = assembled(training.parameters(), of_others, split, {"recipe": "biased", "hyper": spec.hyper})
    return model, data.ratings.take(theirs)


@pytest.mark.long
@pytest.mark.parametrize("name", ["ml-latest-small", "ml-100k"])
def test_nine_of_ten_ratings_of_150_users_whom_training_did_not_see_lie_within_their_intervals(name: str) -> None:
    data = open_dataset(str(movielens(name)))
    users = np.flatnonzero(np.bincount(data.ratings.users, minlength=data.n_users) >= 25)
    users = np.random.default_rng(0).choice(users, 150, replace=False)
    model, theirs = without(data, users)
    for n in (5, 10, 20):
        found = of_newcomers(model, theirs, users, n)
        assert 0.87 <= share_within(found, 0.9) <= 0.93, n
