"""Folding in: the row that training would find, without training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.models import toy_factors, trained_by
from helpers.planted import SCALE, planted_ratings
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy ships no types

from mftui.data.dataset import Ratings
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.factors import Factors
from mftui.engine.model.history import History
from mftui.engine.model.priors import PriorPrecision
from mftui.engine.model.user_prior import user_prior
from mftui.engine.query.fold_in import fold_in, with_new
from mftui.engine.query.recommend import recommend_newcomer
from mftui.engine.recipes import RECIPES
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

MOVIES = np.array([0, 3, 4, 7])
RATINGS = np.array([5.0, 1.0, 4.5, 3.0], dtype=np.float32)
HYPER = {"prior_factors": 2.0, "prior_biases": 3.0}


@pytest.fixture
def model() -> Factors:
    made = toy_factors(audience=True)
    return trained_by(made, meta=made.meta | {"hyper": HYPER})


def objective(model: Factors, row: np.ndarray) -> float:
    """What training minimises, for one user's factors and bias."""
    p = model.parameters
    logits = p.movie_factors[MOVIES] @ row[:-1] + row[-1] + p.movie_bias[MOVIES] + p.global_bias
    rating = p.lo + (p.hi - p.lo) / (1 + np.exp(-logits.astype(float)))
    return float(((rating - RATINGS) ** 2).sum() + 2.0 * (row[:-1] ** 2).sum() + 3.0 * row[-1] ** 2)


def test_no_other_row_near_it_fits_better(model: Factors) -> None:
    rows = fold_in(model, MOVIES, RATINGS).row
    solved = np.append(rows.factors[0], rows.bias[0]).astype(float)

    best = objective(model, solved)
    for i in range(len(solved)):
        for step in (-0.01, 0.01):
            moved = solved.copy()
            moved[i] += step
            assert objective(model, moved) > best
    assert best < objective(model, np.zeros(len(solved)))


def several(model: Factors, members: int = 2) -> Factors:
    """The same model with its factors as those of two members."""
    random = np.random.default_rng(0)
    several = replace(
        model.parameters,
        members=members,
        member_user_bias=random.normal(size=(model.n_users, members)).astype(np.float32),
        member_movie_bias=random.normal(size=(model.n_movies, members)).astype(np.float32),
        member_global_bias=(0.1, -0.1),
    )
    return trained_by(model, parameters=several)


def test_each_members_row_is_what_a_full_minimisation_finds(model: Factors) -> None:
    """With the priors that recipe biased leaves of its own where there are two members: three quarters."""
    model = several(model)
    p, rows = model.parameters, fold_in(model, MOVIES, RATINGS).row
    assert p.member_movie_bias is not None
    assert rows.member_bias is not None
    for e in range(2):
        factors = np.asarray(p.movie_factors[MOVIES, 2 * e : 2 * e + 2], dtype=float) * np.sqrt(2)
        known = p.member_movie_bias[MOVIES, e].astype(float) + p.member_global_bias[e]

        def loss(x: np.ndarray, factors: np.ndarray = factors, known: np.ndarray = known) -> float:
            rating = p.lo + (p.hi - p.lo) / (1 + np.exp(-(factors @ x[:2] + x[2] + known)))
            return float(((rating - RATINGS) ** 2).sum() + 0.75 * (2.0 * (x[:2] ** 2).sum() + 3.0 * x[2] ** 2))

        full = minimize(loss, np.zeros(3), tol=1e-12).x
        np.testing.assert_allclose(rows.factors[0, 2 * e : 2 * e + 2] * np.sqrt(2), full[:2], atol=1e-4)
        np.testing.assert_allclose(rows.member_bias[0, e], full[2], atol=1e-4)
    np.testing.assert_allclose(rows.bias, rows.member_bias.mean(1))


def test_a_known_user_is_refreshed_with_newer_ratings(model: Factors) -> None:
    history = model.history.of_user(2)
    trained = history.movies[~history.held_out]
    new = next(m for m in range(model.n_movies) if m not in history.movies)

    movies, ratings = with_new(model, 2, np.array([trained[0], new]), np.array([0.5, 5.0]))

    assert sorted(movies) == sorted([*trained, new])
    assert dict(zip(movies.tolist(), ratings.tolist(), strict=True))[trained[0]] == 0.5


def test_a_row_that_nothing_holds_is_that_of_the_users_there_are(model: Factors) -> None:
    """Recipes without a prior of their own: without ratings one is the mean of the trained users."""
    for recipe in ("post2019", "fastai"):
        parameters = replace(model.parameters, audience_movie_factors=None)
        other = trained_by(model, parameters=parameters, meta={"recipe": recipe})
        rows = fold_in(other, np.array([], dtype=np.int64), np.array([], dtype=np.float32)).row
        np.testing.assert_allclose(rows.factors[0], model.parameters.user_factors.mean(0), atol=1e-5)
        np.testing.assert_allclose(rows.bias, model.parameters.user_bias.mean(), atol=1e-5)


def test_what_holds_a_users_row_is_what_its_recipe_says(model: Factors) -> None:
    """Factors by one, a bias by two and a half, and for each of four ratings by a half and a quarter more."""
    own = replace(RECIPES["als"], name="own", user_prior=lambda hyper, span, unit: PriorPrecision(1.0, 2.5, 0.5, 0.25))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RECIPES, "own", own)
        prior = user_prior(trained_by(model, meta={"recipe": "own"}))
    np.testing.assert_allclose(prior.precisions(np.array([4])), [np.append(np.full(model.n_factors, 3.0), 3.5)])
    np.testing.assert_array_equal(prior.mean, 0)


def test_a_newcomers_list_has_a_plus_minus_where_ratings_were_held_out(model: Factors) -> None:
    assert recommend_newcomer(model, fold_in(model, MOVIES, RATINGS), 5).plus_minus is None
    held_out = toy_factors(n_users=80)
    reach = recommend_newcomer(held_out, fold_in(held_out, MOVIES, RATINGS), 5).plus_minus
    assert reach is not None
    assert (reach > 0).all()


def test_the_audience_row_is_the_sum_of_the_vectors_of_what_was_rated(model: Factors) -> None:
    """Written out: 1 and 0.55 times the deviations from a mean that three ratings of everybody's mean stand beside."""
    audience, p = fold_in(model, MOVIES, RATINGS).row.audience, model.parameters
    assert audience is not None and p.audience_movie_factors is not None
    mean = (RATINGS.sum() + 3 * 3.0) / (len(MOVIES) + 3)
    glad = np.maximum(1 + 0.55 * (RATINGS - mean) / 1.2, 0) / 1.1
    expected = glad @ p.audience_movie_factors[MOVIES] + model.audience.everybody[:4] / (len(MOVIES) + 1)
    np.testing.assert_allclose(audience[0, :4], expected, rtol=1e-5)
    assert (glad[1] < glad[3] < glad[2] < glad[0]) and glad[1] >= 0


def test_somebody_folded_in_has_the_row_of_a_user_of_the_data_with_the_same_ratings(model: Factors) -> None:
    rows = model.rows_of(np.arange(model.n_users))
    for user in range(model.n_users):
        own = model.history.of_user(user)
        folded = fold_in(model, own.movies[~own.held_out], own.ratings[~own.held_out]).row.audience
        assert rows.audience is not None and folded is not None
        np.testing.assert_allclose(rows.audience[user], folded[0], atol=1e-5)
        np.testing.assert_array_equal(model.rows_of(np.array([user])).audience, folded)


def test_many_users_are_summed_up_some_at_a_time(model: Factors, monkeypatch: pytest.MonkeyPatch) -> None:
    users = np.arange(model.n_users)
    together = model.rows_of(users).audience
    monkeypatch.setattr("mftui.engine.model.audience._USERS_AT_ONCE", 6)
    apart = model.rows_of(users).audience
    assert apart is not None and together is not None
    np.testing.assert_allclose(apart, together, atol=1e-6)


def test_rated_low_a_film_takes_those_of_its_genres_down(model: Factors) -> None:
    """Films 0 and 1 are of one genre, 2 and 3 of another."""
    genres = ["Comedy", "Comedy", "Horror", "Horror", *[""] * (model.n_movies - 4)]
    model = trained_by(model, movies=replace(model.movies, genres=StringColumn.of(genres)))
    audience = fold_in(model, np.array([0, 3]), np.array([5.0, 0.5], dtype=np.float32)).row.audience
    assert audience is not None
    leaning = audience[0, 4:] @ model.audience.table[:, 4:].T
    assert leaning[1] > 0 > leaning[2] and not leaning[4:].any()


def test_without_ratings_it_is_the_mean_user(model: Factors) -> None:
    rows = fold_in(model, np.array([], dtype=np.int64), np.array([], dtype=np.float32)).row

    assert not rows.factors.any()
    assert not rows.bias.any()


def test_of_whom_nothing_is_known_the_list_is_what_most_watch(model: Factors) -> None:
    nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)

    listed = recommend_newcomer(model, fold_in(model, *nothing), 3, rank="watch")

    counts, p = model.movie_train_counts, model.parameters
    assert p.audience_movie_factors is not None and p.audience_movie_weights is not None
    most = (counts @ p.audience_movie_factors) @ p.audience_movie_factors.T * p.audience_movie_weights
    assert listed.movies.tolist() == np.argsort(-most)[:3].tolist()


def test_a_newcomer_is_never_recommended_what_they_rated(model: Factors) -> None:
    listed = recommend_newcomer(model, fold_in(model, MOVIES, RATINGS), 100)

    assert not set(listed.movies.tolist()) & set(MOVIES.tolist())
    assert listed.watch is not None


@pytest.mark.long
@pytest.mark.parametrize(
    ("members", "adaptive"),
    [(1, False), *(pytest.param(*of, marks=pytest.mark.long) for of in ((3, False), (1, True)))],
)
def test_users_folded_in_are_predicted_like_users_trained(members: int, adaptive: bool) -> None:
    """Users 100 to 119 are learned with the others, or folded in with the same ratings afterwards."""
    ratings, recipe = planted_ratings(n=5_000), RECIPES["biased"]
    given = {"factors": 4, "epochs": 60, "validation": 0, "audience": False, "prior_factors": 2.0, "members": members}
    given["adaptive_priors"] = adaptive
    late = ratings.users >= 100
    order = np.random.default_rng(1).random(len(ratings))
    known, asked = ratings.take(late & (order < 0.6)), ratings.take(late & (order >= 0.6))

    def trained(part: Ratings) -> Factors:
        training = Training(TrainingSpec(recipe, recipe.check(given), part, 120, 80, SCALE, 0))
        training.prepare()
        list(training)
        toy = toy_factors()
        counts = np.bincount(part.movies, minlength=80).astype(np.int32)
        meta = {"recipe": "biased", "hyper": recipe.check(given)}
        history = History.of(part, np.zeros(len(part), dtype=bool), 120)
        toy = trained_by(toy, parameters=training.parameters(), scale=SCALE, meta=meta, movie_train_counts=counts)
        return replace(toy, history=history)

    def rmse(predicted: np.ndarray) -> float:
        return float(np.sqrt(np.mean((predicted - asked.values) ** 2)))

    together = trained(ratings.take(~late | (order < 0.6)))
    expected = rmse(together.shown(together.logits(asked.users, asked.movies)))

    apart = trained(ratings.take(~late))
    folded = np.empty(len(asked), dtype=np.float32)
    for user in range(100, 120):
        own, mine = known.users == user, asked.users == user
        rows = fold_in(apart, known.movies[own], known.values[own]).row
        p = apart.parameters
        logits = p.movie_factors[asked.movies[mine]] @ rows.factors[0] + rows.bias[0]
        folded[mine] = apart.shown((logits + p.movie_bias[asked.movies[mine]] + p.global_bias).astype(np.float32))

    assert rmse(folded) < expected + 0.03
