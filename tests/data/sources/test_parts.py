"""A directory of Parquet parts is one data set, whatever lies around them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers.ratings_files import EXPECTED, MOVIES_CSV, ROWS, movielens_csv, rows_of, write

from mftui.cli.commands.data import data
from mftui.data.loading.load import open_dataset
from mftui.errors import DataError

Row = tuple[object, ...]


def part(path: Path, rows: Sequence[Row], names: Sequence[str] = ("userId", "movieId", "rating", "timestamp")) -> Path:
    """A Parquet file with `rows`; without any, of the same types."""
    import pyarrow as pa
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    types = [pa.int64(), pa.int64(), pa.float64(), pa.int64()]
    columns = {name: pa.array([row[at] for row in rows], None if rows else types[at]) for at, name in enumerate(names)}
    parquet.write_table(pa.table(columns), path)
    return path


def as_spark_writes(directory: Path) -> Path:
    """All rows in parts, one of them empty, whose order by letters is not that by number."""
    part(directory / "part-9-abc.snappy.parquet", ROWS[:2])
    part(directory / "part-10-abc.snappy.parquet", [])
    part(directory / "part-11-abc.snappy.parquet", ROWS[2:])
    write(directory / "_SUCCESS", "")
    write(directory / ".part-9-abc.snappy.parquet.crc", b"crc\0")
    part(directory / "_temporary-part-1.parquet", [(99, 99, 1.0, 1)])
    return directory


@pytest.mark.parametrize("name", ["ratings", "ratings.parquet"])
def test_parts_beside_a_movies_file_are_the_same_data_set_as_one_csv(tmp_path: Path, name: str) -> None:
    as_spark_writes(tmp_path / "parts" / name)
    write(tmp_path / "parts" / "movies.csv", MOVIES_CSV)
    whole = open_dataset(movielens_csv(tmp_path / "csv"))
    for source in (tmp_path / "parts", tmp_path / "parts" / name):
        dataset = open_dataset(source)
        assert rows_of(dataset) == EXPECTED
        assert dataset.fingerprint == whole.fingerprint
        assert open_dataset(source).fingerprint == whole.fingerprint, "from the cache"
        assert open_dataset(dataset.source).fingerprint == whole.fingerprint


def test_a_directory_that_holds_parts_alone_is_read(tmp_path: Path) -> None:
    dataset = open_dataset(as_spark_writes(tmp_path / "mine"))
    assert rows_of(dataset) == EXPECTED
    assert not dataset.movies.titled
    assert dataset.repairs == ()


def test_a_fault_names_its_part(tmp_path: Path) -> None:
    as_spark_writes(tmp_path / "ratings")
    part(tmp_path / "ratings" / "part-12.parquet", [(1, 30, 4.0, 5), (2, None, 3.0, 6)])
    with pytest.raises(DataError, match="row 2: the movie id is missing") as raised:
        open_dataset(tmp_path)
    assert "part-12.parquet" in str(raised.value)
    write(tmp_path / "ratings" / "part-12.parquet", b"PAR1 cut short")
    with pytest.raises(DataError, match=r"part-12\.parquet"):
        open_dataset(tmp_path)


def test_parts_without_any_row_are_refused(tmp_path: Path) -> None:
    part(tmp_path / "ratings" / "part-0.parquet", [])
    with pytest.raises(DataError, match="no rows"):
        open_dataset(tmp_path)


def test_another_part_is_noticed(tmp_path: Path) -> None:
    as_spark_writes(tmp_path / "ratings")
    open_dataset(tmp_path)
    part(tmp_path / "ratings" / "part-12.parquet", [(7, 30, 4.0, 1005)])
    assert rows_of(open_dataset(tmp_path)) == [*EXPECTED, (7, 30, 4.0)]


def test_timestamps_that_some_parts_lack_are_left_out_and_what_parts_share_is_said_once(tmp_path: Path) -> None:
    late = [(*row[:3], 1_500_000_000_000) for row in ROWS]
    part(tmp_path / "ratings" / "part-0.parquet", late[:2])
    part(tmp_path / "ratings" / "part-1.parquet", late[2:4])
    assert open_dataset(tmp_path).repairs == ("part-0.parquet and 1 more: timestamps taken as milliseconds.",)
    part(tmp_path / "ratings" / "part-2.parquet", ROWS[4:], ("userId", "movieId", "rating"))
    dataset = open_dataset(tmp_path)
    assert dataset.ratings.timestamps is None
    assert dataset.repairs[1:] == ("Timestamps left out, as 1 of 3 files have none to use.",)


def test_numbers_wider_than_32_bits_in_one_part_are_kept(tmp_path: Path) -> None:
    part(tmp_path / "ratings" / "part-0.parquet", ROWS[:4])
    part(tmp_path / "ratings" / "part-1.parquet", [(2**40, 20, 2.0, 1004)])
    assert rows_of(open_dataset(tmp_path)) == [*EXPECTED[:4], (2**40, 20, 2.0)]


def test_data_info_describes_it(tmp_path: Path) -> None:
    as_spark_writes(tmp_path / "ratings")
    done = CliRunner().invoke(data, ["info", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["n_ratings"] == len(EXPECTED)
