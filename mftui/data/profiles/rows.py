"""The ratings of a profile, and the CSV that keeps them: MovieLens' columns, with titles."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from mftui.data.allocator import gc_paused
from mftui.data.profiles.many_rows import Column, Rows
from mftui.data.profiles.many_texts import Texts
from mftui.data.profiles.rated import LATEST, Rated, kept_rows, six_digits
from mftui.data.profiles.stars import TOP
from mftui.data.profiles.tables import Table, read_table
from mftui.data.storage.csv_cells import inert, original
from mftui.data.storage.files import FileRef
from mftui.data.storage.regular import seen_own
from mftui.data.titles.title import parse_year, spoken_name
from mftui.errors import DataError

COLUMNS = ("userId", "movieId", "rating", "timestamp", "title", "imdbId", "tmdbId", "dataset", "fingerprint")
_NUMBER = re.compile(r"-?[0-9.]+")
_QUOTE, _QUOTING = '"', re.compile(r'[",\r\n]')
_KNOWN: dict[Path, tuple[tuple[int, ...], Sequence[Rated]]] = {}
"""The files that were read last, as they were then."""
_MOST_KNOWN = 4
_SETTLED_NS = 10**9
NOBODY = 0
"""The user id of whoever rated: one that no MovieLens set has."""
_WRITTEN_AS_IT_IS = r'^(?:[0-9A-Za-z][^",\r\n]*)?$'
_AT_ONCE = 100_000
_UNNAMED = "neither title nor movieId says which movie it is."


def read_rows(path: Path) -> Sequence[Rated]:
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
        rows = _parsed(path)
        known = stamp, rows if isinstance(rows, Rows) else tuple(rows)
    if time.time_ns() - seen.st_mtime_ns >= _SETTLED_NS:  # else the next change may have the same time
        _KNOWN[path] = known
        for old in [*_KNOWN][:-_MOST_KNOWN]:
            _KNOWN.pop(old, None)
    return known[1] if isinstance(known[1], Rows) else [*known[1]]


@gc_paused()
def _parsed(path: Path) -> Sequence[Rated]:
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
    if off := [at for at, moment in enumerate(moments) if abs(moment) >= LATEST]:
        raise table.fault(off[0], f"the timestamp {moments[off[0]]:g} is out of range.")
    if isinstance(table.column("title"), Texts):
        return _many(table, stars, moments)
    titles, movies, datasets, prints = (
        [*map(original, table.column(name))] for name in ("title", "movieid", "dataset", "fingerprint")
    )
    imdb, tmdb = table.column("imdbid"), table.column("tmdbid")
    for at, named in enumerate(zip(titles, movies, imdb, tmdb, strict=True)):
        if not any(named):
            raise table.fault(at, _UNNAMED)
    return kept_rows(titles, stars, movies, moments, imdb, datasets, prints, tmdb)


def _many(table: Table, stars: Sequence[float], moments: Sequence[float]) -> Rows:
    """Return the rows of a long file, which is read by columns."""
    titles, movies, datasets, prints = (
        _original(Texts.of(table.column(name))) for name in ("title", "movieid", "dataset", "fingerprint")
    )
    imdb, tmdb = (Texts.of(table.column(name)) for name in ("imdbid", "tmdbid"))
    named = np.sum([texts.lengths for texts in (titles, movies, imdb, tmdb)], axis=0)
    if not named.all():
        raise table.fault(int(named.argmin()), _UNNAMED)
    return Rows.kept(titles, stars, movies, moments, imdb, datasets, prints, tmdb)


def _original(column: Texts) -> Texts:
    odd = column.like("^'")
    return column.mended(odd, map(original, column.where(odd)))


def as_csv(rows: Iterable[Rated], columns: tuple[str, ...] = COLUMNS) -> str:
    """Write the rows as a profile file, or with fewer columns for others to read; ends of line as in RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    places = [COLUMNS.index(name) for name in columns]
    cells = (
        (
            NOBODY,
            _cell(r.movie_id),
            six_digits(r.stars),
            r.timestamp,
            *map(_cell, (r.title, r.imdb_id, r.tmdb_id, *r[5:7])),
        )
        for r in rows
    )
    writer.writerows(cells if columns is COLUMNS else ([row[at] for at in places] for row in cells))
    return out.getvalue()


def csv_parts(rows: Sequence[Rated]) -> Iterator[str]:
    """Write the rows as `as_csv` does, part by part."""
    if not isinstance(rows, Rows):
        yield as_csv(rows)
        return
    yield as_csv([])
    for first in range(0, len(rows), _AT_ONCE):
        some = rows.part(first, _AT_ONCE)
        title, stars, movie, timestamp, *ids = some.columns
        numbers = Texts.of_numbers(np.asarray(stars), six_digits), Texts.of_numbers(np.asarray(timestamp), str)
        imdb, dataset, fingerprint, tmdb = map(_cells, ids)
        cells = (_cells(movie), *numbers, _cells(title), imdb, tmdb, dataset, fingerprint)
        lines = Texts.joined(Texts.same(str(NOBODY), len(some)), *cells, between=",")
        yield Texts.joined(lines, Texts.same("\r\n", len(some))).text


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


def _cells(column: Column) -> Texts:
    assert isinstance(column, Texts)
    odd = ~column.like(_WRITTEN_AS_IT_IS)
    return column.mended(odd, map(_quoted, column.where(odd)))


def _quoted(text: str) -> str:
    """Return a cell as the writer of the CSV makes it."""
    cell = _cell(text)
    return f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' if _QUOTING.search(cell) else cell


def _cell(text: str) -> str:
    return text if not text or text[0].isalnum() or _NUMBER.fullmatch(text) else inert(text)
