"""`mftui evaluate` on folds: what it says, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command import call
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, write_ratings

from mftui.runs.results import evaluate
from mftui.runs.store.run import Run, create_run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(evaluate, "Training", NumpyTraining)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return create_run(request(write_ratings(tmp_path / "ratings.csv"), epochs=2))


def test_folds_are_measured_beside_the_baselines_with_data_and_split_named(capfd: Capture, run: Run) -> None:
    told = call(capfd, "evaluate", "--run", run.id, "--folds", "2")

    assert told.code == 0
    assert f"Mean over 2 random folds (seed 0) of ratings.csv, trained as run {run.id}" in told.out
    for words in ("RMSE", "MAE", "NDCG@10", "recall@10", "coverage", "user and movie bias", "most rated first"):
        assert words in told.out
    assert "Calibration by bins" in told.out
    assert told.err.splitlines()[0].startswith("fold 1 of 2 (seed 0): RMSE")


def test_given_folds_come_from_beside_the_runs_data(capfd: Capture, run: Run, tmp_path: Path) -> None:
    header, *lines = (tmp_path / "ratings.csv").read_text().splitlines()
    for name, part in (("f1.base", lines[200:]), ("f1.test", lines[:200])):
        (tmp_path / name).write_text("\n".join([header, *part]) + "\n")

    document = call(capfd, "evaluate", "--run", run.id, "--fold-files", "f*.base", "--json").document

    assert document["split"] == "given folds f*.base"
    assert [(one["split"], one["n_test"]) for one in document["folds"]] == [("f1.test", 200)]
    assert document["std"]["rmse"] == 0


@pytest.mark.parametrize("pattern", ["/etc/*.base", "**x/*", "*/" * 3000 + "x"])
def test_what_is_no_pattern_of_names_is_refused(capfd: Capture, run: Run, pattern: str) -> None:
    told = call(capfd, "evaluate", "--run", run.id, "--fold-files", pattern)
    # From Python 3.13 on, "**x" is a pattern like "*x".
    assert told.code == 2 and ("no pattern of names" in told.err or f"no file matches {pattern}" in told.err)


def test_only_one_way_to_choose_what_is_tested_on(capfd: Capture, run: Run) -> None:
    told = call(capfd, "evaluate", "--run", run.id, "--folds", "2", "--fold-files", "f*.base")

    assert told.code == 2
    assert "give only one" in told.err
