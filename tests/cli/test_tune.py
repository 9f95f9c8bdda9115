"""`mftui tune`: what it ends with can be trained as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command import call
from helpers.runs import write_ratings

pytest.importorskip("optuna")

Capture = pytest.CaptureFixture[str]


@pytest.mark.long
def test_it_ends_with_the_command_that_trains_the_best(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    ratings = write_ratings(tmp_path / "my ratings.csv")
    options = ["--members", "1", "--batch-size", "200", "--epochs", "2", "--split-seed", "4", "--trials", "1"]

    told = call(capfd, "tune", "--data", str(ratings), "--name", "mine", *options)
    document = call(capfd, "tune", "--resume", "mine", "--trials", "1", "--json").document

    assert told.code == 0
    assert "1 trials, best first, by 10 % of the training ratings" in told.out
    command = told.out.splitlines()[-1]
    assert (
        f"mftui train --data '{ratings}' --split-seed 4 --recipe biased --members 1 --epochs 2 --batch-size 200"
        in command
    )
    assert "--factors 16 --learning-rate 0.07" in command
    assert "validation" not in command and "audience" not in command
    assert (document["study"], document["recipe"], document["validation"]) == ("mine", "biased", 0.1)
    assert document["n_trials"] == 1
