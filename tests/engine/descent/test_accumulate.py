"""Large batches part by part: the same training as with whole ones, in less time and memory."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.planted import planted_ratings
from helpers.trainings import planted_training

from mftui.engine.descent import batches
from mftui.engine.descent.batches import Batches
from mftui.engine.training.training import Training

GIVEN: dict[str, Any] = {"members": 2, "factors": 3, "epochs": 4, "batch_size": 900, "audience": False, "patience": 9}


def curve(training: Training) -> list[list[float]]:
    points = [tick.metrics for tick in training if tick.metrics]
    return [[p.train_loss, p.train_rmse or 0.0, p.valid_rmse or 0.0] for p in points]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three to a batch."""
    monkeypatch.setattr(batches, "PART_NUMBERS", 300 * 8)


def test_a_batch_is_rounded_up_to_equal_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PART_NUMBERS", 250 * 8)
    ratings = planted_ratings()
    whole, cut = Batches(len(ratings), 900, 0), Batches(len(ratings), 900, 0, columns=8)
    assert (whole.parts, cut.parts) == (1, 4) and (whole.count, whole.updates) == (cut.count, cut.updates)
    assert 0 <= cut.size - whole.size < 4 and cut.size % 4 == 0
    order = cut.order(1)
    assert sorted(order.ravel()) == list(range(cut.count)) and (order == whole.order(1)).all()
    users = next(iter(cut.columns(ratings)))
    assert users.shape == (cut.count, cut.size)
    assert (np.diff(users) >= 0).all(), "a part has a range of the batch's users"


@cache
def by_parts() -> tuple[Training, list[list[float]], Any]:
    """An undisturbed training, its curve, and its state within the second epoch."""
    training = planted_training("biased", **GIVEN)
    points, state = [], None
    for tick in training:
        points += [tick.metrics] if tick.metrics else []
        if tick.step == training.steps_per_epoch + 2:
            state = training.state()
    return training, [[p.train_loss, p.train_rmse or 0.0, p.valid_rmse or 0.0] for p in points], state


@pytest.mark.long
@pytest.mark.parametrize(
    "more",
    [{}, pytest.param({"optimizer": "adafactor", "adaptive_priors": True}, marks=pytest.mark.long)],
    ids=["adam", "adafactor and adaptive priors"],
)
def test_the_loss_curve_is_that_of_whole_batches(more: dict[str, Any], request: pytest.FixtureRequest) -> None:
    whole = curve(planted_training("biased", **GIVEN, **more))
    request.getfixturevalue("parts")
    cut = curve(planted_training("biased", **GIVEN, **more)) if more else by_parts()[1]
    ends = [point for point in cut if point[2]]
    assert len(cut) == len(whole) == len(ends), "a point for each step"
    np.testing.assert_allclose([point[2] for point in ends], [point[2] for point in whole], atol=1e-5)


@pytest.mark.long
def test_resumed_within_an_epoch_it_ends_with_the_same_bits(parts: None) -> None:
    whole, _, stopped = by_parts()
    resumed = planted_training("biased", **GIVEN)
    resumed.restore(*stopped)
    list(resumed)
    a, b = whole.parameters(), resumed.parameters()
    assert (a.user_factors == b.user_factors).all() and (a.movie_bias == b.movie_bias).all()


@pytest.mark.long
def test_out_of_core_it_learns_the_same(parts: None, tmp_path: Path) -> None:
    in_memory = by_parts()[1]
    streamed = curve(planted_training("biased", stream_in=tmp_path, **GIVEN))
    assert len(streamed) == len(in_memory)
    assert abs(streamed[-1][2] - in_memory[-1][2]) < 0.03
