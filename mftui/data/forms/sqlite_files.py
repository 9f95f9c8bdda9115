"""SQLite databases: the table with the ratings, read without changing or locking anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from mftui.data.forms.table import Ask, Table, choose, damaged_form, of_rows, refused
from mftui.data.storage.files import FileRef

_FORM = "an SQLite database"
_MOST_CELL = 16 << 20
_ENDLESS = ("printf", "format")
"""Functions that can take any time within one instruction."""
_TURN, _LEAST_TURNS, _BYTES_A_TURN = 100_000, 200, 4_096
"""After so many instructions of SQLite there is a turn; a file gets so many of them: a view need never end."""


def read_sqlite(ref: FileRef, ask: Ask) -> Table:
    """Read the table or view that is asked for, that alone fits, or that is the only one."""
    try:
        with _connected(ref) as database:
            tables = _tables(database)
            name = choose(ref, ask, list(tables.items()), _FORM, "table")
            names = [column for column in tables[name] if ask.columns is None or column in ask.columns]
            rows = database.execute(f"SELECT {', '.join(map(_quoted, names))} FROM {_quoted(name)}")
            return Table(_FORM, tuple(names), True, of_rows(rows, len(names), ask.rows), name)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        if _stopped(error):
            form = f"{_FORM}, and what is to be computed in it takes too long ({error})"
            raise refused(ref, form, "Make a plain table of it: CREATE TABLE … AS SELECT …") from error
        raise damaged_form(ref, _FORM, error) from error


@contextmanager
def _connected(ref: FileRef) -> Iterator[sqlite3.Connection]:
    with ref.on_disk() as path:
        # What another program has not yet written into the file itself stands in its -wal: only then it is locked.
        fresh = Path(f"{path}-wal")
        immutable = "" if fresh.is_file() and fresh.stat().st_size else "&immutable=1"
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro{immutable}", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_CELL)
            turns = iter(range(_LEAST_TURNS + ref.n_bytes // _BYTES_A_TURN))
            database.set_progress_handler(lambda: next(turns, None) is None, _TURN)
            for name in _ENDLESS:
                database.create_function(name, -1, _never, deterministic=True)
            yield database


def _never(*_: object) -> None:
    """Stand in for a function that the schema may not use: SQLite refuses to call what it has not itself."""


def _stopped(error: Exception) -> bool:
    return "interrupted" in str(error) or "unsafe use" in str(error)


def _tables(database: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of the tables and views that have rows."""
    listed = database.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    found: dict[str, list[str]] = {}
    for (name,) in listed.fetchall():
        try:
            if database.execute(f"SELECT 1 FROM {_quoted(name)} LIMIT 1").fetchone() is not None:
                named = database.execute(f"SELECT * FROM {_quoted(name)} LIMIT 0")
                found[name] = [column for column, *_ in named.description]
        except sqlite3.OperationalError as error:
            if _stopped(error):
                raise
            continue  # a view of what is not there, or a virtual table of a module that is not here
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
