"""Recipe `bayes`: its draws are the posterior, together one wide model, and resumed they are the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import N_MOVIES, N_USERS, planted_training

from mftui.data.dataset import Ratings
from mftui.engine.alternating.gibbs import GibbsLearner, GibbsSettings
from mftui.engine.model.members import member_std
from mftui.engine.model.parameters import Parameters
from mftui.engine.recipes import find_recipe
from mftui.engine.training.block import Metrics
from mftui.engine.training.memory import Sizes
from mftui.engine.training.problem import Problem
from mftui.engine.training.training import Training
from mftui.errors import UsageError

SMALL: dict[str, Any] = {"factors": 3, "epochs": 40, "burn_in": 10, "keep": 6, "validation": 0.1, "audience": False}


def bayes(seed: int = 0, **given: object) -> Training:
    return planted_training("bayes", seed=seed, **(SMALL | given))


@pytest.fixture(scope="module")
def whole() -> tuple[list[Metrics], Parameters]:
    """An undisturbed training: its curve and its model."""
    training = bayes()
    points = [tick.metrics for tick in training if tick.metrics]
    return points, training.parameters()


def predicted(p: Parameters, users: np.ndarray, movies: np.ndarray) -> np.ndarray:
    dots = (p.user_factors[users] * p.movie_factors[movies]).sum(1)
    return np.asarray(dots + p.user_bias[users] + p.movie_bias[movies] + p.global_bias)


@pytest.mark.long
def test_it_learns_what_was_planted_and_how_noisy_it_is(whole: tuple[list[Metrics], Parameters]) -> None:
    points, model = whole

    assert len(points) == 40
    assert points[-1].valid_rmse is not None
    assert points[-1].valid_rmse < 0.45 < (points[0].valid_rmse or 0)
    # Planted with 0.3, and rounded to half stars: 0.5²/12 more variance.
    assert np.mean(model.member_noise) == pytest.approx(np.sqrt(0.3**2 + 0.5**2 / 12), abs=0.03)


def test_the_mean_of_all_draws_is_better_than_the_last_alone() -> None:
    ratings = planted_ratings()
    problem = Problem(ratings.take(np.arange(3_000)), ratings.take(np.arange(3_000, 4_000)), 120, 80, SCALE, 0)
    program = GibbsLearner(problem, GibbsSettings(3, 60, 10, 10))
    for sweep in range(60):
        program.begin_epoch(sweep)
        program.step(0)

    errors = program.validation_errors()
    assert errors is not None
    assert np.sqrt(np.mean(errors)) < program.measures()["draw_valid_rmse"] - 0.02


def test_kept_draws_are_one_wide_model(whole: tuple[list[Metrics], Parameters]) -> None:
    p = whole[1]

    assert p.members == 6
    assert p.user_factors.shape == (N_USERS, 18)
    assert p.member_user_bias is not None
    assert p.member_movie_bias is not None
    users = p.user_factors.reshape(N_USERS, 6, 3) * np.sqrt(6)
    movies = p.movie_factors.reshape(N_MOVIES, 6, 3) * np.sqrt(6)
    each = np.einsum("uek,mek->ume", users, movies) + p.member_user_bias[:, None] + p.member_movie_bias[None]
    each += np.array(p.member_global_bias)
    u, m = np.divmod(np.arange(N_USERS * N_MOVIES), N_MOVIES)

    np.testing.assert_allclose(predicted(p, u, m), each.mean(2).ravel(), atol=1e-4)
    std = member_std(p, p.user_factors[u], p.member_user_bias[u], m)
    assert std is not None
    np.testing.assert_allclose(std, each.std(2, ddof=1).ravel(), atol=1e-3)


def test_the_better_known_are_less_uncertain() -> None:
    random, ratings = np.random.default_rng(0), planted_ratings()
    p = planted_training("bayes", ratings.take((ratings.users >= 60) | (random.random(len(ratings)) < 0.2)), **SMALL)
    list(p)
    model = p.parameters()
    u, m = np.divmod(np.arange(N_USERS * N_MOVIES), N_MOVIES)

    assert model.member_user_bias is not None
    std = member_std(model, model.user_factors[u], model.member_user_bias[u], m)
    assert std is not None
    assert std[u < 60].mean() > 1.3 * std[u >= 60].mean()


@pytest.mark.long
def test_chains_come_to_agree() -> None:
    points = [tick.metrics for tick in bayes(chains=3, epochs=60, burn_in=20) if tick.metrics]

    agreement = [point.more["r_hat"] for point in points if "r_hat" in point.more]
    assert len(agreement) == 39  # from the second draw that counts on
    assert 0.9 < agreement[-1] < 1.3
    assert points[-1].as_dict()["r_hat"] == agreement[-1]


def test_before_any_draw_is_kept_the_model_is_the_current_one() -> None:
    training = bayes()
    ticks = iter(training)
    for _ in range(5):
        next(ticks)
    p = training.parameters()

    assert p.members == 1
    assert p.user_factors.shape == (N_USERS, 3)
    assert len(p.member_noise) == 1


def test_zero_is_the_mean_row_so_that_an_unknown_movie_is_the_mean_movie() -> None:
    training = bayes(keep=30)
    list(training)
    p = training.parameters()
    users = np.arange(N_USERS)
    mean_movie = (p.user_factors @ p.movie_factors.T + p.movie_bias).mean(1)

    np.testing.assert_allclose(np.zeros(len(users)), mean_movie, atol=0.15)
    spread = p.user_factors.reshape(N_USERS, 30, 3).swapaxes(0, 1) * np.sqrt(30)
    average = np.mean([np.cov(draw.T) for draw in spread], 0)
    np.testing.assert_allclose(average, np.eye(3), atol=0.2)  # the factors of users have unit covariance


def test_all_draws_are_kept_while_there_is_room_for_them() -> None:
    bayes = find_recipe("bayes")

    def kept(rows: int, **given: int) -> object:
        hyper = bayes.check({"factors": 10, "epochs": 300, "burn_in": 10, **given})
        return bayes.sized(hyper, Sizes(rows - 1, 1, 100_000))["keep"]

    assert [kept(rows) for rows in (2_625, 10_352, 10_000_000)] == [290, 147, 20]
    assert kept(2_625, keep=7) == 7
    assert kept(100, chains=2) == 580


def test_features_and_likelihood_follow_the_data() -> None:
    bayes = find_recipe("bayes")
    best = bayes.check(bayes.preset("best").values)

    def chosen(sizes: Sizes) -> tuple[object, object]:
        hyper = bayes.sized(best, sizes)
        return hyper["features"], hyper["likelihood"]

    assert chosen(Sizes(943, 1_682, 80_000, levels=5, features=lambda: ("genres", "user"))) == (
        "genres,user,implicit",
        "ordinal",
    )
    assert chosen(Sizes(100_000, 50_000, 10**7, levels=0, features=tuple)) == ("none", "gaussian")
    assert chosen(Sizes(100_000, 50_000, 10**7, levels=101)) == ("all", "gaussian")  # not known what it has


def test_a_burn_in_of_everything_is_refused() -> None:
    with pytest.raises(UsageError, match="burn_in: 40 leaves none of 40 draws"):
        bayes(burn_in=40)


def from_the_prior(seed: int) -> tuple[Ratings, np.ndarray]:
    """40 % of a 60 × 50 table of a model of two factors, noise 0.5, and the whole table without noise."""
    random = np.random.default_rng(seed)
    users, movies = random.normal(size=(60, 3)) @ random.normal(0.5, 0.3, (3, 3)), random.normal(0, 0.7, (50, 3))
    truth = users[:, :2] @ movies[:, :2].T + users[:, 2:] + movies[:, 2] + 3
    where = np.sort(random.permutation(truth.size)[:1_200])
    values = truth.ravel()[where] + 0.5 * random.normal(size=len(where))
    u, m = np.divmod(where, 50)
    return Ratings(u.astype(np.int32), m.astype(np.int32), values.astype(np.float32)), truth


@pytest.mark.long
def test_planted_truths_fall_anywhere_among_the_draws_equally_often() -> None:
    """Simulation-based calibration: the rank of a truth among draws from its posterior is uniform."""
    shares, noises = [], []
    for seed in range(3):
        ratings, truth = from_the_prior(seed)
        problem = Problem(ratings, ratings.take(np.arange(0)), 60, 50, SCALE, seed)
        program = GibbsLearner(problem, GibbsSettings(2, 160, 40, 60))
        for sweep in range(160):
            program.begin_epoch(sweep)
            program.step(0)
        p = program.parameters()
        assert p.member_user_bias is not None
        assert p.member_movie_bias is not None
        users, movies = (t.reshape(len(t), 60, 2) * np.sqrt(60) for t in (p.user_factors, p.movie_factors))
        draws = np.einsum("uek,mek->ume", users, movies) + p.member_user_bias[:, None] + p.member_movie_bias[None]
        below = draws + np.array(p.member_global_bias) < truth[..., None]
        unseen = np.ones(truth.size, dtype=bool)
        unseen[ratings.users * 50 + ratings.movies] = False
        shares.append(below.mean(2).ravel()[unseen])
        noises.append(float(np.mean(np.array(p.member_noise) < 0.5)))

    shares_of_bins = np.histogram(np.concatenate(shares), bins=5, range=(0, 1))[0] / sum(map(len, shares))
    np.testing.assert_allclose(shares_of_bins, 0.2, atol=0.04)
    assert 0.1 < np.mean(noises) < 0.9
