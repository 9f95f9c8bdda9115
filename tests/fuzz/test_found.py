"""Each fault that fuzzing found, once more and for good."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.command import spoken
from helpers.models import toy_factors, toy_run
from helpers.numpy_training import NumpyTraining
from helpers.ratings_files import EXPECTED, movielens_csv, rows_of, write
from helpers.runs import request, save_small_checkpoint, write_ratings
from pyarrow import parquet

from mftui.data.incoming.incoming import read_incoming
from mftui.data.loading.load import open_dataset
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.recipes import row_priors
from mftui.errors import DataError, FormatError
from mftui.runs.store.checkpoint import load_checkpoint
from mftui.runs.store.publish import write_json
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer.main import train

pytestmark = pytest.mark.filterwarnings("error")


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        open_dataset(path, use_cache=False)
    return str(caught.value)


@pytest.mark.parametrize("content", ["\x1c", " \x1d\n", "\x0b\x0c", "\u2028"])
def test_a_file_of_blanks_that_only_unicode_knows_is_empty(tmp_path: Path, content: str) -> None:
    assert "x.csv: the file is empty." in refusal(write(tmp_path / "x.csv", content))


def test_a_single_colon_in_a_dat_file_has_its_line(tmp_path: Path) -> None:
    message = refusal(write(tmp_path / "ratings.dat", "1::10::4\n2::10:20::3\n1::20::5\n"))
    assert "ratings.dat, line 2: a single : where :: is between the columns." in message


@pytest.mark.parametrize("rating", ["\xa04", "1_0", "١"])
def test_numbers_that_only_python_knows_have_their_line(tmp_path: Path, rating: str) -> None:
    message = refusal(write(tmp_path / "r.csv", f"user,movie,rating\n1,1,3\n1,2,{rating}\n"))
    assert "r.csv, line 3: the rating" in message and "is not written as a plain number" in message


def parquet_file(path: Path, **columns: object) -> Path:
    parquet.write_table(
        pa.table({"user": [1, 1, 2], "movie": ["ab", "cd", "ab"], "rating": [1.0, 2.0, 5.0]} | columns), path
    )
    return path


def test_a_parquet_file_with_broken_text_is_refused(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 3, [None, pa.array([0, 1, 2, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a\xe2b")]
    )
    assert "this is a Parquet file, but damaged" in refusal(parquet_file(tmp_path / "r.parquet", movie=broken))


def test_a_parquet_file_with_a_broken_column_name_is_refused(tmp_path: Path) -> None:
    whole = parquet_file(tmp_path / "whole.parquet").read_bytes()
    assert "r.parquet: " in refusal(write(tmp_path / "r.parquet", whole.replace(b"movie", b"mov\xf5e")))


def test_timestamps_beyond_any_date_are_left_out(tmp_path: Path) -> None:
    dataset = open_dataset(parquet_file(tmp_path / "r.parquet", timestamp=[1.0, 1e300, 3.0]))
    assert dataset.ratings.timestamps is None
    assert any("beyond any date" in repair for repair in dataset.repairs)


def test_ratings_of_absurd_size_have_no_step(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "r.csv", "user,movie,rating\n1,1,1e30\n1,2,3e30\n2,1,2e30\n"))
    assert dataset.scale.step == 0 and dataset.scale.hi == pytest.approx(3e30)


def test_a_digit_changed_in_the_caches_manifest_is_noticed(tmp_path: Path, home: Path) -> None:
    directory = movielens_csv(tmp_path / "m")
    open_dataset(directory)
    (entry,) = (home / "cache").iterdir()
    manifest = entry / "dataset.json"
    assert '"scale": [0.5, 5.0' in manifest.read_text()
    write(manifest, manifest.read_text().replace('"scale": [0.5, 5.0', '"scale": [0.5, 9.0'))
    again = open_dataset(directory)
    assert again.scale.hi == 5.0 and rows_of(again) == EXPECTED


@pytest.mark.parametrize("config", [b"", b"[" * 3000, b'{"format_version": 1, "recipe": {"a": []}, "hyper": null}'])
def test_runs_with_a_useless_config_are_listed_and_shown_in_words(home: Path, config: bytes) -> None:
    run = toy_run(home)
    write(run.path / "config.json", config)
    for command in (
        ("runs", "ls"),
        ("runs", "ls", "--json"),
        ("runs", "show", run.id),
        ("runs", "show", run.id, "--json"),
    ):
        spoken(*command)


def test_a_digit_changed_in_config_or_status_is_noticed(home: Path) -> None:
    run = toy_run(home)
    write_json(run.path / "config.json", {**run.config().to_dict(), "seed": 3}, seal=True)
    for name, digits in (("config.json", ('"seed": 3', '"seed": 7')), ("status.json", ('"epoch": 0', '"epoch": 4'))):
        text = (run.path / name).read_text()
        assert digits[0] in text
        write(run.path / name, text.replace(*digits))
    with pytest.raises(FormatError, match="does not have its checksum"):
        run.config()
    assert Run(run.path).state == "unreadable"


def test_a_damaged_header_in_a_checkpoint_is_refused(tmp_path: Path) -> None:
    save_small_checkpoint(tmp_path / "checkpoint")
    file = (tmp_path / "checkpoint").resolve() / "000.npy"
    write(file, file.read_bytes().replace(b"'fortran_order'", b"'f             "))
    with pytest.raises(FormatError, match="does not have its checksum"):
        load_checkpoint(tmp_path / "checkpoint")


@pytest.mark.parametrize("name", ["movie_factors.npy", "history_ratings.npy", "titles.utf8.npy", "years.npy"])
def test_one_bit_changed_in_a_model_is_noticed(tmp_path: Path, name: str) -> None:
    save_factors(toy_factors(), tmp_path)
    whole = bytearray((tmp_path / name).read_bytes())
    whole[-3] ^= 1
    write(tmp_path / name, bytes(whole))
    with pytest.raises(FormatError, match=f"{name} does not have its checksum"):
        load_factors(tmp_path, row_priors)


def test_a_digit_changed_in_a_models_description_is_noticed(tmp_path: Path) -> None:
    save_factors(toy_factors(), tmp_path)
    file = tmp_path / "factors.json"
    document = json.loads(file.read_text())
    write(file, json.dumps(document | {"global_bias": 0.9}))
    with pytest.raises(FormatError, match="checksum"):
        load_factors(tmp_path, row_priors)
    write(file, json.dumps(document))
    assert np.isclose(load_factors(tmp_path, row_priors).parameters.global_bias, 0.3)


def test_models_and_checkpoints_of_a_later_version_are_refused_by_name(tmp_path: Path) -> None:
    save_factors(toy_factors(), tmp_path)
    file = tmp_path / "factors.json"
    write(file, json.dumps(json.loads(file.read_text()) | {"format_version": 5}))
    with pytest.raises(FormatError, match="has format version 5; this mftui reads versions 1 to 4"):
        load_factors(tmp_path, row_priors)
    save_small_checkpoint(tmp_path / "checkpoint")
    state = (tmp_path / "checkpoint").resolve() / "state.json"
    document = {name: value for name, value in json.loads(state.read_text()).items() if name != "checksum"}
    write(state, json.dumps(document | {"format_version": 2}))
    with pytest.raises(FormatError, match="format version 2, and this mftui knows 1"):
        load_checkpoint(tmp_path / "checkpoint")


def test_a_file_name_that_is_no_text_makes_a_run_all_the_same(tmp_path: Path, home: Path) -> None:
    data = Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xff.csv"))
    write_ratings(data, n=200)
    run = create_run(request(data, epochs=2))
    train(run, make_training=NumpyTraining)
    assert run.request().data == str(data) and run.state == "finished"
    spoken("runs", "show", run.id)
    spoken("runs", "ls", "--json")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('1,"open,3\n2,b,4\n', "broken quoting"),
        ("1,a,1_0\n", "the rating 1_0 is not a number"),
        ("1,a,4\n,,3\n", "line 3: the movie is missing"),
        ("1,a\x1c,x\n", "line 2: the rating x is not a number"),
    ],
)
def test_odd_personal_ratings_have_their_line(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_incoming(write(tmp_path / "mine.csv", f"movieId,title,rating\n{rows}"))
    assert said in str(caught.value) and "mine.csv" in str(caught.value)
