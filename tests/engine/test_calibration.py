"""Calibration: bins of the prediction, each with what was really given."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui.engine.calibration import calibration
from mftui.engine.evaluation import evaluate


def test_bins_are_equally_full_and_go_up() -> None:
    predicted, actual = np.array([4.0, 1, 3, 2]), np.array([5.0, 1, 3, 1])

    assert calibration(predicted, actual, bins=2) == [
        {"n": 2, "predicted": 1.5, "actual": 1.0},
        {"n": 2, "predicted": 3.5, "actual": 4.0},
    ]


def test_few_ratings_make_few_bins() -> None:
    assert len(calibration(np.array([1.0, 2]), np.array([1.0, 2]))) == 2


def test_a_models_bins_hold_all_test_ratings() -> None:
    model = toy_factors(test_fraction=0.3)
    document = evaluate(model, k=3)

    test = model.history.part(held_out=True)
    bins = document["calibration"]
    assert sum(one["n"] for one in bins) == len(test)
    assert np.average([b["actual"] for b in bins], weights=[b["n"] for b in bins]) == pytest.approx(test.values.mean())
