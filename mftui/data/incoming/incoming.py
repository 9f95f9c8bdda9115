"""The ratings of one person in a file from elsewhere: what each line says, and what was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, compress
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import gc_paused
from mftui.data.dataset import Scale
from mftui.data.incoming.export_files import export_tables
from mftui.data.incoming.own_dates import read_dates
from mftui.data.incoming.own_ratings import Grades, read_grades
from mftui.data.incoming.own_roles import Roles, find_roles, imdb_in, tmdb_in
from mftui.data.incoming.own_types import is_film, is_part
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.many_texts import Texts
from mftui.data.profiles.rated import LATEST, Rated
from mftui.data.profiles.tables import Table
from mftui.data.readers.names import listed
from mftui.data.readers.personal import Site, site_of
from mftui.data.reading.reading import ColumnUse, Reading, date_of
from mftui.data.storage.csv_cells import original
from mftui.data.titles.title import parse_year
from mftui.errors import DataError
from mftui.text import shell_word, visible

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_NAME_ALONE = r"^[!-&)-~](?: ?[!-')-~])*$"
"""No bracket, in which a year or other names may be, and no apostrophe before it."""
_OTHER_NAME = re.compile(r"\s+/\s+")
_MAX_USERS = 10
_TABLE = "a table"
_IDS_OR_TITLES = (("movie",), ("film",), ("item",))
"""Columns that may have either."""
_SECOND = {"title": "original title", "timestamp": "or timestamp"}
"""What the second column of a role is called."""


class Entry(NamedTuple):
    """One rating of the file."""

    rated: Rated
    line: int
    is_film: bool = True
    """False for series, episodes and games, as far as the file tells."""


class Entries(Sequence[Entry]):
    """The ratings of a file, column by column: an object is made of one when it is asked for."""

    def __init__(self, rows: Rows, lines: Sequence[int], films: NDArray[np.bool_]) -> None:
        self.rows, self.lines, self.films = rows, lines, films

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> list[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | list[Entry]:
        if isinstance(at, slice):
            return [*map(Entry, self.rows[at], self.lines[at], self.films[at].tolist())]
        return Entry(self.rows[at], self.lines[at], bool(self.films[at]))

    def __iter__(self) -> Iterator[Entry]:
        return map(Entry, self.rows, self.lines, self.films.tolist())

    @classmethod
    def joined(cls, parts: Sequence[Entries]) -> Entries:
        """Put those of several files below each other."""
        if len(parts) == 1:
            return parts[0]
        lines = [*chain.from_iterable(part.lines for part in parts)]
        return cls(Rows.joined([part.rows for part in parts]), lines, np.concatenate([part.films for part in parts]))


@dataclass(frozen=True)
class Incoming:
    """What a file has."""

    path: Path
    kind: str
    """The site that it is an export of, or "a table"."""
    scale: Scale
    """That its ratings were read on."""
    entries: Entries
    readings: list[Reading] = field(default_factory=list)
    """How each of its files was read."""
    n_unrated: int = 0
    """Lines of films without a rating."""
    n_undated: int = 0
    """Ratings without a date that could be read."""
    why_undated: str = ""
    """Why none of the dates was read, where there are some."""


@dataclass(frozen=True)
class Wanted:
    """What the user says of a file.

    Attributes
    ----------
    columns : role → name or position of a column, where the names do not tell; roles as in `own_roles.ROLES`.
    missing : what stands for "not rated"; "none" alone keeps every number.
    user : whose ratings to take, of a file with those of several people.
    scale : of a table that does not tell its own, as exports of sites do; None goes by its highest rating: of 5, of 10
        or of 100.
    table : the sheet or table, of a file that has several.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    user: str | None = None
    scale: Scale | None = None
    table: str | None = None


@gc_paused()
def read_incoming(path: Path, wanted: Wanted | None = None) -> Incoming:
    """Read the ratings of `path`: a file of any form, or a directory or archive as sites make them.

    Raises DataError, with file and line, for what cannot be read, for ratings off the scale, and for the ratings of
    several people if `wanted` does not say whose.
    """
    wanted = wanted or Wanted()
    parts = [
        _read(export.table, export.reading, wanted) for export in export_tables(path, wanted.columns, wanted.table)
    ]
    first = parts[0]
    if not any(part.entries for part in parts):
        n_unrated = sum(part.n_unrated for part in parts)
        what = f"none of its {n_unrated:,} lines has a rating" if n_unrated else "there are no ratings in it"
        raise DataError(f"{what}.", path=path, hint=first.readings[0].sentence())
    return replace(
        first,
        path=path,
        entries=Entries.joined([part.entries for part in parts]),
        readings=[reading for part in parts for reading in part.readings],
        n_unrated=sum(part.n_unrated for part in parts),
        n_undated=sum(part.n_undated for part in parts),
    )


def _read(table: Table, reading: Reading, wanted: Wanted) -> Incoming:
    site = site_of(table.header)
    roles = find_roles(table, site, wanted.columns)
    _check_roles(table, site, roles)
    table = _of_one(table, roles, wanted.user)
    grades = read_grades(table, roles.rating, site, wanted.scale, wanted.missing)
    moments, dated, form, why = _moments(table, site, roles)
    reading, roles = replace(reading, dates=form), replace(roles, dates=dated)
    rated = [stars is not None for stars in grades.stars]
    stars, moments = [*compress(grades.stars, rated)], moments[rated]
    entries = _entries(table.where(rated), roles, site, stars, moments)
    stamps = entries.rows.timestamps
    return Incoming(
        table.path,
        site.name if site else _TABLE,
        grades.scale,
        entries,
        [_described(table, reading, roles, grades, stamps, wanted)],
        rated.count(False),
        int(np.count_nonzero(stamps == 0)),
        why,
    )


def _check_roles(table: Table, site: Site | None, roles: Roles) -> None:
    """Raise DataError where there is no rating, or nothing to know a film by."""
    if table.columns.count(roles.rating) > 1:
        name = table.header[table.columns.index(roles.rating)]
        raise DataError(
            f"several columns are called {visible(name[:40])}.", path=table.path, hint="Rename or remove one."
        )
    if roles.rating and roles.names_film:
        return
    if roles.doubtful:
        names = listed([name for name in table.header if _plain_in(table, name) in roles.doubtful])
        raise DataError(
            f"it cannot be told which column has your ratings; whole numbers from 1 to 10 are in: {names}.",
            path=table.path,
            hint="Say which it is: --columns rating=NAME.",
        )
    if site is not None and not roles.rating:
        raise DataError(
            f"an export of {site.name} without your ratings; it has: {table.named}.",
            path=table.path,
            hint=site.hint or "Say which column has them: --columns rating=NAME.",
        )
    hint = "Name them movieId (or title) and rating, or say which they are: --columns title=NAME,rating=NAME."
    if table.header and not any(letter.isalpha() for name in table.header for letter in name):
        hint = (
            "It has no names of columns. If these are ratings of many people: mftui train --data "
            f"{visible(str(table.path))}; else say which column is which: --columns title=1,rating=2."
        )
    raise DataError(f"needs a movie and a rating column; it has: {table.named}.", path=table.path, hint=hint)


def _plain_in(table: Table, name: str) -> str:
    return table.columns[table.header.index(name)]


def _of_one(table: Table, roles: Roles, user: str | None) -> Table:
    """Return the table with one user's rows; raises DataError where there are several and none is chosen."""
    users = table.column(roles.user)
    counts = Counter(filter(None, users))
    if user is None and len(counts) < 2:
        return table
    if user is not None and user in counts:
        return table.where([name == user for name in users])
    some = ", ".join(visible(name[:30]) for name, _ in counts.most_common(_MAX_USERS))
    more = f" and {len(counts) - _MAX_USERS:,} more" if len(counts) > _MAX_USERS else ""
    if user is not None:
        message = f"there is no user {visible(user[:40])} in it." if counts else "it has no column of users."
        raise DataError(message, path=table.path, hint=f"There are: {some}{more}." if counts else "Leave out --user.")
    path = visible(str(table.path))
    train = "" if roles.titles else f" To train on all of them: mftui train --data {shell_word(path)}"
    raise DataError(
        f"this has the ratings of {len(counts):,} people: {some}{more}.",
        path=table.path,
        hint=f"Take those of one: mftui ratings import {shell_word(path)} --user ID.{train}",
    )


def _moments(table: Table, site: Site | None, roles: Roles) -> tuple[NDArray[np.int64], tuple[str, ...], str, str]:
    """Return (n,) seconds since 1970 for every row, 0 where there are none; the columns they are of; their form; why
    there are none."""
    moments = np.zeros(len(table), np.int64)
    used: dict[str, str] = {}
    reasons = []
    for name in roles.dates:
        if site is not None and site.name == "mftui" and name == "timestamp":
            read, form, why = np.array(table.numbers(name, blank=0)), "seconds since 1970", ""
            if (off := np.flatnonzero(np.abs(read) >= LATEST)).size:
                raise table.fault(int(off[0]), f"the timestamp {read[off[0]]:g} is out of range.")
        else:
            read, form, why = read_dates(table.column(name))
        new = (moments == 0) & (read.astype(np.int64) != 0)
        if new.any():
            moments[new] = read[new]
            used[name] = form
        reasons += [f"{name}: {why}"] if why else []
    return moments, tuple(used), next(iter(used.values()), ""), "" if used else "; ".join(reasons)


def _entries(
    table: Table, roles: Roles, site: Site | None, stars: Sequence[float | None], moments: NDArray[np.int64]
) -> Entries:
    kinds, of, nothing = table.column(roles.type), site.name if site is not None else "", Texts.same("", len(table))
    films = [True] * len(table) if not roles.type else [*map(is_film, kinds)]
    # The ids beside an episode or a season are often those of the series; TMDb has numbers of its own for series.
    imdb = tmdb = nothing
    if roles.imdb:
        whole = roles.imdb == "const"
        cells = zip(table.column(roles.imdb), kinds, strict=True)
        imdb = Texts.of(imdb_in(text) if whole or not is_part(kind) else "" for text, kind in cells)
    if roles.tmdb:
        numbers = zip(table.column(roles.tmdb), films, strict=True)
        tmdb = Texts.of(tmdb_in(text) if film else "" for text, film in numbers)
    if of == "Yamtrack":
        theirs = zip(tmdb, films, table.column("source"), table.column("mediaid"), strict=True)
        tmdb = Texts.of(tmdb_in(text) if film and source == "tmdb" else old for old, film, source, text in theirs)
    titles = _titles(table, roles, of)
    movies = Texts.of(table.column(roles.movie)).mapped(original) if roles.movie else nothing
    if not roles.movie and not of and roles.titles[:1] in _IDS_OR_TITLES:
        movies = titles
    named = np.sum([texts.lengths for texts in (titles, movies, imdb, tmdb)], axis=0)
    if not named.all():
        what = "movie" if roles.movie else "title"
        raise table.fault(int(named.argmin()), f"the {what} is missing.", "Fill it in, or remove the line.")
    datasets, prints = nothing, nothing
    if of == "mftui":
        datasets, prints = (
            Texts.of(original(text) if movie else "" for text, movie in zip(table.column(name), movies, strict=True))
            for name in ("dataset", "fingerprint")
        )
    rows = Rows.kept(titles, stars, movies, moments, imdb, datasets, prints, tmdb)
    return Entries(rows, table.lines, np.array(films, bool))


def _titles(table: Table, roles: Roles, of: str) -> Texts:
    """Return the names of each film as MovieLens writes them: others in brackets, the year at the end."""
    if not roles.titles:
        return Texts.same("", len(table))
    written = table.column(roles.year)
    years = {text: found[0] if (found := _YEAR.search(text)) else "" for text in dict.fromkeys(written)}
    if len(roles.titles) == 1 and of != "Douban":
        return _dated_titles(Texts.of(table.column(roles.titles[0])), Texts.of(written), years)
    names = [map(original, table.column(name)) for name in roles.titles]
    if of == "Douban":
        names = [map(_OTHER_NAME.split, texts) for texts in names]  # type: ignore[arg-type]
        return Texts.of(_title([*chain(*some)], years[year]) for *some, year in zip(*names, written, strict=True))
    return Texts.of(_title(some, years[year]) for *some, year in zip(*names, written, strict=True))


def _dated_titles(names: Texts, written: Texts, years: Mapping[str, str]) -> Texts:
    """Return the one name of each film with its year, as `_title` has it: most need no looking at."""
    after = written.mapped(lambda text: f" ({years[text]})" if years[text] else "")
    odd = ~names.like(_NAME_ALONE)
    some = zip(map(original, names.where(odd)), written.where(odd), strict=True)
    return Texts.joined(names, after).mended(odd, (_title([name], years[year]) for name, year in some))


def _title(names: Sequence[str], year: str) -> str:
    first, *others = names if len(names) == 1 else [*dict.fromkeys(filter(None, names))] or [""]
    if not first:
        return ""
    written = next((found for name in (first, *others) if (found := parse_year(name))), None)
    if not others:
        return first if written or not year else f"{first} ({year})"
    named = f"{first} ({') ('.join(others)})"
    if written is None:
        return f"{named} ({year})" if year else named
    return f"{named} ({written})" if parse_year(named) is None else named


def _described(
    table: Table, reading: Reading, roles: Roles, grades: Grades, moments: NDArray[np.int64], wanted: Wanted
) -> Reading:
    """Return how the file was read: with the columns that were used, the first and the last date, what was left out."""
    uses: dict[str, ColumnUse] = {}
    for role, columns in roles.used().items():
        by = "given" if role in wanted.columns else "name"
        for n, column in enumerate(columns):
            at = table.columns.index(column)
            uses[role if n == 0 else _SECOND.get(role, role)] = ColumnUse(table.header[at], at + 1, by)
    used = {use.position for use in uses.values()}
    dated = moments[moments != 0]
    return replace(
        reading,
        columns=uses,
        unused=tuple(name for at, name in enumerate(table.header, 1) if at not in used and name),
        n_columns=len(table.header),
        missing=grades.missing,
        dates=reading.dates if len(dated) else "",
        first=date_of(int(dated.min())) if len(dated) else "",
        last=date_of(int(dated.max())) if len(dated) else "",
        n_rows=len(moments),
    )
