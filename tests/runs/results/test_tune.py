"""A search for settings: trials are runs, the defaults come first, and a kill loses nothing that was known."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.hostile_contents import BAD_VALUES
from helpers.live_run import log_metrics
from helpers.runs import wait_until

from mftui.data.storage.writing import exclusive
from mftui.engine.recipes import RECIPES
from mftui.engine.training.memory import Sizes
from mftui.errors import RunError, UsageError
from mftui.runs.results import tune as tuning
from mftui.runs.results.tune import searched, study_path, tune
from mftui.runs.store.config import write_config
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run, find_run, list_runs
from mftui.runs.store.status import DIVERGED, FINISHED, Status, write_status
from mftui.runs.trainer.prepare import open_data, with_data
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


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials end at once, each better than the one before."""

    def train(run: Run, **_: object) -> dict[str, Any]:
        dataset, split = open_data(run.request(), None)
        write_config(run.path, with_data(run.config(), dataset, split))
        log_metrics(run, {"step": 1, "valid_rmse": 1 / (1 + run.config().sequence)})
        write_status(run.path, Status(state=FINISHED))
        return {"state": FINISHED}

    monkeypatch.setattr(tuning, "train", train)


class Killed(BaseException):
    """Is raised in place of a death."""


@pytest.mark.parametrize("moment", ["_optuna", "_journal", "replace_own", "open_data"])
@pytest.mark.usefixtures("untrained")
def test_killed_while_it_is_made_a_study_is_there_as_a_whole_or_not_at_all(
    ratings: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(tuning, moment, die)
        tune("it", request(ratings), 1, Requests())
    assert [trial.number for trial in tune("it", request(ratings), 2, Requests())] == [1, 0]


@pytest.mark.parametrize("left", [b'{"op_code', b'{"op_code": 4}'[:5] * 20_000])
@pytest.mark.usefixtures("untrained")
def test_a_torn_last_line_is_cut_before_the_next_is_written(ratings: Path, left: bytes) -> None:
    tune("it", request(ratings), 1, Requests())
    whole = study_path("it").read_bytes()
    study_path("it").write_bytes(whole + left)
    study_path("it").with_name("it.jsonl.lock").symlink_to("it.jsonl")  # Optuna's, of the process that was killed
    assert len(tune("it", None, 2, Requests())) == 2
    assert study_path("it").read_bytes().startswith(whole + b"{")
    assert all(json.loads(line) for line in study_path("it").read_text().splitlines())


@pytest.mark.usefixtures("untrained")
def test_killed_before_the_study_knew_its_run_a_trial_goes_on_with_it(
    ratings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tune("it", request(ratings), 1, Requests())
    made = create_run

    def make_and_die(wanted: TrainRequest) -> None:
        write_status(made(wanted).path, Status(state="running"))
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(tuning, "create_run", make_and_die)
        tune("it", None, 2, Requests())
    assert [trial.number for trial in tune("it", None, 2, Requests())] == [1, 0]
    assert len(list_runs()) == 2


@pytest.mark.usefixtures("untrained")
def test_a_study_whose_data_have_changed_is_not_gone_on_with(ratings: Path, tmp_path: Path) -> None:
    data = tmp_path / "ratings.csv"
    data.write_bytes(ratings.read_bytes())
    tune("it", request(data), 1, Requests())
    data.write_bytes(ratings.read_bytes() + b"1,1,3\n")
    with pytest.raises(RunError, match="data have changed since study it began"):
        tune("it", None, 2, Requests())
    data.write_bytes(ratings.read_bytes())
    assert len(tune("it", None, 2, Requests())) == 2


@pytest.mark.usefixtures("untrained")
def test_a_study_is_worked_on_by_one_process_and_a_full_disk_is_said(
    ratings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tune("it", request(ratings), 1, Requests())
    with exclusive(study_path("it").with_name(".it.lock")), pytest.raises(RunError, match="by another process"):
        tune("it", None, 2, Requests())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tuning, "_try", full)
    with pytest.raises(RunError, match=r"No space left on device.*then: mftui tune --resume it"):
        tune("it", None, 2, Requests())


@pytest.mark.usefixtures("untrained")
def test_a_study_that_could_not_be_made_is_not_to_be_resumed(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tuning, "replace_own", full)
    with pytest.raises(RunError, match=r"No space left on device.*then: begin the study again"):
        tune("it", request(ratings), 1, Requests())
    assert not study_path("it").exists()


@pytest.mark.parametrize("content", [b"", b"{}\n", b"no\n", b"\0\xff\n"])
def test_a_study_that_is_damaged_is_said(ratings: Path, content: bytes) -> None:
    study_path("it").parent.mkdir(parents=True)
    study_path("it").write_bytes(content)
    with pytest.raises(RunError, match=r"it\.jsonl: (it was never begun|damaged).*begin the study anew"):
        tune("it", None, 2, Requests())


def altered(lines: list[str]) -> Iterator[list[str]]:
    """Every part of every line of a study as something else."""
    for at, line in enumerate(lines):
        document = json.loads(line)
        ways: list[tuple[str, ...]] = [(key,) for key in document]
        ways += [(key, inner) for key, part in document.items() if isinstance(part, dict) for inner in part]
        for way in ways:
            for value in BAD_VALUES:
                changed = json.loads(line)
                part = changed
                for key in way[:-1]:
                    part = part[key]
                part[way[-1]] = value
                yield [*lines[:at], json.dumps(changed), *lines[at + 1 :]]


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long), 23])
@pytest.mark.usefixtures("untrained")
def test_a_study_that_somebody_hands_over_goes_on_or_is_said_to_be_damaged(
    ratings: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    tune("it", request(ratings), 1, Requests())
    lines = study_path("it").read_text().splitlines()
    made = list_runs()[0]
    monkeypatch.setattr(tuning, "create_run", lambda asked: asked.checked() and made)
    said: Counter[str] = Counter()
    deep = [["[" * 100_000], ["[1]"], [f'{lines[0][:-1]}, "x": {"[" * 50_000}']]
    for content in [*deep, *list(altered(lines))[::every]]:
        study_path("it").write_text("\n".join(content) + "\n")
        try:
            tune("it", None, 2, Requests())
        except (RunError, UsageError) as error:
            said[error.hint] += 1
    assert sum(said.values()) > 5, said


@pytest.mark.usefixtures("untrained")
def test_a_search_in_which_all_trials_diverge_ends(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tune("it", request(ratings), 1, Requests())

    def diverge(run: Run, **_: object) -> dict[str, Any]:
        write_status(run.path, Status(state=DIVERGED))
        return {"state": DIVERGED}

    monkeypatch.setattr(tuning, "train", diverge)
    with pytest.raises(RunError, match=r"10 trials of study it have diverged.*lower learning rate.*--trials 1"):
        tune("it", None, 3, Requests())
    assert len(list_runs()) == 11
    assert [trial.number for trial in tune("it", None, 1, Requests())] == [0]


def test_a_study_without_end_is_not_read(ratings: Path) -> None:
    study_path("it").parent.mkdir(parents=True)
    study_path("it").write_bytes(b"{}\n")
    os.truncate(study_path("it"), 1 << 40)
    with pytest.raises(UsageError, match="MB: it is no study"):
        tune("it", None, 2, Requests())


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
