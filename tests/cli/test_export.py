"""`mftui export`: what it writes, says, refuses, and never imports."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest
from helpers.command import call
from helpers.models import toy_run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def test_json_names_the_place_and_the_files(capfd: Capture, home: Path) -> None:
    run = toy_run(home)
    answer = call(capfd, "export", "toy", home / "out", "--to", "csv", "-n", "2", "--json")
    assert answer.code == 0 and answer.err == ""
    document = answer.document
    assert (document["run"], document["state"], document["to"]) == (run.id, "finished", "csv")
    assert set(document["files"]) == {"movies.csv", "users.csv", "recommendations.csv", "model.json"}
    assert all((Path(document["path"]) / name).stat().st_size == n for name, n in document["files"].items())


def test_people_are_told_how_to_go_on(capfd: Capture, home: Path) -> None:
    toy_run(home)
    answer = call(capfd, "export", "toy", home / "out", "--to", "projector")
    assert f"in {home / 'out'}" in answer.out and "tensorboard --logdir" in answer.err


def test_a_model_that_is_still_trained_is_said_to_be(capfd: Capture, home: Path) -> None:
    toy_run(home, state="running")
    answer = call(capfd, "export", "toy", home / "w.h5", "--to", "hdf5")
    assert answer.code == 0 and "not finished" in answer.err
    with h5py.File(home / "w.h5") as file:
        assert set(file) == {"U", "M", "bu", "bm", "bg", "user_idx2id", "movie_idx2id"}


def test_what_makes_no_sense_is_refused(capfd: Capture, home: Path) -> None:
    toy_run(home)
    for arguments in (
        ("toy", "out"),
        ("toy", "out", "--to", "pickle"),
        ("toy", "out", "--to", "hdf5", "-n", "5"),
        ("toy", "out", "--to", "csv", "--rank", "watch"),
    ):
        answer = call(capfd, "export", *arguments)
        assert answer.code == 2 and answer.out == "", arguments
    assert call(capfd, "export", "nobody", "out", "--to", "csv").code == 2
    (home / "w.h5").write_text("mine")
    assert call(capfd, "export", "toy", home / "w.h5", "--to", "hdf5").code == 2
    assert (home / "w.h5").read_text() == "mine"
