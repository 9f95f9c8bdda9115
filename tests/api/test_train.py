"""Trainings from Python: in memory or as a run, watched, interrupted, in a thread; and what is wrong with a call."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.planted import planted_ratings

import mftui
from mftui.api.progress import NotebookBar, progress_for
from mftui.errors import MftuiError

FIELDS: dict[str, Any] = {"factors": 4, "members": 1, "audience": False, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    ratings = planted_ratings(60, 40, 1_500, seed=0)
    return pd.DataFrame({"user_id": ratings.users, "movie_id": ratings.movies, "rating": ratings.values})


def test_a_frame_is_trained_on_in_memory(frame: pd.DataFrame, home: Path) -> None:
    lines: list[dict[str, Any]] = []
    model = mftui.train(frame, epochs=3, callback=lines.append, **FIELDS)
    assert model.run is None and "in memory" in repr(model)
    assert model.user_factors.shape == (60, 4)
    assert model.evaluate()["n_test"] == 150
    assert lines[-1]["epoch"] == 3.0
    assert {"step", "epoch", "seconds", "train_loss", "train_rmse", "valid_rmse", "learning_rate"} <= set(lines[-1])
    assert not home.exists()


def test_the_same_seed_gives_the_same_numbers(frame: pd.DataFrame) -> None:
    one, same, other = (mftui.train(frame, "als", factors=3, epochs=1, seed=seed) for seed in (0, np.int64(0), 1))
    assert np.array_equal(one.movie_factors, same.movie_factors)
    assert not np.array_equal(one.movie_factors, other.movie_factors)


def test_a_named_training_is_a_run(frame: pd.DataFrame, home: Path) -> None:
    lines: list[dict[str, Any]] = []
    test = frame.iloc[:50]
    model = mftui.train(frame.iloc[50:], test=test, name="evening", epochs=2, callback=lines.append, **FIELDS)
    assert model.run is not None and model.run.state == "finished"
    assert mftui.open_run("evening").run == model.run
    written = [json.loads(line) for line in model.run.metrics_path.read_text().splitlines()]
    assert lines == written, "the callback sees what the file holds"
    in_memory = mftui.train(frame.iloc[50:], test=test, epochs=2, **FIELDS)
    assert np.array_equal(in_memory.movie_factors, model.movie_factors)
    assert in_memory.evaluate()["rmse"] == pytest.approx(model.evaluate()["rmse"])


def test_a_data_set_read_from_files_is_read_again_as_it_was(tmp_path: Path, frame: pd.DataFrame, home: Path) -> None:
    named = frame.set_axis(["who", "film", "stars"], axis=1)
    named.iloc[50:].to_csv(tmp_path / "train.csv", index=False)
    named.iloc[:50].to_csv(tmp_path / "test.csv", index=False)
    columns = {"user": "who", "movie": "film", "rating": "stars"}
    data = mftui.read_ratings(tmp_path / "train.csv", test=tmp_path / "test.csv", columns=columns)
    model = mftui.train(data, "als", name="files", factors=3, epochs=1)
    assert model.factors.meta["fingerprint"] == data.data.fingerprint
    assert model.evaluate()["n_test"] == 50
    assert not (home / "datasets").exists(), "nothing is kept twice"


def test_recipes_presets_and_splits(frame: pd.DataFrame) -> None:
    timed = frame.assign(timestamp=np.arange(len(frame)))
    model = mftui.train(timed, "als", preset="default", factors=3, epochs=2, split="temporal", test_fraction=0.2)
    assert "als" in repr(model) and model.evaluate()["n_test"] == 300
    with pytest.raises(ValueError, match="held no ratings out"):
        mftui.train(frame, "als", factors=3, epochs=1, split="none").evaluate()


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"epoch": 3}, TypeError, "no field epoch. Near: epochs"),
        ({"learning_rat": 3}, TypeError, "learning_rate"),
        ({"test_fractoin": 0.3}, TypeError, "test_fraction"),
        ({"chains": 2}, TypeError, "These recipes have it: bayes"),
        ({"epochs": 0}, ValueError, "outside 1 to"),
        ({"factors": "many"}, ValueError, "not a whole number"),
        ({"recipe": "magic"}, ValueError, "biased"),
        ({"preset": "magic"}, ValueError, "preset"),
        ({"split": "magic"}, ValueError, "leave-last"),
        ({"split": "temporal"}, ValueError, "timestamps"),
        ({"test_fraction": 1.5}, ValueError, "between 0 and 1"),
        ({"seed": -1}, ValueError, "seed"),
    ],
    ids=lambda given: str(given) if isinstance(given, dict) else "",
)
def test_a_wrong_argument_is_said_before_anything_is_imported(
    frame: pd.DataFrame, given: dict[str, Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said) as raised:
        mftui.train(frame, **given)
    assert isinstance(raised.value, MftuiError)


@pytest.mark.long
@pytest.mark.parametrize("name", [None, "stopped"])
def test_an_interrupt_stops_and_keeps_the_model(frame: pd.DataFrame, home: Path, name: str | None) -> None:
    handler = signal.getsignal(signal.SIGINT)
    lines: list[dict[str, Any]] = []

    def interrupt_in_epoch_3(line: dict[str, Any]) -> None:
        lines.append(line)
        if line["epoch"] >= 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.warns(UserWarning, match="Interrupted after epoch 3 of 500"):
        model = mftui.train(frame, name=name, epochs=500, callback=interrupt_in_epoch_3, **FIELDS)
    assert lines[-1]["epoch"] < 5 and np.isfinite(model.movie_factors).all() and model.movie_factors.any()
    assert signal.getsignal(signal.SIGINT) is handler
    assert model.run is None or model.run.state == "stopped"


def test_an_interrupt_from_the_callback_keeps_the_model_too(frame: pd.DataFrame) -> None:
    def interrupt(line: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="Interrupted"):
        assert mftui.train(frame, "als", factors=3, callback=interrupt).movie_factors.any()


def test_a_fault_in_the_callback_is_not_hidden(frame: pd.DataFrame) -> None:
    with pytest.raises(ZeroDivisionError):
        mftui.train(frame, "als", factors=3, callback=lambda line: 1 / 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [None, "thread"])
def test_a_training_in_a_thread(frame: pd.DataFrame, home: Path, name: str | None) -> None:
    found: list[object] = []

    def work() -> None:
        try:
            found.append(mftui.train(frame, "als", name=name, factors=3, epochs=2))
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test is to show it
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert isinstance(found[0], mftui.Model)


@pytest.mark.long
@pytest.mark.parametrize("name", [None, "diverged"])
def test_a_diverged_training_says_so(frame: pd.DataFrame, home: Path, name: str | None) -> None:
    with pytest.raises(MftuiError, match="diverged"):
        mftui.train(frame, "funk", name=name, epochs=5, learning_rate=1, factors=4)


def test_progress_shows_where_somebody_looks(frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    mftui.train(frame, "als", factors=3, epochs=1)
    assert stream.getvalue() == "", "no terminal: nothing"
    mftui.train(frame, "als", factors=3, epochs=1, progress=True)
    assert "epoch 1/1" in stream.getvalue()


def test_progress_in_a_notebook_is_drawn_in_place(frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data))

    def display(data: dict[str, str], raw: bool, display_id: bool) -> SimpleNamespace:
        shown.append(data)
        return handle

    shell = SimpleNamespace(kernel=object())
    ipython = SimpleNamespace(get_ipython=lambda: shell, display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert isinstance(progress_for(None), NotebookBar)
    assert not isinstance(progress_for(False), NotebookBar)
    mftui.train(frame, "als", factors=3, epochs=2)
    assert "<progress" in shown[-1]["text/html"] and "epoch 2/2" in shown[-1]["text/plain"]


QUIET = """
import sys, pandas as pd, numpy as np
assert not {heavy} & set(sys.modules) - {{"numpy", "pandas"}}
import mftui
users, movies = np.divmod(np.arange(600), 20)
frame = pd.DataFrame({{"user": users, "movie": movies, "rating": 1 + (movies + users % 2) % 5}})
assert "tensorflow" not in sys.modules
mftui.read_ratings(frame)
assert "tensorflow" not in sys.modules
print(mftui.train(frame, factors=2, members=1, epochs=40, audience_factors=2))
"""


def test_in_memory_nothing_is_left_and_nothing_is_said(tmp_path: Path) -> None:
    places = {name: tmp_path / name for name in ("home", "tmp", "work", "data")}
    for place in places.values():
        place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", QUIET.format(heavy={"tensorflow", "keras"})],
        cwd=places["work"],
        env={"HOME": str(places["home"]), "TMPDIR": str(places["tmp"]), "XDG_DATA_HOME": str(places["data"])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "in memory" in done.stdout
    assert done.stderr == ""
    assert {name: [*place.iterdir()] for name, place in places.items()} == {name: [] for name in places}


@pytest.mark.long
@pytest.mark.parametrize("name", [None, "poor"])
def test_a_model_worse_than_the_mean_says_so(frame: pd.DataFrame, home: Path, name: str | None) -> None:
    with pytest.warns(UserWarning, match="worse than the plain mean"):
        mftui.train(frame, name=name, epochs=1, **{**FIELDS, "learning_rate": 10.0})
