"""A run that somebody hands over: what is in it leads nowhere, and what is told of it is true or said to be wrong."""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path

import pytest
from helpers.command import spoken
from helpers.hostile import STOPPED, outside_of, picture, whole_home
from helpers.hostile_contents import reseal
from helpers.models import toy_run
from helpers.numpy_training import NumpyTraining

from mftui.data.storage.integrity import CHECKSUM, sealed
from mftui.errors import FormatError, RunError
from mftui.reports import report_crash
from mftui.runs.store.run import Run, list_runs
from mftui.runs.trainer.main import train


@pytest.fixture
def outside(home: Path) -> Path:
    outside_of(home, home.parent / "outside")
    return home.parent / "outside"


def stopped_run(home: Path) -> Run:
    whole_home(home)
    return next(run for run in list_runs() if run.name == STOPPED)


@pytest.mark.parametrize("name", ["metrics.jsonl", "train.log", "lock"])
@pytest.mark.parametrize("to", ["secret", "new"])
def test_a_training_that_goes_on_writes_through_no_link(home: Path, outside: Path, name: str, to: str) -> None:
    run = stopped_run(home)
    (run.path / name).unlink(missing_ok=True)
    (run.path / name).symlink_to(outside / to)
    before = picture(outside)
    with pytest.raises(RunError, match="link"):
        train(run, resume=True, make_training=NumpyTraining)
    assert picture(outside) == before


def test_a_model_that_is_a_link_to_elsewhere_is_none_and_lends_no_files(home: Path, outside: Path) -> None:
    run = stopped_run(home)
    version = run.factors_path.resolve()
    run.factors_path.unlink()
    version.rename(outside / version.name)
    links = (str(outside / version.name), f"../../../outside/{version.name}", "../.factors-000001", ".")
    for to in links:
        run.factors_path.symlink_to(to)
        assert not run.has_factors
        run.factors_path.unlink()
    run.factors_path.symlink_to(links[0])
    before = picture(outside)
    train(run, resume=True, make_training=NumpyTraining)
    assert picture(outside) == before and run.state == "finished" and run.load_factors().n_movies
    assert all(path.stat().st_nlink == 1 for path in (outside / version.name).iterdir())


def test_event_files_are_written_into_no_linked_directory(
    home: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mftui.engine.export.events import EventLog

    monkeypatch.setitem(sys.modules, "tensorflow", types.ModuleType("tensorflow"))
    run = toy_run(home)
    run.events_path.symlink_to(outside / "directory")
    before = picture(outside)
    with pytest.raises(OSError, match="a link"):
        EventLog(run.events_path)
    assert picture(outside) == before


def test_old_crash_reports_are_dropped_from_no_linked_directory(home: Path, outside: Path) -> None:
    home.mkdir()
    (home / "crashes").symlink_to(outside / "directory")
    before = picture(outside)
    assert report_crash(ValueError("made by a test")).report is None
    assert picture(outside) == before


def test_a_run_in_the_trash_that_is_a_link_is_not_walked_through(home: Path, outside: Path) -> None:
    run = toy_run(home)
    before, of_run = picture(outside), picture(run.path)
    targets = [Path("/"), outside / "directory", run.path]
    for number, to in enumerate(targets):
        moment = home / "trash" / f"179581783060350433{number}"
        moment.mkdir(parents=True)
        (moment / "20260101-000000-biased-k4-all").symlink_to(to)
    assert "20260101" not in spoken("runs", "trash")
    pruned = spoken("runs", "prune")
    assert "20260101" not in pruned and pruned.endswith("\n0 B freed\n")
    assert pruned.count(": deleted for good\n") == len(targets), "what was no run is told by its name in the trash"
    assert list((home / "trash").iterdir()) == []
    assert picture(outside) == before and picture(run.path) == of_run


def test_one_bad_run_costs_one_line(home: Path) -> None:
    good = toy_run(home)
    for name in ("status.json", "config.json", "result.json", "notes.json"):
        bad = toy_run(home, name=f"bad-{name[:-5]}")
        (bad.path / name).unlink(missing_ok=True)
        os.mkfifo(bad.path / name)
    listed = spoken("runs", "ls")
    assert good.id in listed and listed.count("20260101-000000") == 5


@pytest.mark.parametrize("versions", [[1, "a"], {"mftui": [1, "a"]}, "text", {"mftui": {"a": 1}}])
def test_parts_of_a_wrong_type_count_as_missing(home: Path, versions: object) -> None:
    run = toy_run(home)
    document = json.loads((run.path / "config.json").read_bytes())
    document.pop(CHECKSUM, None)
    document |= {"versions": versions, "dataset": {"label": 1, "repairs": 7, "read_as": [3]}, "split": {"label": []}}
    (run.path / "config.json").write_text(json.dumps(sealed(document)))
    (run.path / "result.json").write_text(
        '{"test_rmse": "low", "epochs": [1], "seconds": {"train": 1e999}, "n_test": {}}'
    )
    for command in (("runs", "show", "toy"), ("runs", "ls"), ("report", "toy", "-o", str(home / "r.html"))):
        spoken(*command)
    assert (home / "r.html").exists()


@pytest.mark.parametrize(
    "name", ["history_movies", "history_offsets", "titles.offsets", "movie_counts", "user_factors"]
)
@pytest.mark.parametrize("value", [2**31 - 1, -1, float("nan")])
def test_arrays_with_values_out_of_range_are_refused_in_words(home: Path, name: str, value: float) -> None:
    import numpy as np

    run = toy_run(home)
    file = run.factors_path.resolve() / f"{name}.npy"
    array = np.load(file)
    if np.isnan(value) and array.dtype.kind != "f":
        pytest.skip("whole numbers are numbers")
    if value == -1 and array.dtype.kind == "f":
        pytest.skip("a factor may be so")
    array[-1] = value
    np.save(file, array)
    reseal(file)
    with pytest.raises(FormatError, match="damaged"):
        run.load_factors()
    assert "damaged" in spoken_error("similar", "1")


def spoken_error(*arguments: str) -> str:
    import io
    from contextlib import redirect_stderr, redirect_stdout

    from mftui.cli import run_command

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        assert run_command(list(arguments)) in (1, 2)
    assert "should not have happened" not in said.getvalue()
    return said.getvalue()


def test_a_link_to_a_run_that_a_user_names_is_followed(home: Path) -> None:
    import mftui

    run = toy_run(home)
    (home.parent / "latest").symlink_to(run.path)
    assert len(mftui.open_run(home.parent / "latest").movies)
