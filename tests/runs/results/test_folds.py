"""Cross-validation: every rating is tested on once, and given folds are taken as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.numpy_training import NumpyTraining
from helpers.runs import request

from mftui.data.loading.load import open_dataset
from mftui.data.reading.options import ReadOptions
from mftui.engine.evaluation.calibration import INTERVAL_LEVELS
from mftui.errors import RunError, UsageError
from mftui.runs.results.evaluate import cross_validate, given_folds, random_folds
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import create_run
from mftui.runs.trainer.main import train


def test_each_rating_is_tested_on_once_and_never_trained_on_there(ratings: Path) -> None:
    data = open_dataset(str(ratings))
    splits = [fold.split for fold in random_folds(data, 5, seed=0)]

    tested = np.concatenate([split.test_rows for split in splits])
    assert sorted(tested) == list(range(len(data.ratings)))
    for split in splits:
        assert not set(split.test_rows) & set(split.train_rows)
        assert len(split.test_rows) + len(split.train_rows) == len(data.ratings)


def test_given_folds_pair_each_training_file_with_its_test(ratings: Path, tmp_path: Path) -> None:
    header, *lines = ratings.read_text().splitlines()
    for fold, cut in (("f1", 100), ("f2", 200)):
        (tmp_path / f"{fold}.base").write_text("\n".join([header, *lines[cut:]]) + "\n")
        (tmp_path / f"{fold}.test").write_text("\n".join([header, *lines[:cut]]) + "\n")

    found = list(given_folds(tmp_path, "f*.base", ReadOptions()))
    assert [(fold.label, len(fold.split.test_rows)) for fold in found] == [("f1.test", 100), ("f2.test", 200)]
    with pytest.raises(UsageError, match="no file matches"):
        list(given_folds(tmp_path, "g*.base", ReadOptions()))
    (tmp_path / "f2.test").unlink()
    with pytest.raises(UsageError, match=r"the test file f2\.test is missing"):
        list(given_folds(tmp_path, "f*.base", ReadOptions()))


SMALL = {"members": 1, "factors": 4, "audience": False}


@pytest.mark.long
def test_it_trains_as_the_run_does_gives_mean_and_spread_and_says_what_was_measured_on(ratings: Path) -> None:
    run = create_run(request(ratings, epochs=2, hyper=SMALL))
    told: list[dict[str, Any]] = []

    found = cross_validate(run, 2, None, 5, told.append)

    errors = [one["rmse"] for one in found["folds"]]
    assert len(told) == found["n_folds"] == 2
    assert found["mean"]["rmse"] == pytest.approx(np.mean(errors))
    assert found["std"]["rmse"] == pytest.approx(np.std(errors, ddof=1))
    assert {"rmse", "mae", "ndcg@5"} <= found["baselines"]["bias"].keys()
    assert {"recall@5", "mean_popularity"} <= found["baselines"]["popularity"].keys()

    assert found["dataset"] == "ratings.csv"
    assert found["split"] == "2 random folds (seed 0)"
    assert [one["split"] for one in found["folds"]] == ["fold 1 of 2 (seed 0)", "fold 2 of 2 (seed 0)"]
    assert sum(one["n"] for one in found["calibration"]) == sum(one["n_test"] for one in found["folds"]) == 1_500


@pytest.mark.long
def test_of_draws_the_coverage_of_their_intervals_is_given_over_the_folds(ratings: Path) -> None:
    hyper = {"factors": 2, "epochs": 30, "audience": False}
    run = create_run(TrainRequest(data=str(ratings), recipe="bayes", hyper=hyper))
    found = cross_validate(run, 2, None, 10, lambda one: None)

    whole, folds = found["uncertainty"], [one["uncertainty"] for one in found["folds"]]
    assert whole["n"] == 1_500
    assert [one["level"] for one in whole["coverage"]] == pytest.approx(INTERVAL_LEVELS)
    for at, one in enumerate(whole["coverage"]):
        assert one["covered"] == pytest.approx(np.mean([fold["coverage"][at]["covered"] for fold in folds]))
    assert sum(one["n"] for one in whole["by_spread"]) == 1_500


def test_it_is_refused_on_data_that_has_changed(ratings: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(ratings.read_text())
    run = create_run(request(mine, epochs=1))
    train(run, make_training=NumpyTraining)
    mine.write_text("\n".join(mine.read_text().splitlines()[:-1]) + "\n")

    with pytest.raises(RunError, match="has changed since this run began"):
        cross_validate(run, 2, None, 10, lambda one: None)
