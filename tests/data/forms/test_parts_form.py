"""Ratings in parts: which files of a directory are, in which order, with which keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.form_files import rows_of, tar_of

from mftui.data.forms.parts import parts_among, parts_in, with_keys
from mftui.data.forms.table import Table, of_rows
from mftui.data.storage.files import archive
from mftui.errors import DataError


def touch(directory: Path, *names: str) -> None:
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("" if name.endswith("_SUCCESS") else "x")


PARTS = {
    "Spark": ["part-00000-a1b2-c000.snappy.parquet", "part-00001-a1b2-c000.snappy.parquet"],
    "Spark's CSV": ["part-00000-a1b2-c000.csv.gz", "part-00001-a1b2-c000.csv.gz"],
    "pandas and Dask": ["part.0.parquet", "part.2.parquet", "part.10.parquet"],
    "Hugging Face": ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"],
    "Hugging Face on disk": ["data-00000-of-00002.arrow", "data-00001-of-00002.arrow"],
    "hive": ["000000_0", "000001_0"],
    "Hadoop": ["part-r-00000", "part-r-00001"],
    "the Netflix Prize": ["combined_data_1.txt", "combined_data_2.txt"],
    "its first form": ["mv_0000001.txt", "mv_0000002.txt"],
    "chunks": ["ratings_part1.csv", "ratings_part2.csv", "ratings_part10.csv"],
}


@pytest.mark.parametrize("kind", PARTS)
def test_parts_are_found_in_their_order(tmp_path: Path, kind: str) -> None:
    touch(tmp_path, *PARTS[kind], "_SUCCESS", ".part-00000.crc", "README.md", "schema.json")
    assert [part.ref.path.name for part in parts_in(tmp_path)] == PARTS[kind]


def test_keys_in_names_of_directories(tmp_path: Path) -> None:
    touch(tmp_path, "year=2014/genre=Sci%2FFi/part-0.parquet", "year=2013/genre=x/a.parquet", "_SUCCESS")
    touch(tmp_path, "year=__HIVE_DEFAULT_PARTITION__/genre=x/a.parquet")
    found = {(part.keys["year"], part.keys["genre"]) for part in parts_in(tmp_path)}
    assert found == {("2014", "Sci/Fi"), ("2013", "x"), (None, "x")}
    table = Table("a Parquet file", ("user",), True, of_rows([(1,), (2,)], 1))
    keyed = with_keys(table, {"year": "2014", "user": "9", "genre": None})
    assert keyed.names == ("user", "year", "genre")
    assert rows_of(keyed) == [(1, "2014", None), (2, "2014", None)]


def test_parts_in_an_archive(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(
        tar_of({f"training_set/mv_{at:07}.txt": b"x" for at in (10, 9, 1)} | {"README": b"x"})
    )
    names = [part.ref.name for part in parts_among(archive(tmp_path / "x.tar").files)]
    assert names == ["mv_0000001.txt", "mv_0000009.txt", "mv_0000010.txt"]


@pytest.mark.parametrize(
    "names",
    [
        ["ratings.csv", "movies.csv", "tags.csv", "links.csv"],
        ["u.data", "u.item", "u1.base", "u1.test", "u2.base"],
        ["ratings.dat", "users.dat"],
        ["rating.parquet", "user.parquet", "item.parquet"],
        ["ml-1m.inter", "ml-1m.item"],
        ["ratings (1).csv", "movies (1).csv"],
        ["train.csv", "test.csv"],
    ],
)
def test_other_directories_have_none(tmp_path: Path, names: list[str]) -> None:
    touch(tmp_path, *names)
    assert parts_in(tmp_path) == ()


@pytest.mark.parametrize(
    ("name", "form"), [("_delta_log/0.json", "Delta Lake"), ("metadata/v1.metadata.json", "Iceberg")]
)
def test_tables_of_other_programs_are_refused_by_name(tmp_path: Path, name: str, form: str) -> None:
    touch(tmp_path, name, "part-00000.parquet")
    with pytest.raises(DataError, match=form):
        parts_in(tmp_path)
