"""Calibration: bins of the prediction, each with what was really given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import toy_factors

from mftui.data.dataset import Ratings
from mftui.engine.evaluation import calibration as module
from mftui.engine.evaluation.calibration import INTERVAL_LEVELS, calibration, uncertainty
from mftui.engine.evaluation.evaluate import evaluate
from mftui.engine.model.factors import Factors
from mftui.engine.query.intervals import intervals_of_pairs


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


def believed(times: float = 1.0, n: int = 8_000) -> tuple[Factors, Ratings]:
    """A model, and ratings that are `times` as far from its predictions as those that were held out of its training."""
    model = with_members(toy_factors(n_users=200, test_fraction=0.5), noise=0.5)
    random = np.random.default_rng(0)
    history = model.history
    users = np.repeat(np.arange(200), np.diff(history.offsets))
    near = model.predict(users, history.movies) + 0.3 * random.normal(size=len(users))
    model = replace(model, history=replace(history, ratings=near.astype(np.float32)))
    some, movies = (random.integers(0, size, n).astype(np.int32) for size in (200, model.n_movies))
    values = model.predict(some, movies) + times * 0.3 * random.normal(size=n)
    return model, Ratings(some, movies, values.astype(np.float32))


def test_intervals_hold_ratings_as_often_as_they_say() -> None:
    model, test = believed()
    for found in (uncertainty(model, test, own=False), uncertainty(model, model.history.part(held_out=True))):
        assert found is not None
        assert [one["level"] for one in found["coverage"]] == list(INTERVAL_LEVELS)
        inner = [one for one in found["coverage"] if one["level"] >= 0.8]
        assert all(one["covered"] == pytest.approx(one["level"], abs=0.05) for one in inner)
        widths = [one["width"] for one in found["coverage"]]
        assert widths == sorted(widths)


def test_who_is_too_sure_is_found_out() -> None:
    model, test = believed(times=2.0)
    found = uncertainty(model, test, own=False)
    assert found is not None
    assert next(one["covered"] for one in found["coverage"] if one["level"] == 0.8) < 0.7


def test_no_rating_says_how_wide_its_own_interval_is() -> None:
    """Of the held-out ratings of the first half of the users, moved far away, none is held by what the others say."""
    model, _ = believed()
    first = np.random.default_rng(1).random(200) < 0.5
    users = np.repeat(np.arange(200), np.diff(model.history.offsets))
    far = np.where(first[users], 50, model.history.ratings).astype(np.float32)
    model = replace(model, history=replace(model.history, ratings=far))
    test = model.history.part(held_out=True)
    found = uncertainty(model, test)
    assert found is not None
    most = found["coverage"][-1]["covered"]
    assert most == pytest.approx(np.mean(~first[test.users]), abs=0.06)


def test_the_figure_is_of_the_interval_that_predict_shows() -> None:
    """Also where the ends are steps of the scale."""
    model, test = believed()
    levels = tuple(np.arange(0.5, 5.1, 0.5).tolist())
    model = replace(model, parameters=replace(model.parameters, levels=levels))
    test = Ratings(test.users, test.movies, (np.round(np.clip(test.values, 0.5, 5) * 2) / 2).astype(np.float32))
    found = uncertainty(model, test, own=False)
    assert found is not None
    for one in found["coverage"]:
        low, high = intervals_of_pairs(model, test.users, test.movies).interval(one["level"])
        assert one["covered"] == np.mean((low <= test.values) & (test.values <= high))
        assert one["width"] == pytest.approx(float(np.mean(high - low)))


def test_a_larger_plus_minus_stands_beside_its_error() -> None:
    model = with_members(toy_factors(n_users=80))
    test = model.history.part(held_out=True)
    found = uncertainty(model, test)

    assert found is not None
    reach = [one["plus_minus"] for one in found["by_spread"]]
    assert reach == sorted(reach)
    n = [one["n"] for one in found["by_spread"]]
    assert sum(n) == len(test)
    total = np.average([one["rmse"] ** 2 for one in found["by_spread"]], weights=n)
    assert np.sqrt(total) == pytest.approx(evaluate(model)["rmse"], abs=1e-6)


def test_of_many_test_ratings_a_sample_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAIRS", 1_000)
    model, test = believed()
    found = uncertainty(model, test, own=False)

    assert found is not None
    assert found["n"] == 1_000
    assert found == uncertainty(model, test, own=False)


def test_of_too_few_test_ratings_nothing_is_said() -> None:
    assert evaluate(toy_factors())["uncertainty"] is None
