"""Recipe `pmf`: ratings mapped to 0..1, a sigmoid of U·M alone, and a prior on squares or on norms."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import planted_training

from mftui.engine.model.parameters import Parameters


def misfit(p: Parameters) -> float:
    """Sum of squared errors on the scale from 0 to 1."""
    r = planted_ratings()
    guess = 1 / (1 + np.exp(-(p.user_factors[r.users] * p.movie_factors[r.movies]).sum(1)))
    return float((((r.values - SCALE.lo) / (SCALE.hi - SCALE.lo) - guess) ** 2).sum())


@pytest.mark.long
@pytest.mark.parametrize(("prior", "power"), [("gaussian", 2), ("norm", 1)])
def test_the_loss_is_the_papers_with_the_prior_asked_for(prior: str, power: int) -> None:
    training = planted_training("pmf", epochs=1, prior=prior, prior_users=0.7, prior_movies=0.2)
    p = training.parameters()
    lengths = [np.linalg.norm(table, axis=1) for table in (p.user_factors, p.movie_factors)]
    expected = misfit(p) + 0.7 * (lengths[0] ** power).sum() + 0.2 * (lengths[1] ** power).sum()

    (loss,) = [tick.metrics.train_loss for tick in training if tick.metrics]

    assert loss == pytest.approx(expected, rel=1e-4)
    assert_no_biases_and_the_range_of_the_scale(training.parameters())


def assert_no_biases_and_the_range_of_the_scale(p: Parameters) -> None:
    assert not p.user_bias.any()
    assert not p.movie_bias.any()
    assert p.global_bias == 0
    assert (p.lo, p.hi, p.link) == (SCALE.lo, SCALE.hi, "sigmoid")


def test_an_epoch_is_one_step_of_adam_over_everything() -> None:
    training = planted_training("pmf", epochs=3)
    assert (training.n_steps, training.steps_per_epoch) == (3, 1)
    before = training.parameters().user_factors
    next(iter(training))

    assert_no_biases_and_the_range_of_the_scale(training.parameters())
    moved = np.abs(training.parameters().user_factors - before)
    assert np.median(moved) == pytest.approx(0.01, rel=1e-2)  # Adam's first step is the rate itself


@pytest.mark.long
@pytest.mark.parametrize(("prior", "steps"), [("gaussian", 100), ("norm", 1_000)])
def test_each_prior_has_its_own_number_of_steps(prior: str, steps: int) -> None:
    assert planted_training("pmf", prior=prior).n_steps == steps
