"""The post's predictions become stars without losing their order, and their error is that of a straight line."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.planted import SCALE, planted_ratings

from mftui.engine.descent.scaling import predicted, scaled
from mftui.engine.model.parameters import Parameters


@pytest.fixture(scope="module")
def shares() -> Parameters:
    rng = np.random.default_rng(3)
    users, movies, user_bias, movie_bias = (
        rng.normal(size=shape).astype(np.float32) for shape in ((120, 4), (80, 4), (120,), (80,))
    )
    return Parameters(users, movies, user_bias, movie_bias, -2.0, lo=0.0, hi=1.0)


@pytest.mark.parametrize("how", ["stars", "highest"])
def test_the_order_is_that_of_the_shares(shares: Parameters, how: str) -> None:
    ratings = planted_ratings()
    given = predicted(scaled(shares, how, ratings, SCALE), ratings)

    assert np.all(np.diff(given[np.argsort(predicted(shares, ratings))]) >= 0)


def test_stars_have_the_mean_and_the_spread_of_the_ratings(shares: Parameters) -> None:
    ratings = planted_ratings()

    found = predicted(scaled(shares, "stars", ratings, SCALE), ratings)

    assert (found.mean(), found.std()) == pytest.approx((ratings.values.mean(), ratings.values.std()), rel=1e-3)


def test_ratings_that_are_all_equal_leave_the_order(shares: Parameters) -> None:
    ratings = planted_ratings()
    equal = type(ratings)(ratings.users, ratings.movies, np.full(len(ratings), 4, dtype=np.float32))

    p = scaled(shares, "stars", equal, SCALE)

    assert 0 < p.hi - p.lo < 0.1


def test_the_posts_own_scaling_leaves_biases_out_and_fills_the_scale(shares: Parameters) -> None:
    p = scaled(shares, "post", planted_ratings(), SCALE)
    cells = p.response.rating(p.user_factors @ p.movie_factors.T + np.float32(p.global_bias))

    assert (cells.min(), cells.max()) == pytest.approx((SCALE.lo, SCALE.hi), abs=1e-3)
    assert not p.user_bias.any() and not p.movie_bias.any()
    assert np.corrcoef(cells.ravel(), (shares.user_factors @ shares.movie_factors.T).ravel())[0, 1] > 0.9999
