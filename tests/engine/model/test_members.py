"""The members' spread, from the wide model alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.planted import planted_ratings
from helpers.trainings import planted_training

from mftui.data.dataset import Ratings
from mftui.engine.model.members import member_logits, member_std
from mftui.engine.model.parameters import Parameters


@pytest.fixture(scope="module")
def wide() -> Parameters:
    training = planted_training("biased", members=3, factors=4, epochs=4, audience=False)
    list(training)
    return training.parameters()


def logits(p: Parameters, r: Ratings) -> np.ndarray:
    assert p.member_user_bias is not None
    return member_logits(p, p.user_factors[r.users], p.member_user_bias[r.users], r.movies)


@pytest.mark.long
def test_the_members_mean_is_the_models_own_logit(wide: Parameters) -> None:
    r = planted_ratings()
    own = (wide.user_factors[r.users] * wide.movie_factors[r.movies]).sum(1)
    own = own + wide.user_bias[r.users] + wide.movie_bias[r.movies] + wide.global_bias

    np.testing.assert_allclose(logits(wide, r).mean(1), own, atol=1e-5)


def test_the_spread_is_that_of_the_members_ratings(wide: Parameters) -> None:
    r = planted_ratings()
    assert wide.member_user_bias is not None
    std = member_std(wide, wide.user_factors[r.users], wide.member_user_bias[r.users], r.movies)

    ratings = [wide.lo + (wide.hi - wide.lo) / (1 + np.exp(-z)) for z in logits(wide, r)[0]]
    assert std is not None
    assert std.shape == (len(r),)
    assert std[0] == pytest.approx(np.std(ratings, ddof=1), rel=1e-4)
    assert (std > 0).all()


def test_equal_members_do_not_disagree(wide: Parameters) -> None:
    def alike(table: np.ndarray) -> np.ndarray:
        return np.tile(table[:, :4], 3)

    assert wide.member_user_bias is not None
    assert wide.member_movie_bias is not None
    same = replace(
        wide,
        user_factors=alike(wide.user_factors),
        movie_factors=alike(wide.movie_factors),
        member_user_bias=np.tile(wide.member_user_bias[:, :1], 3),
        member_movie_bias=np.tile(wide.member_movie_bias[:, :1], 3),
        member_global_bias=wide.member_global_bias[:1] * 3,
    )
    assert same.member_user_bias is not None
    std = member_std(same, same.user_factors[:1], same.member_user_bias[:1], np.arange(10))
    assert std is not None
    assert std.max() < 1e-5


def test_one_member_has_no_spread(wide: Parameters) -> None:
    assert member_std(replace(wide, members=1), wide.user_factors[:1], None, np.arange(3)) is None


def test_the_spread_of_one_users_row_for_many_movies_is_that_of_each_pair(wide: Parameters) -> None:
    biases = wide.member_user_bias
    assert biases is not None
    std = member_std(wide, wide.user_factors[7:8], biases[7:8], np.arange(80))
    pairs = member_std(wide, wide.user_factors[[7] * 80], biases[[7] * 80], np.arange(80))
    assert std is not None
    assert pairs is not None
    np.testing.assert_allclose(std, pairs, atol=1e-6)
