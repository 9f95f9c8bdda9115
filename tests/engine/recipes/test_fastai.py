"""Recipe `fastai`: true weight decay, one cycle of rate and momentum, small truncated embeddings, range 0 to 5.5."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.planted import planted_ratings
from helpers.trainings import planted_training

from mftui.engine.training.block import Metrics

EPOCHS = 5


def rates_of_updates(highest: float, updates: int) -> np.ndarray:
    """fastai's `combined_cos(0.25, lr / 25, lr, lr / 1e5)`."""
    done = np.arange(updates) / updates
    up = highest / 25 + (highest - highest / 25) * (1 - np.cos(np.pi * done / 0.25)) / 2
    down = highest + (highest / 1e5 - highest) * (1 - np.cos(np.pi * (done - 0.25) / 0.75)) / 2
    return np.where(done < 0.25, up, down)


@pytest.mark.long
def test_embeddings_and_biases_start_small_and_cut_off_at_two_deviations_and_the_range_is_0_to_5_and_a_half() -> None:
    p = planted_training("fastai").parameters()

    for table in (p.user_factors, p.movie_factors, p.user_bias, p.movie_bias):
        assert 0.006 < table.std() < 0.011
        assert np.abs(table).max() <= 0.02
    assert p.global_bias == 0
    assert (p.lo, p.hi) == pytest.approx((0.0, 5.5))


@pytest.mark.long
def test_what_has_no_ratings_decays_by_rate_times_decay_and_nothing_else() -> None:
    known = planted_ratings()
    ratings = known.take(known.users != 7)
    training = planted_training("fastai", ratings, weight_decay=0.5, epochs=EPOCHS)
    start = training.parameters().user_factors[7]
    updates = EPOCHS * round(len(ratings) / 64)

    list(training)

    left = np.prod(1 - 0.5 * rates_of_updates(0.005, updates))
    np.testing.assert_allclose(training.parameters().user_factors[7], start * left, rtol=1e-3)


@pytest.fixture(scope="module")
def points() -> list[Metrics]:
    """The curve of a training on planted ratings."""
    return [tick.metrics for tick in planted_training("fastai", epochs=40, validation=0.1) if tick.metrics]


@pytest.mark.long
def test_the_rate_goes_up_for_a_quarter_and_down_to_almost_nothing(points: list[Metrics]) -> None:
    rates = [point.learning_rate for point in points]

    assert rates[0] == pytest.approx(0.005 / 25, rel=1e-3)
    assert max(rates) == pytest.approx(0.005, rel=1e-3)
    assert np.argmax(rates) == pytest.approx(len(rates) / 4, abs=1)
    assert rates[-1] < 0.005 / 100


def test_momentum_is_lowest_where_the_rate_is_highest() -> None:
    from mftui.engine.descent.one_cycle import OneCycleAdamW

    optimizer = OneCycleAdamW(0.005, 0.1, updates=100)
    momentum = []
    for update in (0, 25, 100):
        optimizer.iterations.assign(update)
        momentum.append(float(optimizer.beta_1))

    assert momentum == pytest.approx([0.95, 0.85, 0.95])


def test_it_learns_what_was_planted(points: list[Metrics]) -> None:
    valid = [point.valid_rmse for point in points if point.valid_rmse]

    assert valid[-1] < 0.85 * valid[0]
