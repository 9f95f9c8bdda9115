"""The ratings of a profile, and the CSV that keeps them: MovieLens' columns, with titles."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mftui.data.allocator import gc_paused
from mftui.data.profiles.stars import TOP
from mftui.data.profiles.tables import read_table
from mftui.data.storage.csv_cells import inert, original
from mftui.data.storage.files import FileRef
from mftui.data.storage.regular import seen_own
from mftui.data.titles.title import parse_year, spoken_name
from mftui.data.web_ids import imdb_number, written_imdb
from mftui.errors import DataError

COLUMNS = ("userId", "movieId", "rating", "timestamp", "title", "imdbId", "tmdbId", "dataset", "fingerprint")
_NUMBER = re.compile(r"-?[0-9.]+")
_KNOWN: dict[Path, tuple[tuple[int, ...], tuple[Rated, ...]]] = {}
"""The files that were read last, as they were then."""
_MOST_KNOWN = 4
_SETTLED_NS = 10**9
_DAY_S = 86_400
NOBODY = 0
"""The user id of whoever rated: one that no MovieLens set has."""


class Rated(NamedTuple):
    """What somebody gave to one film."""

    title: str
    """As MovieLens writes it, with the year and other titles in brackets; empty where there is none."""
    stars: float
    """0 to 5: see `mftui.data.profiles.stars`."""
    movie_id: str = ""
    """Raw id in the data set that it was rated in, else empty."""
    timestamp: int = 0
    """Seconds since 1970."""
    imdb_id: str = ""
    """`tt0114709`, empty where unknown."""
    dataset: str = ""
    """Label of the data set that `movie_id` is of."""
    fingerprint: str = ""
    """Its fingerprint."""
    tmdb_id: str = ""
    """`862`, empty where unknown."""

    @property
    def name(self) -> str:
        """Return the title, or an id where there is none."""
        if self.title or not (self.movie_id or self.imdb_id or self.tmdb_id):
            return self.title
        return f"movie {self.movie_id}" if self.movie_id else self.imdb_id or f"tmdb:{self.tmdb_id}"

    @property
    def day(self) -> str:
        """Return the day of the rating, as 2020-02-29 (UTC); empty where that is unknown, or no date."""
        return _day(self.timestamp // _DAY_S) if self.timestamp else ""

    def kept(self) -> Rated:
        """Return the row as it comes back from the file: text that UTF-8 has, stars in six digits."""
        return kept_rows(*([value] for value in self))[0]


def kept_rows(*columns: Sequence[Any]) -> list[Rated]:
    """Make rows of columns, in the order of `Rated`; each row as it comes back from the file."""
    kept = [
        map(keep, column) if column.count("") < len(column) else column
        for keep, column in zip(_KEEP, columns, strict=True)
    ]
    return [*map(Rated._make, zip(*kept, strict=True))]


def read_rows(path: Path) -> list[Rated]:
    """Read the ratings in the profile file `path`, in its order; one that has not changed is not read again.

    Raises DataError, with line and remedy, where it is damaged.
    """
    try:
        seen = seen_own(path)
    except OSError:
        return _parsed(path)
    stamp = seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
    known = _KNOWN.pop(path, None)
    if known is None or known[0] != stamp:
        known = stamp, tuple(_parsed(path))
    if time.time_ns() - seen.st_mtime_ns < _SETTLED_NS:  # the next change may have the same time
        return [*known[1]]
    _KNOWN[path] = known
    for old in [*_KNOWN][:-_MOST_KNOWN]:
        _KNOWN.pop(old, None)
    return [*known[1]]


@gc_paused()
def _parsed(path: Path) -> list[Rated]:
    table = read_table(FileRef(path, own=True))
    if not {"rating", "title", "movieid"} <= set(table.columns):
        raise DataError(
            f"not a file of ratings: it needs movieId, rating and title, and has {table.named}.",
            path=path,
            hint="Restore it from a copy, or move it away to begin anew.",
        )
    stars = table.numbers("rating")
    if off := [at for at, given in enumerate(stars) if not 0 <= given <= TOP]:
        raise table.fault(off[0], f"the rating {stars[off[0]]:g} is not within 0 and {TOP:g} stars.")
    moments = table.numbers("timestamp", blank=0)
    if off := [at for at, moment in enumerate(moments) if abs(moment) >= 2**53]:
        raise table.fault(off[0], f"the timestamp {moments[off[0]]:g} is out of range.")
    titles, movies, datasets, prints = (
        [*map(original, table.column(name))] for name in ("title", "movieid", "dataset", "fingerprint")
    )
    imdb, tmdb = table.column("imdbid"), table.column("tmdbid")
    for at, named in enumerate(zip(titles, movies, imdb, tmdb, strict=True)):
        if not any(named):
            raise table.fault(at, "neither title nor movieId says which movie it is.")
    return kept_rows(titles, stars, movies, moments, imdb, datasets, prints, tmdb)


def as_csv(rows: Iterable[Rated], columns: tuple[str, ...] = COLUMNS) -> str:
    """Write the rows as a profile file, or with fewer columns for others to read; ends of line as in RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    places = [COLUMNS.index(name) for name in columns]
    cells = (
        (NOBODY, _cell(r.movie_id), _six(r.stars), r.timestamp, *map(_cell, (r.title, r.imdb_id, r.tmdb_id, *r[5:7])))
        for r in rows
    )
    writer.writerows(cells if columns is COLUMNS else ([row[at] for at in places] for row in cells))
    return out.getvalue()


def as_letterboxd(rows: Iterable[Rated]) -> str:
    """Write the CSV that letterboxd.com/import takes: imdbID, Title, Year, Rating in half stars, WatchedDate."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("imdbID", "Title", "Year", "Rating", "WatchedDate"))
    for row in (row for row in rows if row.title or row.imdb_id):
        rating = max(0.5, int(row.stars * 2 + 0.5) / 2)
        writer.writerow(
            (row.imdb_id, inert(spoken_name(row.title)), parse_year(row.title) or "", f"{rating:g}", row.day)
        )
    return out.getvalue()


def revived(found: dict[str, Any]) -> Rated:
    """Make a row again of what `_asdict` made of one; raises TypeError where it is none."""
    row = Rated(**found)
    for name, value in Rated(title="", stars=0.0)._asdict().items():
        if type(getattr(row, name)) is not type(value):
            raise TypeError(f"{name} is no {type(value).__name__}")
    return row


def written_tmdb(text: str) -> str:
    """Write the number as TMDb does, "862"; empty if it is no TMDb number."""
    digits = text.strip().lstrip("0")
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 12 else ""


@lru_cache(10_000)
def _day(day: int) -> str:
    """Write the day that is so many days after 1970; empty where that is no date."""
    try:
        return datetime.fromtimestamp(day * _DAY_S, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


@lru_cache(1_000)
def _six(stars: float) -> str:
    return f"{stars:.6g}"


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _storable(text: str) -> str:
    return _encodable(text).strip()


_KEEP: tuple[Callable[[Any], Any], ...] = (
    lambda title: " ".join(_encodable(title).split()),
    lambda stars: float(_six(stars)),
    _storable,
    int,
    lambda imdb: imdb and written_imdb(imdb_number(imdb)),
    _storable,
    _storable,
    lambda tmdb: tmdb and written_tmdb(tmdb),
)
"""What the file keeps of each of the columns of `Rated`."""


def _cell(text: str) -> str:
    return text if not text or text[0].isalnum() or _NUMBER.fullmatch(text) else inert(text)
