"""The binary cache: opened without reading the source, never trusted where it is damaged or out of date."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.ratings_files import EXPECTED, lines, movielens_csv, rows_of, write, zipped

from mftui.data.loading import cache, load
from mftui.data.loading.load import open_dataset
from mftui.data.reading.options import ReadOptions
from mftui.data.storage.integrity import sealed, unsealed


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the ratings files that are read, not opened from the cache."""
    names: list[str] = []
    read = load._read_files

    def noted(refs, named, columns):
        names.extend(part.ref.name for part in refs)
        return read(refs, named, columns)

    monkeypatch.setattr(load, "_read_files", noted)
    return names


def entries(home: Path) -> list[Path]:
    return sorted((home / "cache").iterdir())


def test_the_second_opening_reads_nothing_and_is_the_same(tmp_path: Path, reads: list[str]) -> None:
    directory = movielens_csv(tmp_path)
    first, second = open_dataset(directory), open_dataset(directory)
    assert reads == ["ratings.csv"]
    assert not second.ratings.users.flags.writeable
    assert rows_of(second) == rows_of(first) == EXPECTED
    assert second.movies.title_list == first.movies.title_list
    for name in ("name", "label", "fingerprint", "scale", "repairs", "source", "test_rows"):
        assert getattr(second, name) == getattr(first, name)
    assert second.ratings.timestamps is not None and first.ratings.timestamps is not None
    assert second.ratings.timestamps.tolist() == first.ratings.timestamps.tolist()


def test_test_rows_and_string_ids_survive_the_cache(tmp_path: Path, reads: list[str]) -> None:
    train = write(tmp_path / "a.csv", "user,item,rating\nzoë,x,3\nanna,y,4\n")
    test = write(tmp_path / "b.csv", "user,item,rating\nzoë,y,3\n")
    first, second = open_dataset(train, test=test), open_dataset(train, test=test)
    assert reads == ["a.csv", "b.csv"]
    assert rows_of(first) == rows_of(second)
    assert second.test_rows is not None and second.test_rows.tolist() == [2]
    assert second.user_ids.find("zoë") == 1


def test_a_cached_opening_needs_no_arrow(tmp_path: Path) -> None:
    open_dataset(movielens_csv(tmp_path))
    script = (
        "import sys; from mftui.data.loading.load import open_dataset; open_dataset(sys.argv[1]);"
        "print([m for m in ('pyarrow', 'pandas', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_changed_file_is_read_again_and_its_old_cache_goes(tmp_path: Path, home: Path, reads: list[str]) -> None:
    directory = movielens_csv(tmp_path)
    before = open_dataset(directory)
    write(directory / "ratings.csv", lines(",", "userId,movieId,rating,timestamp").replace("3.5", "4.5"))
    after = open_dataset(directory)
    assert len(reads) == 2
    assert after.fingerprint != before.fingerprint
    assert len(entries(home)) == 1


def test_a_change_that_keeps_size_and_modification_time_is_noticed(tmp_path: Path, reads: list[str]) -> None:
    file = write(tmp_path / "r.csv", lines(","))
    seen = file.stat()
    open_dataset(file)
    write(file, lines(",").replace("3.5", "4.5"))
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert rows_of(open_dataset(file))[1] == (1, 20, 4.5)


def test_changed_titles_are_read_again(tmp_path: Path) -> None:
    directory = movielens_csv(tmp_path)
    before = open_dataset(directory)
    write(directory / "movies.csv", "movieId,title\n10,Other (2000)\n")
    after = open_dataset(directory)
    assert after.movies.titles[0] == "Other (2000)"
    assert after.fingerprint != before.fingerprint


def test_other_columns_have_a_cache_of_their_own(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", "user,item,rating,mood\n1,2,3,4\n2,3,4,5\n")
    assert rows_of(open_dataset(file)) == [(1, 2, 3.0), (2, 3, 4.0)]
    assert rows_of(open_dataset(file, how=ReadOptions(columns={"rating": "mood"}))) == [(1, 2, 4.0), (2, 3, 5.0)]


@pytest.mark.parametrize("damage", ["short", "gone", "garbled", "no json", "no manifest", "future"])
def test_a_damaged_or_future_cache_is_made_again(tmp_path: Path, home: Path, reads: list[str], damage: str) -> None:
    directory = movielens_csv(tmp_path)
    open_dataset(directory)
    (entry,) = entries(home)
    column, manifest = entry / "values.npy", entry / "dataset.json"
    if damage == "short":
        os.truncate(column, column.stat().st_size - 4)
    elif damage == "gone":
        column.unlink()
    elif damage == "garbled":
        write(column, column.read_bytes()[:-4] + b"\xff\xff\xff\xff")
    elif damage == "no json":
        write(manifest, manifest.read_text()[:-20])
    elif damage == "no manifest":
        manifest.unlink()
    else:
        write(manifest, json.dumps({**json.loads(manifest.read_text()), "format": cache.FORMAT + 1}))
    assert rows_of(open_dataset(directory)) == EXPECTED
    assert len(reads) == 2
    open_dataset(directory)
    assert len(reads) == 2, "the cache has been made again"


@pytest.mark.parametrize("forged", [{"test_from": -(10**15)}, {"test_from": 7}, {"n_ratings": float("inf")}])
def test_a_cache_whose_rows_cannot_be_is_made_again(
    tmp_path: Path, home: Path, reads: list[str], forged: dict[str, float]
) -> None:
    directory = movielens_csv(tmp_path)
    open_dataset(directory)
    manifest = entries(home)[0] / "dataset.json"
    write(manifest, json.dumps(sealed(unsealed(json.loads(manifest.read_text())) | forged)))
    assert rows_of(open_dataset(directory)) == EXPECTED
    assert len(reads) == 2


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, home: Path, reads: list[str]) -> None:
    write(home / "cache", "a file in the way")
    directory = movielens_csv(tmp_path)
    assert rows_of(open_dataset(directory)) == rows_of(open_dataset(directory)) == EXPECTED
    assert len(reads) == 2


def test_without_cache_nothing_is_written(tmp_path: Path, home: Path) -> None:
    open_dataset(movielens_csv(tmp_path), use_cache=False)
    assert not (home / "cache").exists()


def test_nothing_is_left_aside(tmp_path: Path, home: Path) -> None:
    open_dataset(movielens_csv(tmp_path))
    assert [entry for entry in entries(home) if entry.name.startswith(".")] == []


def test_the_fingerprint_is_of_the_content_alone(tmp_path: Path) -> None:
    one = open_dataset(movielens_csv(tmp_path / "one"))
    two = open_dataset(zipped(movielens_csv(tmp_path / "two"), tmp_path / "elsewhere.zip"))
    assert one.fingerprint == two.fingerprint
    train = movielens_csv(tmp_path / "three")
    test = write(tmp_path / "t.csv", "7,20,2.0,1004\n")
    assert open_dataset(train, test=test).fingerprint != one.fingerprint
