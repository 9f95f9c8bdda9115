"""SQLite databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from helpers.form_files import PACKERS, read, refusal, rows_of

RATINGS = "CREATE TABLE ratings(user_id INTEGER, movie TEXT, rating REAL, at TEXT)"
ROWS = "INSERT INTO ratings VALUES (1, '007', 3.5, '2014-01-01'), (2, '8', 4, NULL)"
MOVIES = ("CREATE TABLE movies(id INTEGER, title TEXT)", "INSERT INTO movies VALUES (1, 'x')")
READ = [(1, "007", 3.5, "2014-01-01"), (2, "8", 4.0, None)]


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as opened, opened:
        for statement in statements:
            opened.execute(statement)
    return path


def test_the_only_table_with_rows(tmp_path: Path) -> None:
    path = database(tmp_path / "a #?.db", RATINGS, ROWS, "CREATE TABLE empty(a)")
    before = path.read_bytes()
    table = read(path)
    assert (table.form, table.part) == ("an SQLite database", "ratings")
    assert rows_of(table) == READ
    assert rows_of(read(tmp_path / "a.db.gz", PACKERS["gz"](before))) == READ
    assert rows_of(read(path, None, columns=["rating"])) == [(3.5,), (4.0,)]
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a #?.db", "a.db.gz"]


def test_of_several_the_one_that_fits_or_is_asked_for(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", RATINGS, ROWS, *MOVIES)
    message = refusal(path)
    assert "ratings (user_id, movie, rating, at); movies (id, title)" in message
    assert "--table NAME" in message
    assert read(path, None, fits=lambda names: "rating" in names).part == "ratings"
    assert read(path, None, table="RATINGS").part == "ratings"
    assert "without a table other" in refusal(path, None, table="other")
    view = database(tmp_path / "b.db", RATINGS, ROWS, "CREATE VIEW v AS SELECT user_id AS u FROM ratings")
    assert read(view, None, table="v").names == ("u",)


def test_odd_names_and_values(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a.db",
        'CREATE TABLE "we ird""t"("a b", "c?", rating)',
        """INSERT INTO "we ird""t" VALUES (9223372036854775807, x'ff112233445566778899aabbccddeeff', '5')""",
        """INSERT INTO "we ird""t" VALUES (1, NULL, 4)""",
    )
    table = read(path)
    assert (table.part, table.names) == ('we ird"t', ("a b", "c?", "rating"))
    assert rows_of(table) == [(2**63 - 1, "ff112233-4455-6677-8899-aabbccddeeff", "5"), (1, None, "4")]


def test_what_is_only_in_its_journal_yet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute(RATINGS)
        writer.execute(ROWS)
        writer.commit()
        assert rows_of(read(path)) == READ


def test_bad_databases_are_refused(tmp_path: Path) -> None:
    content = database(tmp_path / "a.db", RATINGS, ROWS).read_bytes()
    assert "damaged or cut short" in refusal(tmp_path / "cut.db", content[:3000])
    assert "no table has rows" in refusal(database(tmp_path / "empty.db", RATINGS))
