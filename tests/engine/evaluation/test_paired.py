"""Whether one model is better than another, or luckier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui.engine.evaluation.evaluate import evaluate
from mftui.engine.evaluation.paired import paired_difference
from mftui.engine.model.factors import Factors


def moved(model: Factors, by: float, seed: int = 0) -> Factors:
    """The model with other user biases."""
    p = model.parameters
    noise = by * np.random.default_rng(seed).normal(size=len(p.user_bias))
    return replace(model, parameters=replace(p, user_bias=(p.user_bias + noise).astype(np.float32)))


def test_it_is_the_difference_of_the_rmses() -> None:
    model = toy_factors(n_users=200)
    other = moved(model, 1.0)
    found = paired_difference(model, other)
    assert found is not None
    assert found["rmse"] == pytest.approx(evaluate(model)["rmse"] - evaluate(other)["rmse"], abs=1e-6)
    back = paired_difference(other, model)
    assert back is not None
    assert back["rmse"] == pytest.approx(-found["rmse"])
    assert back["standard_error"] == pytest.approx(found["standard_error"])


def test_chance_is_within_noise_as_often_as_it_should_be() -> None:
    """Two models that are equally good: each is the truth with other noise by user."""
    model = toy_factors(n_users=200)
    history = model.history
    users = np.repeat(np.arange(200), np.diff(history.offsets))
    truth = replace(model, history=replace(history, ratings=model.predict(users, history.movies)))
    pairs = [paired_difference(moved(truth, 0.3, 2 * i), moved(truth, 0.3, 2 * i + 1)) for i in range(100)]
    within = [pair["within_noise"] for pair in pairs if pair is not None]
    assert len(within) == 100
    assert 0.88 <= np.mean(within) <= 1.0
    worse = paired_difference(moved(truth, 1.0), truth)
    assert worse is not None
    assert worse["rmse"] > 0 and not worse["within_noise"]


def test_of_other_test_ratings_nothing_is_said() -> None:
    model = toy_factors()
    assert paired_difference(model, toy_factors(seed=1)) is None
    assert paired_difference(model, toy_factors(n_users=21)) is None
    assert paired_difference(toy_factors(test_fraction=0), toy_factors(test_fraction=0)) is None
    same = paired_difference(model, model)
    assert same is not None
    assert (same["rmse"], same["within_noise"]) == (0, True)
