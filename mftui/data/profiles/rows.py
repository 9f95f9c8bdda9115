"""The ratings of a profile, and the CSV that keeps them: MovieLens' columns, with titles."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mftui.data.allocator import gc_paused
from mftui.data.profiles.stars import TOP
from mftui.data.profiles.tables import Row, read_table
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
NOBODY = 0
"""The user id of whoever rated: one that no MovieLens set has."""


@dataclass(frozen=True)
class Rated:
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
        try:
            return datetime.fromtimestamp(self.timestamp, UTC).date().isoformat() if self.timestamp else ""
        except (ValueError, OverflowError, OSError):
            return ""

    def kept(self) -> Rated:
        """Return the row as it comes back from the file: text that UTF-8 has, stars in six digits."""
        return Rated(
            " ".join(_storable(self.title).split()),
            float(f"{self.stars:.6g}"),
            _storable(self.movie_id),
            int(self.timestamp),
            written_imdb(imdb_number(self.imdb_id)) if self.imdb_id else "",
            _storable(self.dataset),
            _storable(self.fingerprint),
            written_tmdb(self.tmdb_id) if self.tmdb_id else "",
        )


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
    return [_rated(row) for row in table.rows]


def as_csv(rows: Iterable[Rated], columns: tuple[str, ...] = COLUMNS) -> str:
    """Write the rows as a profile file, or with fewer columns for others to read; ends of line as in RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for r in rows:
        stars, about = f"{r.stars:.6g}", (r.title, r.imdb_id, r.tmdb_id, r.dataset, r.fingerprint)
        named = dict(zip(COLUMNS, (NOBODY, r.movie_id, stars, r.timestamp, *about), strict=True))
        writer.writerow([_cell(named[name]) for name in columns])
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
    """Make a row again of what `asdict` made of one; raises TypeError where it is none."""
    row = Rated(**found)
    for name, value in vars(Rated(title="", stars=0.0)).items():
        if type(getattr(row, name)) is not type(value):
            raise TypeError(f"{name} is no {type(value).__name__}")
    return row


def written_tmdb(text: str) -> str:
    """Write the number as TMDb does, "862"; empty if it is no TMDb number."""
    digits = text.strip().lstrip("0")
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 12 else ""


def _rated(row: Row) -> Rated:
    stars = row.number("rating", "rating")
    if not 0 <= stars <= TOP:
        raise row.fault(f"the rating {stars:g} is not within 0 and {TOP:g} stars.")
    title, movie = original(row.get("title")), original(row.get("movieid"))
    imdb, tmdb = row.get("imdbid"), row.get("tmdbid")
    if not (title or movie or imdb or tmdb):
        raise row.fault("neither title nor movieId says which movie it is.")
    when = row.number("timestamp", "timestamp") if row.get("timestamp") else 0
    if abs(when) >= 2**53:
        raise row.fault(f"the timestamp {when:g} is out of range.")
    of = (original(row.get("dataset")), original(row.get("fingerprint")))
    return Rated(title, stars, movie, int(when), imdb, *of, tmdb_id=tmdb).kept()


def _storable(text: str) -> str:
    return text.strip() if text.isascii() else text.encode("utf-8", "replace").decode().strip()


def _cell(value: object) -> object:
    if not isinstance(value, str) or value[:1].isalnum() or _NUMBER.fullmatch(value):
        return value
    return inert(value)
