"""Calibration: bins of the prediction, each with what was really given."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import toy_factors

from mftui.data.dataset import Ratings
from mftui.engine.evaluation import calibration as module
from mftui.engine.evaluation.calibration import INTERVAL_LEVELS, calibration, uncertainty
from mftui.engine.evaluation.evaluate import evaluate
from mftui.engine.model.factors import Factors
from mftui.engine.query.intervals import predictive_distribution


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


def told(model: Factors, times: float = 1.0, n: int = 8_000) -> Ratings:
    """Ratings as the model believes them to be, but `times` as far from its expectation; in the scale."""
    random = np.random.default_rng(0)
    users = random.integers(0, model.n_users, n).astype(np.int32)
    movies = random.integers(0, model.n_movies, n).astype(np.int32)
    believed = predictive_distribution(model, users, movies)
    values = believed.mean + times * believed.rating_std * random.normal(size=n)
    return Ratings(users, movies, np.clip(values, model.scale.lo, model.scale.hi).astype(np.float32))


def test_intervals_of_what_is_as_believed_hold_it_as_often_as_they_say() -> None:
    model = with_members(toy_factors(), noise=0.5)
    found = uncertainty(model, told(model))

    assert found is not None
    assert (found["of"], found["members"]) == ("draws", 8)
    assert [one["level"] for one in found["coverage"]] == list(INTERVAL_LEVELS)
    inner = [one for one in found["coverage"] if one["level"] >= 0.3]
    assert all(one["covered"] == pytest.approx(one["level"], abs=0.04) for one in inner)
    widths = [one["width"] for one in found["coverage"]]
    assert widths == sorted(widths)


def test_who_is_too_sure_is_found_out() -> None:
    model = with_members(toy_factors(), noise=0.5)
    found = uncertainty(model, told(model, times=2.0))

    assert found is not None
    assert next(one["covered"] for one in found["coverage"] if one["level"] == 0.8) < 0.7


def test_members_that_are_no_draws_have_no_intervals_but_a_spread_beside_the_error() -> None:
    model = with_members(toy_factors())
    test = model.history.part(held_out=True)
    found = uncertainty(model, test)

    assert found is not None
    assert (found["of"], found["coverage"]) == ("members", None)
    stds = [one["std"] for one in found["by_spread"]]
    assert stds == sorted(stds)
    n = [one["n"] for one in found["by_spread"]]
    assert sum(n) == len(test)
    total = np.average([one["rmse"] ** 2 for one in found["by_spread"]], weights=n)
    assert np.sqrt(total) == pytest.approx(evaluate(model)["rmse"], abs=1e-6)


def test_of_many_test_ratings_a_sample_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAIRS", 1_000)
    model = with_members(toy_factors(), noise=0.5)
    found = uncertainty(model, told(model))

    assert found is not None
    assert found["n"] == 1_000
    assert found == uncertainty(model, told(model))


def test_one_member_has_no_uncertainty() -> None:
    model = toy_factors()
    assert evaluate(model)["uncertainty"] is None
