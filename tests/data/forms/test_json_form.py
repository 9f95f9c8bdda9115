"""JSON in the shapes in which people have it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from helpers.form_files import read, refusal, rows_of

from mftui.data.forms.read import read_form
from mftui.data.storage.files import FileRef

RECORDS = [
    {"userId": "007", "movieId": 5, "rating": 3.5, "at": "2014-04-05 15:27:00"},
    {"userId": "7", "movieId": 6, "rating": 4.5, "at": "2014-04-06 15:27:00"},
    {"userId": "7", "movieId": 7, "rating": 1.0, "at": None},
]
NAMES = ("userId", "movieId", "rating", "at")
ROWS = [tuple(record.values()) for record in RECORDS]
FRAME = pd.DataFrame(RECORDS)
LINES = "\n".join(map(json.dumps, RECORDS))

SHAPES: dict[str, str | bytes] = {
    "lines": LINES,
    "lines of Windows": LINES.replace("\n", "\r\n") + "\r\n\r\n",
    "lines in gzip": gzip.compress(LINES.encode()),
    "array": json.dumps(RECORDS),
    "pretty array": json.dumps(RECORDS, indent=2),
    "UTF-16": json.dumps(RECORDS).encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + LINES.encode(),
    "pretty objects one after another": "\n".join(json.dumps(record, indent=1) for record in RECORDS),
    "an object around it": json.dumps({"count": 3, "ratings": RECORDS}),
    "two objects around it": json.dumps({"ok": True, "data": {"ratings": RECORDS}}),
    "lists by column": json.dumps({name: [record[name] for record in RECORDS] for name in NAMES}),
    **{f"pandas, {orient}": FRAME.to_json(orient=orient) for orient in ("columns", "index", "records", "split")},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_gives_the_same_rows(tmp_path: Path, shape: str) -> None:
    table = read(tmp_path / "ratings.json", SHAPES[shape])
    assert table.names == NAMES
    assert table.header
    assert rows_of(table) == ROWS
    assert [str(column.type) for column in table.columns] == ["string", "int64", "double", "string"]


def test_the_shape_of_pandas_with_a_schema(tmp_path: Path) -> None:
    table = read(tmp_path / "ratings.json", FRAME.to_json(orient="table"))
    assert rows_of(table.only(NAMES)) == ROWS


def test_ids_stay_as_they_are_written(tmp_path: Path) -> None:
    big = '{"u": 12345678901234567890, "m": "0099", "r": 1}\n{"u": 5, "m": "99", "r": 4.5}\n'
    assert rows_of(read(tmp_path / "a", big)) == [("12345678901234567890", "0099", 1.0), ("5", "99", 4.5)]
    exact = '{"u": 9007199254740993, "r": 1}\n{"u": 5, "r": 4}\n'
    assert rows_of(read(tmp_path / "b", exact)) == [(9007199254740993, 1), (5, 4)]
    mixed = '{"u": 1, "r": 5}\n{"u": "a", "r": 4}\n'
    assert rows_of(read(tmp_path / "c", mixed)) == [("1", 5), ("a", 4)]
    dates = '{"u": "2001-01-01", "r": 5}\n{"u": "2001-01-02", "r": 5}\n'
    assert rows_of(read(tmp_path / "d", dates)) == [("2001-01-01", 5), ("2001-01-02", 5)]


def test_what_is_missing_is_null(tmp_path: Path) -> None:
    lines = '{"u": 1, "m": 2, "r": NaN}\n{"u": 1, "r": 3.5}\n{"u": null, "m": 2, "r": 3}\n'
    assert rows_of(read(tmp_path / "a", lines)) == [(1, 2, None), (1, None, 3.5), (None, 2, 3.0)]


def test_objects_within_objects_are_columns_with_dots(tmp_path: Path) -> None:
    one = {"user": {"id": 1}, "movie": {"title": "X", "ids": {"imdb": "tt1"}}, "rating": 5}
    table = read(tmp_path / "a", json.dumps([one, one]))
    assert table.names == ("user.id", "movie.title", "movie.ids.imdb", "rating")
    lines = f"{json.dumps(one)}\n" * 2
    assert read(tmp_path / "b", lines).names == table.names
    assert read(tmp_path / "b", None, columns=["movie.ids.imdb", "rating"]).names == ("movie.ids.imdb", "rating")


def test_lists_are_text(tmp_path: Path) -> None:
    record = '{"m": 1, "genres": ["Action", "Drama"]}\n'
    wanted = [(1, '["Action", "Drama"]')] * 2
    assert rows_of(read(tmp_path / "a", record * 2)) == wanted
    assert rows_of(read(tmp_path / "b", f"[{record},{record}]")) == wanted


def test_what_mongodb_writes(tmp_path: Path) -> None:
    date = "2014-01-01T00:00:00Z"
    one = {"_id": {"$oid": "ab"}, "user": {"$numberLong": "5"}, "r": {"$numberDouble": "3.5"}, "d": {"$date": date}}
    table = read(tmp_path / "a", f"{json.dumps(one)}\n" * 2)
    assert table.names == ("_id", "user", "r", "d")
    assert rows_of(table)[0] == ("ab", 5, 3.5, "2014-01-01T00:00:00Z")


def test_rows_without_names(tmp_path: Path) -> None:
    table = read(tmp_path / "a", "[[1, 2, 3.5], [4, 5, 6]]")
    assert (table.names, table.header) == (("1", "2", "3"), False)
    assert rows_of(read(tmp_path / "b", "[1, 2, 3.5]\n[4, 5, 6]\n")) == rows_of(table)
    table = read(tmp_path / "c", '["user", "movie", "rating"]\n[4, 5, 6]\n')
    assert (table.names, table.header) == (("user", "movie", "rating"), True)


def test_ratings_of_each_user_by_movie(tmp_path: Path) -> None:
    critics = {"Lisa Rose": {"Lady in the Water": 2.5, "Snakes": 3.5}, "Gene": {"Snakes": 3}}
    table = read(tmp_path / "a", json.dumps(critics))
    assert table.names == ("user", "movie", "rating")
    assert rows_of(table)[1:] == [("Lisa Rose", "Snakes", 3.5), ("Gene", "Snakes", 3.0)]


def test_a_list_of_ratings_for_each_user(tmp_path: Path) -> None:
    lists = {"ann": [{"movie": "a", "rating": 3}, {"movie": "b", "rating": 4}], "bob": [{"movie": "a", "rating": 5}]}
    table = read(tmp_path / "a", json.dumps(lists))
    assert table.names == ("user", "movie", "rating")
    assert rows_of(table) == [("ann", "a", 3), ("ann", "b", 4), ("bob", "a", 5)]
    parts = {"train": RECORDS, "test": RECORDS}
    assert "train (userId" in refusal(tmp_path / "b", json.dumps(parts))


def test_of_several_lists_one_is_asked_for_or_fits(tmp_path: Path) -> None:
    two = json.dumps({"ratings": RECORDS, "movies": [{"id": 1, "title": "x"}]})
    message = refusal(tmp_path / "a.json", two)
    assert "ratings (userId, movieId, rating, at); movies (id, title)" in message
    assert "--table NAME" in message
    assert read(tmp_path / "a.json", None, table="ratings").part == "ratings"
    assert read(tmp_path / "a.json", None, fits=lambda names: "rating" in names).part == "ratings"


def test_dicts_as_python_prints_them(tmp_path: Path) -> None:
    lines = "{'a': u'x', \"b\": \"it's\", 'r': 4.0}\n{'a': 'y', 'b': None, 'r': 3}\n"
    table = read(tmp_path / "a.json", lines)
    assert table.form == "lines of Python dicts"
    assert rows_of(table) == [("x", "it's", 4.0), ("y", None, 3.0)]
    assert rows_of(read(tmp_path / "b.json", "[{u'a': 1, u'r': 4.0}, {u'a': 2, u'r': 5.0}]")) == [(1, 4.0), (2, 5.0)]


def test_no_program_in_it_is_run(tmp_path: Path) -> None:
    evil = "{'a': __import__('os').system('touch " + str(tmp_path / "ran") + "')}\n"
    refusal(tmp_path / "a", evil)
    assert not (tmp_path / "ran").exists()


BAD = {
    "a line cut short": (LINES[:-20], "line 3"),
    "a line that is none": (LINES.replace("\n", "\noops\n", 1), "line 2"),
    "an array cut short": (json.dumps(RECORDS)[:-20], "damaged or cut short"),
    "brackets without end": ("[" * 100_000, "damaged or cut short"),
    "an empty array": ("[]", "it is empty"),
    "an empty object": ("{}", "without a list of objects"),
    "rows of different length": ("[[1, 2, 3], [3]]", "without objects"),
    "words": ('["a", "b"]', "without objects"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_json_is_refused(tmp_path: Path, kind: str) -> None:
    content, message = BAD[kind]
    assert message in refusal(tmp_path / "a.json", content)


@pytest.mark.parametrize("later", ['{"u": 2.5, "m": "x"}', '{"u": 2, "m": "x", "new": 1}', '{"m": 5, "u": "007"}'])
def test_columns_asked_for_are_those_of_the_whole(tmp_path: Path, later: str) -> None:
    lines = '{"u": 1, "m": "a", "text": "long"}\n' * 40_000 + later
    (tmp_path / "a").write_text(lines)
    whole = read_form(FileRef(tmp_path / "a"))
    assert whole is not None
    for columns in (["u", "m"], ["m"], ["u", "new"], ["no"], []):
        some = read_form(FileRef(tmp_path / "a"), columns=columns)
        assert some is not None
        assert some.names == tuple(name for name in whole.names if name in columns)
        assert rows_of(some) == rows_of(whole.only(columns))
