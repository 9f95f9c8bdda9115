"""Intervals: as often right as they say, wider where less is known, refused where nothing was drawn."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import assembled, toy_factors, trained_by
from helpers.paths import movielens
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import planted_training

from mftui.data.dataset import Ratings
from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.data.synthetic.sample import generate_sample
from mftui.engine.model.factors import Factors
from mftui.engine.model.history import History
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.intervals import PredictiveDistribution, predictive_distribution
from mftui.engine.recipes import find_recipe
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import UsageError


@pytest.fixture(scope="module")
def model() -> Factors:
    """Drawn from planted ratings, of which users 100 to 119 and movies 70 to 79 have none."""
    ratings = planted_ratings()
    known = ratings.take((ratings.users < 100) & (ratings.movies < 70))
    training = planted_training("bayes", known, factors=3, epochs=80, burn_in=20, keep=20, validation=0, audience=False)
    list(training)
    counts = np.bincount(known.movies, minlength=80).astype(np.int32)
    model = trained_by(
        toy_factors(),
        history=History.of(known, np.zeros(len(known), bool), 120),
        movie_counts=counts,
        movie_train_counts=counts,
        scale=SCALE,
        meta={"recipe": "bayes"},
    )
    return model.with_parameters(training.parameters())


def of_all(model: Factors) -> tuple[np.ndarray, np.ndarray, PredictiveDistribution]:
    ratings = planted_ratings()
    return ratings.users, ratings.movies, predictive_distribution(model, ratings.users, ratings.movies)


def test_what_has_no_rating_is_uncertain_as_users_and_movies_differ(model: Factors) -> None:
    users, movies, believed = of_all(model)
    user, movie = users < 100, movies < 70

    known, newcomer = believed.std[user & movie].mean(), believed.std[~user & movie].mean()
    novelty, neither = believed.std[user & ~movie].mean(), believed.std[~user & ~movie].mean()
    assert known < 0.5 * newcomer
    assert known < 0.5 * novelty
    assert neither > 0.9 * max(newcomer, novelty)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_newcomers_ratings_lie_within_their_intervals_as_often_as_said(model: Factors, share: float) -> None:
    users, movies, believed = of_all(model)
    given, cold = planted_ratings().values, (users >= 100) | (movies >= 70)
    low, high = believed.interval(share)

    assert np.mean((low <= given)[cold] & (given <= high)[cold]) == pytest.approx(share, abs=0.1)


def test_quantiles_rise_and_stay_within_the_scale(model: Factors) -> None:
    _, _, believed = of_all(model)
    quantiles = [believed.quantile(share) for share in (0.01, 0.25, 0.5, 0.75, 0.99)]

    assert all((a <= b).all() for a, b in pairwise(quantiles))
    assert quantiles[0].min() >= SCALE.lo
    assert quantiles[-1].max() <= SCALE.hi
    np.testing.assert_allclose(quantiles[2], np.clip(believed.mean, SCALE.lo, SCALE.hi))


def test_an_id_that_is_unknown_counts_as_one_without_ratings(model: Factors) -> None:
    known = np.array([True, False])
    users, movies = np.array([5, 5]), np.array([3, 3])
    believed = predictive_distribution(model, users, movies, (known, np.array([True, True])))
    cold = predictive_distribution(model, np.array([110]), np.array([3]))

    assert believed.std[1] == pytest.approx(cold.std[0])
    assert believed.mean[1] == pytest.approx(cold.mean[0])
    assert believed.std[0] < believed.std[1]


@pytest.fixture(scope="module")
def stepped() -> PredictiveDistribution:
    """Of a model of ratings in five steps, for 20,000 pairs."""
    model = with_members(toy_factors(), noise=0.5)
    levels, cuts = (1.0, 2.0, 3.0, 4.0, 5.0), (1.6, 2.4, 2.9, 3.8)
    model = model.with_parameters(
        replace(model.parameters, link="probit", levels=levels, cuts=cuts, lo=levels[0], hi=levels[-1])
    )
    random = np.random.default_rng(0)
    return predictive_distribution(
        model, random.integers(0, model.n_users, 20_000), random.integers(0, model.n_movies, 20_000)
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_of_steps_the_interval_holds_its_share_by_their_own_probabilities(
    stepped: PredictiveDistribution, share: float
) -> None:
    assert stepped.steps is not None
    reached, levels = stepped.steps.cumulative, stepped.steps.levels
    given = levels[(np.random.default_rng(1).random((len(reached), 1)) > reached).sum(1)].astype(np.float32)
    low, high = stepped.interval(share)

    assert np.isin([low, high], levels).all()
    assert np.mean((low <= given) & (given <= high)) > share
    assert stepped.covered(given, share).mean() == pytest.approx(share, abs=0.01)
    assert (stepped.covered(given, share)[(given < low) | (given > high)] == 0).all()


def test_a_model_that_was_not_drawn_knows_none() -> None:
    with pytest.raises(UsageError, match="knows no intervals"):
        predictive_distribution(toy_factors(), np.array([0]), np.array([0]))


def trained(source: str, test: str | None = None, **given: object) -> tuple[Factors, Ratings]:
    """A model of a data set, and its test ratings."""
    data = open_dataset(source, test=test)
    split = make_split(data, SplitSpec("file" if test else "random", 0.1, 0))
    recipe = find_recipe("bayes")
    hyper = recipe.check({"audience": False} | given)
    train = data.ratings.take(split.train_rows)
    training = Training(TrainingSpec(recipe, hyper, train, data.n_users, data.n_movies, data.scale, 0))
    training.prepare()
    list(training)
    model = assembled(training.parameters(), data, split, {"recipe": "bayes"})
    return model, data.ratings.take(split.test_rows)


FEW = {"factors": 10, "epochs": 60, "keep": 30}
"""Less than by default, which makes no difference to intervals of ratings."""


@pytest.mark.long
@pytest.mark.parametrize(("source", "test"), [("ml-100k/u1.base", "u1.test"), ("ml-latest-small", None)])
def test_nine_of_ten_test_ratings_lie_within_their_intervals(source: str, test: str | None) -> None:
    model, held_out = trained(str(movielens(source.split("/")[0]).joinpath(*source.split("/")[1:])), test, **FEW)
    low, high = predictive_distribution(model, held_out.users, held_out.movies).interval(0.9)

    assert 0.88 <= np.mean((low <= held_out.values) & (held_out.values <= high)) <= 0.92


@pytest.mark.parametrize(
    ("given", "least"),
    [({"epochs": 100, "keep": 40}, 0.84), pytest.param({}, 0.88, marks=pytest.mark.long)],
    ids=["a third of the draws", "default"],
)
def test_of_the_sample_intervals_hold_the_ratings_and_what_was_planted(given: dict[str, Any], least: float) -> None:
    """The ± of the expected rating holds what the sample was drawn from, without noise; fewer draws hold less of it."""
    model, held_out = trained("sample", **given)
    planted = generate_sample()
    expected = dict(
        zip(zip(planted.users.tolist(), planted.movies.tolist(), strict=True), planted.expected, strict=True)
    )
    users, movies = model.user_ids.raws(held_out.users), model.movie_ids.raws(held_out.movies)
    truth = np.array([expected[int(user), int(movie)] for user, movie in zip(users, movies, strict=True)])
    believed = predictive_distribution(model, held_out.users, held_out.movies)
    low, high = believed.interval(0.9)

    assert 0.88 <= np.mean((low <= held_out.values) & (held_out.values <= high)) <= 0.92
    assert least <= np.mean(np.abs(truth - believed.mean) <= NormalDist().inv_cdf(0.95) * believed.std) <= 0.92


def test_users_folded_in_are_predicted_like_users_drawn() -> None:
    """Users 100 to 119 are drawn with the others, or folded in with the same ratings afterwards."""
    ratings = planted_ratings(n=5_000)
    given: dict[str, Any] = {"factors": 3, "epochs": 80, "burn_in": 20, "keep": 20}
    late, order = ratings.users >= 100, np.random.default_rng(1).random(len(ratings))
    known, asked = ratings.take(late & (order < 0.6)), ratings.take(late & (order >= 0.6))

    def drawn(part: Ratings) -> Factors:
        training = planted_training("bayes", part, validation=0, audience=False, **given)
        list(training)
        counts = np.bincount(part.movies, minlength=80).astype(np.int32)
        bare = trained_by(toy_factors(), scale=SCALE, meta={"recipe": "bayes"}, movie_train_counts=counts)
        return replace(bare, parameters=training.parameters(), history=History.of(part, np.zeros(len(part), bool), 120))

    def rmse(predicted: np.ndarray) -> float:
        return float(np.sqrt(np.mean((predicted - asked.values) ** 2)))

    together, apart = drawn(ratings.take(~late | (order < 0.6))), drawn(ratings.take(~late))
    p, folded = apart.parameters, np.empty(len(asked), dtype=np.float32)
    for user in range(100, 120):
        own, mine = known.users == user, asked.users == user
        row = fold_in(apart, known.movies[own], known.values[own]).row
        logits = p.movie_factors[asked.movies[mine]] @ row.factors[0] + row.bias[0] + p.movie_bias[asked.movies[mine]]
        folded[mine] = apart.shown(logits + np.float32(p.global_bias))

    assert rmse(folded) < rmse(together.shown(together.logits(asked.users, asked.movies))) + 0.03
