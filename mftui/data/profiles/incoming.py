"""Ratings from elsewhere: Letterboxd's and IMDb's exports, MovieLens' CSV, and tables like it; told by their header."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from mftui.data.dataset import Scale
from mftui.data.profiles.rows import Rated, read_rows
from mftui.data.profiles.stars import describe, to_stars
from mftui.data.profiles.tables import Row, Table, read_table
from mftui.data.readers.names import match, plain
from mftui.data.storage.csv_cells import original
from mftui.data.storage.files import FileRef, archive
from mftui.data.titles.title import parse_year
from mftui.errors import DataError

Kind = Literal["Letterboxd", "IMDb", "MovieLens", "mftui"]

_LETTERBOXD = Scale(0.5, 5, 0.5)
_IMDB = Scale(1, 10, 1)
_TOPS = (5.0, 10.0, 100.0)
_NO_FILMS = ("series", "serie", "episode", "game", "podcast", "musicvideo")


@dataclass(frozen=True)
class Entry:
    """One rating of the file."""

    rated: Rated
    line: int
    is_film: bool = True
    """False for series, episodes and games, as far as the file tells."""


@dataclass(frozen=True)
class Incoming:
    """What a file has."""

    path: Path
    kind: Kind
    scale: Scale
    """That its ratings were read on."""
    entries: list[Entry]
    n_unrated: int = 0
    """Lines of films without a rating."""


def read_incoming(path: Path, scale: Scale | None = None) -> Incoming:
    """Read the ratings of `path`: a CSV, or a zip with `ratings.csv` as Letterboxd makes them.

    `scale` is that of a table which does not tell its own, as Letterboxd's and IMDb's do; None goes by its highest
    rating: of 5, of 10 or of 100.

    Raises DataError, with file and line, for what cannot be read, and for ratings off the scale.
    """
    ref = FileRef(path) if path.suffix.lower() != ".zip" else archive(path).get("ratings.csv")
    if ref is None:
        raise DataError("the zip holds no ratings.csv.", path=path, hint="Give the file with the ratings.")
    table = read_table(ref)
    columns = set(table.columns)
    if "letterboxduri" in columns:
        return _letterboxd(table)
    if "const" in columns:
        return _imdb(table)
    if {"fingerprint", "dataset", "movieid", "title", "rating"} <= columns:
        rows = read_rows(path)
        return Incoming(path, "mftui", _LETTERBOXD, [Entry(row, 0) for row in rows])
    return _table(table, scale)


def _letterboxd(table: Table) -> Incoming:
    if not {"name", "rating"} <= set(table.columns):
        raise DataError(
            f"an export of Letterboxd without ratings; it has: {table.named}.",
            path=table.path,
            hint="The file ratings.csv of the export has them.",
        )

    def read(row: Row) -> Entry:
        stars = to_stars(_rating(row, "rating", _LETTERBOXD, "Letterboxd's scale"), _LETTERBOXD)
        return Entry(Rated(_title(row, row.get("name")), stars, timestamp=_time(row, "date")).kept(), row.line)

    return _incoming(table, "Letterboxd", _LETTERBOXD, "rating", read)


def _imdb(table: Table) -> Incoming:
    column = next((name for name in ("yourrating", "yourated", "rating") if name in table.columns), None)
    if column is None or "title" not in table.columns:
        raise DataError(
            f"an export of IMDb without your ratings; it has: {table.named}.",
            path=table.path,
            hint="Export `Your ratings`: columns Const, Your Rating, Title, Year.",
        )

    def read(row: Row) -> Entry:
        stars = to_stars(_rating(row, column, _IMDB, "IMDb's scale"), _IMDB)
        other = row.get("originaltitle")
        name = row.get("title") or other
        title = _title(row, name if other in ("", name) else f"{name} ({other})")
        when = _time(row, "daterated", "created")
        is_film = not any(word in plain(row.get("titletype")) for word in _NO_FILMS)
        return Entry(Rated(title, stars, timestamp=when, imdb_id=row.get("const")).kept(), row.line, is_film)

    return _incoming(table, "IMDb", _IMDB, column, read)


def _table(table: Table, scale: Scale | None) -> Incoming:
    columns = match(table.header, ("movie", "rating"))
    if columns.keys() != {"movie", "rating"}:
        raise DataError(
            f"needs a movie and a rating column; it has: {table.named}.",
            path=table.path,
            hint="Name them movieId (or title) and rating.",
        )
    rating = table.columns[columns["rating"]]
    title_at = match(table.header, ("title",)).get("title")
    title = None if title_at is None else table.columns[title_at]
    movie = None if title_at == columns["movie"] else table.columns[columns["movie"]]
    found = scale or _guessed(table, rating)
    owner = "the model's scale" if scale else "the file's scale"

    def read(row: Row) -> Entry:
        stars = to_stars(_rating(row, rating, found, owner), found)
        raw = original(row.get(movie)) if movie else ""
        name = (original(row.get(title)) if title else "") or raw
        if not name:
            raise row.fault("the movie is missing.", "Fill it in, or remove the line.")
        when = _time(row, "timestamp", "date")
        return Entry(Rated(_title(row, name), stars, raw, when, row.get("imdbid")).kept(), row.line)

    return _incoming(table, "MovieLens", found, rating, read)


def _incoming(table: Table, kind: Kind, scale: Scale, rating: str, read: Callable[[Row], Entry]) -> Incoming:
    rated = [row for row in table.rows if row.get(rating)]
    return Incoming(table.path, kind, scale, [read(row) for row in rated], len(table.rows) - len(rated))


def _guessed(table: Table, rating: str) -> Scale:
    """Guess the scale (of 5, of 10 or of 100) by the highest rating."""
    highest = max((row.number(rating, "rating") for row in table.rows if row.get(rating)), default=0.0)
    return Scale(0, next((top for top in _TOPS if highest <= top), _TOPS[-1]), 0)


def _rating(row: Row, column: str, scale: Scale, owner: str) -> float:
    value = row.number(column, "rating")
    if not scale.lo <= value <= scale.hi:
        raise row.fault(f"rating {value:g} is outside {describe(scale).partition(' in ')[0]}, {owner}.")
    return value


def _title(row: Row, name: str) -> str:
    """Return the name, with the year of the year column where it has none itself."""
    year = re.search(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", row.get("year"))
    if not name:
        raise row.fault("the title is missing.", "Fill it in, or remove the line.")
    return f"{name} ({year[0]})" if year and parse_year(name) is None else name


def _time(row: Row, *columns: str) -> int:
    """Return seconds since 1970, of a number or a date; 0 where it is neither."""
    text = row.get(*columns)
    if text.isascii() and text.isdigit():
        return min(int(text[:15]), 2**53)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return max(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), 0)
