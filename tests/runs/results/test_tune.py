"""A search for settings: trials are runs, the defaults come first, and a kill loses nothing that was known."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.runs import wait_until

from mftui.engine.recipes import RECIPES
from mftui.engine.training.memory import Sizes
from mftui.errors import UsageError
from mftui.runs.results.tune import searched, study_path, tune
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import find_run, list_runs
from mftui.runs.trainer.signals import Requests

pytest.importorskip("optuna")

SMALL = {"members": 1, "batch_size": 200, "epochs": 3}


def request(data: Path) -> TrainRequest:
    return TrainRequest(data=str(data), hyper=SMALL)


@pytest.mark.long
def test_a_killed_search_goes_on_with_the_trial_it_was_killed_in(ratings: Path, home: Path) -> None:
    command = [sys.executable, "-m", "mftui", "tune", "--data", str(ratings), "--name", "it", "--members", "1"]
    killed = subprocess.Popen(
        [*command, "--batch-size", "200", "--epochs", "3", "--trials", "9"],
        env={**os.environ, "MFTUI_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: any(run.metrics_path.exists() for run in list_runs()), "the first trial is being trained")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = len(list_runs())

    found = tune("it", None, before + 1, Requests())

    assert sorted(trial.number for trial in found) == list(range(before + 1))
    assert {find_run(trial.run).state for trial in found} == {"finished"}
    assert len(list_runs()) == before + 1
    assert [t.valid_rmse for t in found] == sorted(t.valid_rmse for t in found)
    first = next(trial for trial in found if trial.number == 0)
    rules = RECIPES["biased"].sized(RECIPES["biased"].check(SMALL), Sizes(30, 20, 500))
    assert first.hyper == {f.name: rules[f.name] for f in searched(RECIPES["biased"], SMALL)}
    assert find_run(first.run).config().hyper["validation"] == 0.1


def test_what_is_given_is_not_searched(ratings: Path) -> None:
    names = {field.name for field in searched(RECIPES["biased"], {"factors": 8})}

    assert names == {"epochs", "learning_rate", "prior_factors", "prior_biases"}
    with pytest.raises(UsageError, match="recipe post2019 has nothing left to search"):
        tune("none", TrainRequest(data=str(ratings), recipe="post2019"), 1, Requests())


def test_a_study_is_begun_once_and_found_by_name(ratings: Path) -> None:
    with pytest.raises(UsageError, match="no study named other"):
        tune("other", None, 1, Requests())
    study_path("mine").parent.mkdir(parents=True)
    study_path("mine").touch()
    with pytest.raises(UsageError, match="Continue with: mftui tune --resume mine"):
        tune("mine", request(ratings), 1, Requests())
    for name in ("../mine", "_mine", "-mine", "", "a" * 94, "a\u3164", "$(x)"):
        with pytest.raises(UsageError, match="invalid study name"):
            study_path(name)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_ranges_to_search_hold_the_default_and_lie_within_what_is_allowed(name: str) -> None:
    for field in RECIPES[name].fields:
        if field.search is not None:
            low, high = field.search
            assert isinstance(field.default, int | float)
            assert field.low <= low <= field.default <= high <= field.high
