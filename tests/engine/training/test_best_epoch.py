"""Which epoch's model is kept: chance alone does not choose an earlier one."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.engine.training.best_epoch import BestEpoch
from mftui.engine.training.learner import KeepMode

BASE = np.random.default_rng(0).random(400, dtype=np.float32)
JITTER = np.random.default_rng(1).normal(0, 0.1, 400).astype(np.float32)


def kept(mode: KeepMode, *epochs: np.ndarray) -> int | None:
    judge = BestEpoch()
    for epoch, errors in enumerate(epochs, 1):
        judge.judge(epoch, errors, mode)
    return judge.epoch


def test_the_lowest_error_is_kept() -> None:
    assert kept("best", BASE, BASE - 0.1, BASE) == 2


@pytest.mark.parametrize(("mode", "epoch"), [("best", 1), ("one_standard_error", 2), ("last", 2)])
def test_a_rise_within_chance_is_no_reason_to_go_back_once_the_steps_have_settled(mode: KeepMode, epoch: int) -> None:
    by_chance = BASE + JITTER - JITTER.mean() + np.float32(0.002)

    assert kept(mode, BASE, by_chance) == epoch


def test_a_rise_beyond_chance_is() -> None:
    assert kept("one_standard_error", BASE, BASE + np.abs(JITTER)) == 1


def test_small_rises_do_not_add_up() -> None:
    drifting = [BASE + JITTER - JITTER.mean() + np.float32(rise) for rise in (0.006, 0.012, 0.018)]

    assert kept("one_standard_error", BASE, *drifting) == 2


def test_it_goes_on_where_it_was() -> None:
    first, second = BestEpoch(), BestEpoch()
    first.judge(1, BASE, "one_standard_error")

    second.restore(first.arrays(), first.numbers())

    assert not second.judge(2, BASE + np.abs(JITTER), "one_standard_error")
    assert second.judge(3, BASE - 0.1, "one_standard_error")
    assert second.rmse < first.rmse
