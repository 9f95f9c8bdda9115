"""Files that mftui itself wrote, damaged: the same content, an error in words, or made again; never a wrong number."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.chance import damaged, fuzzed
from helpers.command import spoken
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.numpy_training import NumpyTraining
from helpers.ratings_files import EXPECTED, movielens_csv, rows_of, write
from helpers.runs import request, save_small_checkpoint, write_ratings
from hypothesis import given
from hypothesis import strategies as st

from mftui.data.loading import cache, load
from mftui.data.loading.load import open_dataset
from mftui.engine.model.factors import Factors
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.query.neighbours import similar
from mftui.engine.query.recommend import recommend
from mftui.engine.recipes import row_priors
from mftui.errors import MftuiError
from mftui.runs.store.checkpoint import load_checkpoint
from mftui.runs.store.run import Run, create_run, find_run, list_runs
from mftui.runs.trainer.main import train
from mftui.settings import load_settings
from mftui.tui.monitor.snapshot import read_snapshot

pytestmark = pytest.mark.filterwarnings("error")

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def refused(work: Callable[[], Any]) -> bool:
    """Whether `work` ends in an error of mftui's own, which says something."""
    try:
        work()
    except MftuiError as error:
        assert len(error.message) > 10 and len(str(error)) < 2_000
        return True
    return False


@fuzzed()
@given(data=st.data())
def test_a_damaged_cache_is_never_believed(tmp_path: Path, home: Path, data: st.DataObject) -> None:
    directory = tmp_path / "m"
    if not directory.exists():
        movielens_csv(directory)
    shutil.rmtree(home / "cache", ignore_errors=True)
    whole = open_dataset(directory)
    titles = whole.movies.title_list
    (entry,) = (home / "cache").iterdir()
    file = data.draw(st.sampled_from(sorted(entry.iterdir())))
    write(file, data.draw(damaged(file.read_bytes())))
    again = open_dataset(directory)
    assert rows_of(again) == EXPECTED
    assert (again.fingerprint, again.scale, again.repairs) == (whole.fingerprint, whole.scale, whole.repairs)
    assert again.movies.title_list == titles


@fuzzed()
@given(name=st.sampled_from(["scale", "n_ratings", "test_from", "files", "titled", "repairs"]), value=JSON_VALUES)
def test_a_cache_of_odd_values_is_never_believed(tmp_path: Path, home: Path, name: str, value: Any) -> None:
    directory = movielens_csv(tmp_path / "m")
    shutil.rmtree(home / "cache", ignore_errors=True)
    open_dataset(directory)
    (entry,) = (home / "cache").iterdir()
    manifest = json.loads((entry / "dataset.json").read_text()) | {name: value}
    write(entry / "dataset.json", json.dumps(manifest))
    assert rows_of(open_dataset(directory)) == EXPECTED


CONFIG = (
    b'data = "sample"\nseed = 3\ncheckpoint_seconds = 5.5\nascii = true\nlow_bandwidth = false\n[keys]\nquit = "x"\n'
)


@fuzzed()
@given(data=st.data())
def test_a_damaged_config_file(tmp_path: Path, data: st.DataObject) -> None:
    file = write(tmp_path / "config.toml", data.draw(damaged(CONFIG)))
    try:
        settings = load_settings({}, file)
    except MftuiError as error:
        assert str(file) in str(error)
    else:
        assert isinstance(settings.seed, int) and isinstance(settings.ascii, bool)


@fuzzed()
@given(name=st.sampled_from(["data", "seed", "ascii", "checkpoint_seconds", "theme", "after_training"]), text=st.text())
def test_odd_settings_in_the_environment(tmp_path: Path, name: str, text: str) -> None:
    refused(lambda: load_settings({f"MFTUI_{name.upper()}": text}, tmp_path / "none.toml"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one small run that has all its files, and a second one to compare with."""
    home = tmp_path_factory.mktemp("home")
    patch = pytest.MonkeyPatch()
    patch.setenv("MFTUI_HOME", str(home))
    run = create_run(request(write_ratings(home / "r.csv", n=300), epochs=3, name="fuzzed"))
    train(run, make_training=NumpyTraining)
    toy_run(home)
    patch.undo()
    return home


def damaged_copy(trained: Path, home: Path, name: str, damage: Callable[[bytes], bytes]) -> Run:
    """The home again as `trained` is, with one file of the run damaged."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(trained, home, symlinks=True)
    (run,) = (home / "runs").glob("*-fuzzed")
    write(run / name, damage((run / name).read_bytes()))
    return Run(run)


@fuzzed()
@given(
    data=st.data(), name=st.sampled_from(["config.json", "status.json", "result.json", "metrics.jsonl", "train.log"])
)
def test_a_run_with_a_damaged_file(trained: Path, home: Path, data: st.DataObject, name: str) -> None:
    before = Run(next((trained / "runs").glob("*-fuzzed")))
    run = damaged_copy(trained, home, name, lambda whole: data.draw(damaged(whole)))
    if not refused(run.config):
        assert run.config() == before.config() or "checksum" not in (run.path / name).read_text(errors="replace")
    if not refused(run.status):
        assert run.status().progress <= 1
    refused(run.request)
    refused(run.result)
    run.metrics(), run.log_tail(), read_snapshot(run, 20)
    assert len(list_runs()) == 2
    refused(lambda: find_run("fuzzed"))
    listed = spoken("runs", "ls", "--json")
    assert len(json.loads(listed)["runs"]) == 2
    for command in (
        ("runs", "ls"),
        ("runs", "show", run.id),
        ("runs", "compare", run.id, "toy"),
        ("runs", "show", "toy"),
    ):
        spoken(*command)


@fuzzed()
@given(name=st.sampled_from(["config.json", "status.json", "result.json"]), key=st.integers(0, 40), value=JSON_VALUES)
def test_a_run_with_odd_values(trained: Path, home: Path, name: str, key: int, value: Any) -> None:
    def damage(whole: bytes) -> bytes:
        document = json.loads(whole)
        document.pop("checksum", None)
        names = sorted(document)
        document[names[key % len(names)]] = value
        return json.dumps(document).encode()

    run = damaged_copy(trained, home, name, damage)
    refused(run.request)
    refused(run.status)
    read_snapshot(run, 20)
    for command in (
        ("runs", "ls"),
        ("runs", "ls", "--json"),
        ("runs", "show", run.id),
        ("runs", "compare", run.id, "toy"),
    ):
        spoken(*command)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("factors")
    save_factors(toy_factors((*TITLES, *HOSTILE)), directory)
    return directory


def answers(factors: Factors) -> list[Any]:
    """What a model says: every kind of answer."""
    near, recommended = similar(factors, 2, 5), recommend(factors, 3, 5)
    history = factors.history.of_user(3)
    return [
        *(part.tolist() for part in near),
        recommended.movies.tolist(),
        recommended.predicted.tolist(),
        factors.predict(np.array([0, 1]), np.array([2, 3])).tolist(),
        history.movies.tolist(),
        history.ratings.tolist(),
        history.held_out.tolist(),
        factors.movies.title_list,
        [factors.row(movie) for movie in range(factors.n_movies)],
        factors.scale,
        factors.meta,
    ]


@fuzzed()
@given(data=st.data())
def test_a_damaged_model_is_refused_or_says_the_same(tmp_path: Path, model: Path, data: st.DataObject) -> None:
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(model, copy)
    file = data.draw(st.sampled_from(sorted(copy.iterdir())))
    write(file, data.draw(damaged(file.read_bytes())))
    if not refused(lambda: load_factors(copy, row_priors)):
        assert answers(load_factors(copy, row_priors)) == answers(load_factors(model, row_priors))


@fuzzed()
@given(data=st.data())
def test_a_damaged_checkpoint_is_refused_or_says_the_same(trained: Path, tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "checkpoint"
    if not whole.exists():
        save_small_checkpoint(whole)
    copy = tmp_path / "copy" / "checkpoint"
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(tmp_path, copy.parent, symlinks=True, ignore=shutil.ignore_patterns("copy", "home"))
    file = data.draw(st.sampled_from(sorted(copy.resolve().iterdir())))
    write(file, data.draw(damaged(file.read_bytes())))
    if not refused(lambda: load_checkpoint(copy)):
        (one, _), (other, _) = load_checkpoint(copy), load_checkpoint(whole)
        assert one is not None and other is not None
        assert one.numbers == other.numbers and one.metrics_offset == other.metrics_offset
        assert all(np.array_equal(one.arrays[name], other.arrays[name]) for name in other.arrays)


def test_the_cache_is_used_at_all(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = movielens_csv(tmp_path / "m")
    open_dataset(directory)
    monkeypatch.setattr(load, "_read", None)
    assert rows_of(open_dataset(directory)) == EXPECTED
    assert cache.FORMAT
