"""Parquet, Feather, Arrow, ORC."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.form_files import PACKERS, read, refusal, rows_of
from pyarrow import feather, orc, parquet

TABLE = pa.table(
    {
        "user": pa.array(["u1", "u2", "u3"]).dictionary_encode(),
        "movie": pa.array([1, 2, 3], pa.int32()),
        "rating": [3.5, 4.0, None],
        "at": pa.array([datetime.date(2001, 1, 22)] * 3),
    }
)
READ = [(f"u{at}", at, rating, datetime.date(2001, 1, 22)) for at, rating in ((1, 3.5), (2, 4.0), (3, None))]


def written(write: Callable[[pa.Table, io.BytesIO], object], table: pa.Table = TABLE) -> bytes:
    made = io.BytesIO()
    write(table, made)
    return made.getvalue()


def arrow_file(table: pa.Table, sink: io.BytesIO) -> None:
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def arrow_stream(table: pa.Table, sink: io.BytesIO) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def feather_1(table: pa.Table, sink: io.BytesIO) -> None:
    feather.write_feather(table, sink, version=1)


PLAIN = TABLE.set_column(0, "user", TABLE.column(0).cast(pa.string()))
FORMS = {
    "a.parquet": ("a Parquet file", written(parquet.write_table)),
    "a.feather": ("a Feather file", written(feather.write_feather)),
    "b.feather": ("a Feather file", written(feather_1, PLAIN)),
    "a.arrow": ("an Arrow file", written(arrow_file)),
    "b.arrow": ("an Arrow stream", written(arrow_stream)),
    "a.orc": ("an ORC file", written(orc.write_table, PLAIN)),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_it_is_read(tmp_path: Path, name: str, ending: str) -> None:
    form, content = FORMS[name]
    path = tmp_path / f"{name}{ending}"
    table = read(path, PACKERS[ending[1:]](content) if ending else content)
    assert (table.form, table.header, table.part) == (form, True, "")
    assert table.names == ("user", "movie", "rating", "at")
    assert rows_of(table) == READ
    assert read(path, None, columns=["rating", "user", "no"]).names == ("user", "rating")


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_one_that_is_cut_short_is_refused(tmp_path: Path, name: str, share: float) -> None:
    form, content = FORMS[name]
    if name == "b.arrow" and share == 0.4:
        content = content[: len(content) - 8]  # all but the mark of the end
        assert len(read(tmp_path / name, content)) == 3
        return
    message = refusal(tmp_path / name, content[: int(len(content) * share)])
    assert form in message
    assert "damaged or cut short" in message


def test_uuids_and_bytes_are_text(tmp_path: Path) -> None:
    ids = [uuid.UUID(int=at) for at in (1, 2**127)]
    table = pa.table(
        {
            "fixed": pa.array([one.bytes for one in ids], pa.binary(16)),
            "bytes": [b"tt01", "Amélie".encode()],
            "other": [b"\xff\x00", None],
        }
    )
    found = read(tmp_path / "a.parquet", written(parquet.write_table, table))
    assert rows_of(found) == [(str(ids[0]), "tt01", "ff00"), (str(ids[1]), "Amélie", None)]


def test_objects_are_columns_with_dots(tmp_path: Path) -> None:
    table = pa.table({"movie": [{"id": 1, "ids": {"imdb": "tt1"}}], "rating": [4.0]})
    found = read(tmp_path / "a.parquet", written(parquet.write_table, table))
    assert found.names == ("movie.id", "movie.ids.imdb", "rating")
    assert rows_of(read(tmp_path / "a.parquet", None, columns=["movie.id"])) == [(1,)]
