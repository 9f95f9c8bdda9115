"""Ratings as steps of a scale: planted cut points, probabilities, and trainings with them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from helpers.models import toy_factors

from mftui.data.dataset import Ratings, Scale
from mftui.engine.alternating.ordinal import Ordinal
from mftui.engine.model.members import member_std
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.response import Response, normal_share
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.recipes import find_recipe, row_priors
from mftui.engine.training.block import Metrics
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import UsageError

CUTS = np.array([-1.6, -0.4, 1.5])
LEVELS = np.array([1.0, 2.0, 3.5, 5.0])
PROBIT = Response("probit", 1, 5, (1.0, 2.0, 3.5, 5.0), tuple(CUTS), 1.2)
N_USERS, N_MOVIES = 120, 80


def planted(n: int = 6_000, seed: int = 0) -> tuple[Ratings, np.ndarray]:
    """Ratings by LEVELS and CUTS of logits of one factor and biases, and these logits of the whole table."""
    random = np.random.default_rng(seed)
    logits = np.outer(random.normal(0, 0.7, N_USERS), random.normal(0, 0.7, N_MOVIES))
    logits += random.normal(0, 0.5, (N_USERS, 1)) + random.normal(0, 0.6, N_MOVIES)
    users, movies = np.divmod(random.permutation(logits.size)[:n], N_MOVIES)
    latent = logits[users, movies] + random.normal(size=n)
    values = LEVELS[np.searchsorted(CUTS, latent)].astype(np.float32)
    return Ratings(users.astype(np.int32), movies.astype(np.int32), values), logits


def training(**given: object) -> Training:
    recipe = find_recipe("bayes")
    small = {"factors": 1, "epochs": 120, "burn_in": 40, "keep": 40, "validation": 0.1, "audience": False}
    hyper = recipe.check(small | {"likelihood": "ordinal"} | given)
    made = Training(TrainingSpec(recipe, hyper, planted()[0], N_USERS, N_MOVIES, Scale(1, 5, 0.5), 0))
    made.prepare()
    return made


@pytest.fixture(scope="module")
def undisturbed() -> tuple[Parameters, list[Metrics], Any]:
    """What was learned, the curve, and the state after 60 of 120 draws."""
    done = training()
    first = list(islice(done, 60))
    state = done.state()
    points = [tick.metrics for tick in (*first, *done) if tick.metrics]
    return done.parameters(), points, state


@pytest.fixture(scope="module")
def whole(undisturbed: tuple[Parameters, list[Metrics], Any]) -> Parameters:
    return undisturbed[0]


def all_logits(p: Parameters) -> np.ndarray:
    return np.asarray(p.user_factors @ p.movie_factors.T + p.user_bias[:, None] + p.movie_bias + p.global_bias)


# -- the draws -------------------------------------------------------------------------------


@pytest.mark.long
def test_planted_cut_points_are_found_and_move_freely() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(0, 0.8, 5_000)
    level = np.searchsorted(CUTS, logits + random.normal(size=5_000))
    ordinal = Ordinal(LEVELS[level].astype(np.float32))
    cuts = []
    for draw in range(150):
        seeds = np.stack([np.zeros(3), 3 * draw + np.arange(3)], 1).astype(np.int32)
        latent, _ = ordinal.draw(tf.constant(logits, tf.float32), seeds)
        cuts.append(ordinal.cuts.numpy())

    mean, std = np.mean(cuts[10:], 0), np.std(cuts[10:], 0)
    assert (np.abs(mean - CUTS) < 4 * std).all()
    assert std.max() < 0.05
    assert len({tuple(at) for at in cuts}) > 120  # proposals are taken nearly always
    assert abs(np.corrcoef(np.array(cuts[11:])[:, 0], np.array(cuts[10:-1])[:, 0])[0, 1]) < 0.3
    ends = np.concatenate([[-np.inf], cuts[-1], [np.inf]])
    assert (latent.numpy() > ends[level] - 1e-5).all()
    assert (latent.numpy() < ends[level + 1] + 1e-5).all()
    assert np.std(latent.numpy() - logits) == pytest.approx(1, abs=0.05)


def test_ratings_far_from_their_logits_are_drawn_all_the_same() -> None:
    ordinal = Ordinal(np.array([1, 1, 2, 2], np.float32))
    latent, _ = ordinal.draw(tf.constant([30.0, -30.0, 30.0, -30.0]), np.arange(6, dtype=np.int32).reshape(3, 2))

    assert np.isfinite(latent.numpy()).all()


def test_ratings_that_are_no_steps_are_refused() -> None:
    with pytest.raises(UsageError, match="ordinal is for up to 20 steps; the ratings have 21"):
        Ordinal(np.arange(21, dtype=np.float32))


# -- the link --------------------------------------------------------------------------------


def test_probabilities_sum_to_one_and_the_rating_is_their_mean() -> None:
    logits = np.linspace(-9, 9, 41)
    chances = PROBIT.probabilities(logits)

    assert (chances >= 0).all()
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-12)
    np.testing.assert_allclose(chances @ LEVELS, PROBIT.rating(logits), atol=1e-6)
    assert (np.diff(PROBIT.rating(logits)) > 0).all()
    exact = [(1 + math.erf((cut - 0.3) / 1.2 / math.sqrt(2))) / 2 for cut in CUTS]
    np.testing.assert_allclose(np.cumsum(PROBIT.probabilities(np.array(0.3)))[:-1], exact, atol=1e-7)
    np.testing.assert_allclose(normal_share(-logits) + normal_share(logits), 1, atol=1e-12)


@pytest.mark.parametrize("response", [PROBIT, Response("sigmoid", 0.5, 5.5), Response("linear", 1, 5)])
def test_the_slope_is_the_ratings(response: Response) -> None:
    logits = np.linspace(-3, 3, 13)
    steps = (response.rating(logits + 1e-3) - response.rating(logits - 1e-3)) / 2e-3

    np.testing.assert_allclose(response.slope(logits), steps, atol=1e-3)


def test_it_is_saved_with_the_model(tmp_path: Path) -> None:
    toy = toy_factors()
    probit = {"link": "probit", "lo": 1.0, "hi": 5.0, "levels": PROBIT.levels, "cuts": PROBIT.cuts, "spread": 1.2}
    save_factors(toy.with_parameters(replace(toy.parameters, **probit)), tmp_path)  # type: ignore[arg-type]

    assert load_factors(tmp_path, row_priors).parameters.response == PROBIT


# -- trainings -------------------------------------------------------------------------------


@pytest.mark.long
def test_it_learns_how_probable_each_step_is(whole: Parameters) -> None:
    ratings, logits = planted()
    seen = np.zeros(logits.shape, bool)
    seen[ratings.users, ratings.movies] = True
    exact = replace(PROBIT, spread=1.0).probabilities(logits[~seen])
    found = whole.response.probabilities(all_logits(whole)[~seen])

    assert whole.levels == PROBIT.levels
    np.testing.assert_allclose(np.diff(whole.cuts), np.diff(CUTS), atol=0.15)
    np.testing.assert_allclose(found.mean(0), exact.mean(0), atol=0.02)
    assert np.abs(found - exact).mean() < 0.05
    # Calibration: of what is said to have a probability around p, a share of p happens.
    for low in (0.0, 0.2, 0.4, 0.6):
        about = (found >= low) & (found < low + 0.2)
        assert exact[about].mean() == pytest.approx(found[about].mean(), abs=0.04)


def test_the_wide_model_predicts_the_mean_of_its_draws(whole: Parameters) -> None:
    p = whole
    assert p.member_user_bias is not None
    assert p.member_movie_bias is not None
    users, movies = (t.reshape(len(t), 40, 1) * np.sqrt(40) for t in (p.user_factors, p.movie_factors))
    each = np.einsum("uek,mek->ume", users, movies) + p.member_user_bias[:, None] + p.member_movie_bias[None]
    ratings = p.response.of_member.rating(each + np.array(p.member_global_bias))

    error = p.response.rating(all_logits(p)) - ratings.mean(2)
    assert np.sqrt(np.mean(error**2)) < 0.01  # how uncertain a logit is, is taken to be the same for all
    assert np.abs(error).max() < 0.1
    u, m = np.divmod(np.arange(N_USERS * N_MOVIES), N_MOVIES)
    std = member_std(p, p.user_factors[u], p.member_user_bias[u], m)
    assert std is not None
    np.testing.assert_allclose(std, ratings.std(2, ddof=1).ravel(), atol=1e-3)


@pytest.mark.long
def test_a_resumed_training_ends_with_the_same_bits(undisturbed: tuple[Parameters, list[Metrics], Any]) -> None:
    whole, _, broken = undisturbed
    resumed = training()
    resumed.restore(*broken)
    list(resumed)

    np.testing.assert_array_equal(resumed.parameters().user_factors, whole.user_factors)
    assert resumed.parameters().response == whole.response
    assert resumed.parameters().member_noise == whole.member_noise


@pytest.mark.long
def test_chains_have_latent_ratings_of_their_own_and_go_on_with_them() -> None:
    given = {"chains": 2, "epochs": 30, "burn_in": 10, "features": "implicit"}
    done, resumed = training(**given), training(**given)
    list(islice(done, 15))
    broken = done.state()
    points = [tick.metrics for tick in done if tick.metrics]
    resumed.restore(*broken)
    list(resumed)

    np.testing.assert_array_equal(resumed.parameters().movie_factors, done.parameters().movie_factors)
    assert points[-1].more["r_hat"] < 2


def test_its_curve_is_in_ratings(undisturbed: tuple[Parameters, list[Metrics], Any]) -> None:
    points = undisturbed[1][:40]

    best = math.sqrt(np.mean((planted()[0].values - planted()[0].values.mean()) ** 2))
    assert points[-1].train_rmse is not None
    assert points[-1].train_rmse < 0.9 * best
    assert points[-1].valid_rmse is not None
    assert points[-1].valid_rmse < best
