"""Side information: its tables, the effects that are drawn from them, and what it tells of rows without ratings."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from helpers.planted import SCALE, planted_ratings

from mftui.data.dataset import Movies, Ratings
from mftui.data.loading.people import People
from mftui.data.storage.string_column import StringColumn
from mftui.engine.alternating.feature_effects import FeatureEffects
from mftui.engine.alternating.features import Axes, side_information
from mftui.engine.alternating.gaussian_rows import Prior
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.rows import without_cold_rows
from mftui.engine.recipes import find_recipe
from mftui.engine.training.problem import Problem, SideInfo
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import TrainingError, UsageError

N_USERS, N_MOVIES = 120, 80
SMALL: dict[str, Any] = {"factors": 2, "epochs": 60, "burn_in": 20, "keep": 40, "validation": 0, "audience": False}


def movies(genres: list[str] | None = None, year: int = 0) -> Movies:
    texts = genres or [""] * N_MOVIES
    column = StringColumn.of(texts)
    return Movies(column, column, np.full(len(texts), year, np.int16), titled=False)


def problem(known: SideInfo | None) -> Problem:
    return Problem(planted_ratings(), planted_ratings(n=1), N_USERS, N_MOVIES, SCALE, 0, side_info=known)


def crowd() -> People:
    return People(
        np.resize(np.array([0, 17, 29, 60], np.int16), N_USERS), ["F", "M"] * 60, ["writer", "doctor", "none"] * 40
    )


GENRES = [("Comedy", "Horror|War", "")[movie % 3] for movie in range(N_MOVIES)]


def test_tables_are_what_the_data_says() -> None:
    found = side_information("genres,year,user", problem(SideInfo(movies(GENRES, 1999), crowd)))

    assert [axes.name for axes in found.movies] == ["genres"]  # one year for all says nothing
    assert [axes.name for axes in found.users] == ["age", "gender", "occupation"]
    genres = np.array([["Comedy" in text, "Horror" in text, "War" in text] for text in GENRES], dtype=float)
    genres -= genres.mean(0)
    table = found.movies[0].directions * found.movies[0].lengths
    size = np.mean(np.sum(genres**2, 1))
    np.testing.assert_allclose(table @ table.T, genres @ genres.T / size, atol=1e-5)
    assert len(found.movies[0].lengths) == 2  # horror and war are always together
    assert len(found.users[0].lengths) == 3  # four groups of age, of which one is unknown
    assert found.describes == (True, True)


def test_implicit_is_who_rated_what_in_training_whatever_the_ratings() -> None:
    one = problem(None)
    ratings = one.train
    other = replace(one, train=Ratings(ratings.users, ratings.movies, 6 - ratings.values))

    assert side_information("implicit", one).digest == side_information("implicit", other).digest
    assert side_information("implicit", one).digest != side_information("none", one).digest
    fewer = replace(one, train=ratings.take(np.arange(3_000)))
    assert side_information("implicit", one).digest != side_information("implicit", fewer).digest


@pytest.mark.parametrize(
    ("known", "missing", "there"),
    [
        (None, "genres", "implicit"),
        (SideInfo(movies(), lambda: None), "year", "implicit"),
        (SideInfo(movies(GENRES), lambda: None), "user", "genres, implicit"),
        (SideInfo(movies(year=1999), crowd), "genres", "year, user, implicit"),
    ],
)
def test_what_the_data_does_not_have_is_named_with_what_it_has(
    known: SideInfo | None, missing: str, there: str
) -> None:
    with pytest.raises(UsageError, match=f"the data has no {missing}") as raised:
        side_information(missing, problem(known))
    assert raised.value.hint == f"It has: {there}."


def test_implicit_of_too_many_is_refused() -> None:
    with pytest.raises(UsageError, match="implicit is for up to 4,000 users or movies"):
        side_information("implicit", replace(problem(None), n_users=5_000, n_movies=5_000))


def test_a_list_of_words_is_put_in_order_and_wrong_ones_are_named() -> None:
    field = find_recipe("bayes").field("features")

    assert field.parse(" Year, genres,year") == "genres,year"
    assert field.parse("none") == field.parse("") == "none"
    with pytest.raises(UsageError, match="features: mood is not one of genres, year, user, implicit"):
        field.parse("genres,mood")


def axes(n: int, width: int, seed: int) -> Axes:
    directions, lengths, _ = np.linalg.svd(np.random.default_rng(seed).normal(size=(n, width)), full_matrices=False)
    return Axes("planted", directions.astype(np.float32), (lengths / np.sqrt(width)).astype(np.float32))


@pytest.mark.long
def test_planted_effects_are_found_and_what_says_nothing_is_shrunk_to_nothing() -> None:
    random, n = np.random.default_rng(0), 400
    telling, idle = axes(n, 5, 1), axes(n, 40, 2)
    effect = (telling.directions * telling.lengths) @ random.normal(0, 1, (5, 2))
    rows = (effect + random.normal(0, 0.4, (n, 2)) + [3, -1]).astype(np.float32)
    prior = Prior(np.eye(2, dtype=np.float32) / 0.4**2, np.array([3, -1], np.float32))
    means = FeatureEffects([telling, idle], n, 2)
    effects = []
    for draw in range(300):
        seeds = np.stack([np.zeros(4), 4 * draw + np.arange(4)], 1).astype(np.int32)
        means.draw(rows, prior, seeds)
        effects.append(np.asarray(means.effect))

    error = np.mean(effects[50:], 0) - effect
    # Five coefficients of each column, from n rows of noise 0.4; the 40 idle ones add little.
    assert np.sqrt(np.mean(error**2)) < 2 * 0.4 * np.sqrt(5 / n)
    assert np.mean([np.var(e - effect) for e in effects[50:]]) < 4 * 0.4**2 * 5 / n


@pytest.mark.long
def test_coefficients_are_drawn_from_their_exact_posterior() -> None:
    n, planted = 30, axes(30, 2, 3)
    table = (planted.directions * planted.lengths).astype(float)
    rows = np.random.default_rng(4).normal(size=(n, 2)).astype(np.float32)
    precision = np.array([[2.0, 0.5], [0.5, 1.0]], np.float32)
    held = np.array(3.0, np.float32)
    drawn = []
    for draw in range(3_000):
        means = FeatureEffects([planted], n, 2)
        means.restore({"coefficients0": np.zeros((2, 2), np.float32), "precisions0": held})
        seeds = np.array([[0, 2 * draw], [0, 2 * draw + 1]], np.int32)
        means.draw(rows, Prior(precision, np.zeros(2, np.float32)), seeds)
        drawn.append(means.state()["coefficients0"].ravel())

    told = np.linalg.inv(table.T @ table + held * np.eye(2))
    covariance = np.kron(told, np.linalg.inv(precision))
    error = np.sqrt(np.diag(covariance) / len(drawn))
    assert (np.abs(np.mean(drawn, 0) - (told @ table.T @ rows).ravel()) < 4 * error).all()
    np.testing.assert_allclose(np.cov(np.array(drawn).T), covariance, atol=0.1 * covariance.max())


def told(features: str = "genres,implicit", genres: list[str] | None = None) -> Training:
    """Comedies are liked: by genre alone, as the last six movies have no ratings."""
    ratings = planted_ratings(seed=3)
    ratings = ratings.take(ratings.movies < N_MOVIES - 6)
    liked = np.where(ratings.movies % 3 == 0, 0.8, -0.4).astype(np.float32)
    ratings = Ratings(ratings.users, ratings.movies, np.clip(ratings.values + liked, 1, 5))
    recipe, known = find_recipe("bayes"), SideInfo(movies(genres or GENRES), lambda: None)
    hyper = recipe.check(SMALL | {"features": features})
    training = Training(TrainingSpec(recipe, hyper, ratings, N_USERS, N_MOVIES, SCALE, 0, known))
    training.prepare()
    return training


@pytest.fixture(scope="module")
def undisturbed() -> tuple[Parameters, Any]:
    """What was learned, and the state after 31 draws."""
    training = told()
    list(islice(training, 31))
    state = training.state()
    list(training)
    return training.parameters(), state


@pytest.fixture(scope="module")
def whole(undisturbed: tuple[Parameters, Any]) -> Parameters:
    return undisturbed[0]


@pytest.mark.long
def test_a_movie_without_ratings_is_what_its_genres_say(whole: Parameters) -> None:
    cold_users, cold = np.zeros(N_USERS, bool), np.arange(N_MOVIES) >= N_MOVIES - 6
    kept = without_cold_rows(whole, cold_users, cold)
    comedies = np.arange(N_MOVIES) % 3 == 0

    assert whole.knows_cold == (True, True)
    assert kept.movie_bias[cold & comedies].min() > kept.movie_bias[cold & ~comedies].max() + 0.3
    known = kept.movie_bias[~cold & comedies].mean() - kept.movie_bias[~cold & ~comedies].mean()
    new = kept.movie_bias[cold & comedies].mean() - kept.movie_bias[cold & ~comedies].mean()
    assert new == pytest.approx(known, abs=0.4)


@pytest.mark.long
def test_without_features_a_row_without_ratings_is_the_mean_row() -> None:
    training = told("none")
    list(training)
    model = training.parameters()

    assert model.knows_cold == (False, False)
    assert not without_cold_rows(model, np.zeros(N_USERS, bool), np.arange(N_MOVIES) > 70).movie_bias[71:].any()


@pytest.mark.long
def test_a_resumed_training_ends_with_the_same_bits(undisturbed: tuple[Parameters, Any]) -> None:
    (whole, broken), resumed = undisturbed, told()
    resumed.restore(*broken)
    list(resumed)

    np.testing.assert_array_equal(resumed.parameters().user_factors, whole.user_factors)
    np.testing.assert_array_equal(resumed.parameters().movie_bias, whole.movie_bias)


@pytest.mark.long
def test_it_does_not_go_on_where_what_is_known_has_changed() -> None:
    broken = told()
    list(islice(broken, 3))
    with pytest.raises(TrainingError, match="what is known of users or movies has changed"):
        told(genres=["Comedy", "War"] * 40).restore(*broken.state())
