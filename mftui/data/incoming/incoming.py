"""The ratings of one person in a file from elsewhere: what each line says, and what was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mftui.data.allocator import gc_paused
from mftui.data.dataset import Scale
from mftui.data.incoming.export_files import export_tables
from mftui.data.incoming.own_dates import read_dates
from mftui.data.incoming.own_ratings import Grades, read_grades
from mftui.data.incoming.own_roles import Roles, find_roles, imdb_in, tmdb_in
from mftui.data.incoming.own_types import is_film, is_part
from mftui.data.profiles.rows import Rated
from mftui.data.profiles.tables import Row, Table
from mftui.data.readers.names import listed
from mftui.data.readers.personal import Site, site_of
from mftui.data.reading.reading import ColumnUse, Reading, date_of
from mftui.data.storage.csv_cells import original
from mftui.data.titles.title import parse_year
from mftui.errors import DataError
from mftui.text import shell_word, visible

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_OTHER_NAME = re.compile(r"\s+/\s+")
_MAX_USERS = 10
_TABLE = "a table"
_IDS_OR_TITLES = (("movie",), ("film",), ("item",))
"""Columns that may have either."""
_SECOND = {"title": "original title", "timestamp": "or timestamp"}
"""What the second column of a role is called."""


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
    kind: str
    """The site that it is an export of, or "a table"."""
    scale: Scale
    """That its ratings were read on."""
    entries: list[Entry]
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
        entries=[entry for part in parts for entry in part.entries],
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
    entries = []
    for row, stars, moment in zip(table.rows, grades.stars, moments, strict=True):
        if stars is not None:
            entries.append(_entry(row, roles, site, stars, moment))
    return Incoming(
        table.path,
        site.name if site else _TABLE,
        grades.scale,
        entries,
        [_described(table, reading, roles, grades, [entry.rated.timestamp for entry in entries], wanted)],
        sum(stars is None for stars in grades.stars),
        sum(not entry.rated.timestamp for entry in entries),
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
    counts = Counter(row.get(roles.user) for row in table.rows if row.get(roles.user)) if roles.user else Counter()
    if user is None and len(counts) < 2:
        return table
    if user is not None and user in counts:
        return replace(table, rows=[row for row in table.rows if row.get(roles.user) == user])
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


def _moments(table: Table, site: Site | None, roles: Roles) -> tuple[list[int], tuple[str, ...], str, str]:
    """Return seconds since 1970 for every row, 0 where there are none; the columns they are of; their form; why there
    are none."""
    moments = [0] * len(table.rows)
    used: dict[str, str] = {}
    reasons = []
    for name in roles.dates:
        texts = [row.get(name) for row in table.rows]
        if site is not None and site.name == "mftui" and name == "timestamp":
            read = [int(row.number(name, name)) if row.get(name) else 0 for row in table.rows]
            form, why = "seconds since 1970", ""
        else:
            read, form, why = read_dates(texts)
        if any(new and not old for old, new in zip(moments, read, strict=True)):
            moments = [old or new for old, new in zip(moments, read, strict=True)]
            used[name] = form
        reasons += [f"{name}: {why}"] if why else []
    return moments, tuple(used), next(iter(used.values()), ""), "" if used else "; ".join(reasons)


def _entry(row: Row, roles: Roles, site: Site | None, stars: float, moment: int) -> Entry:
    kind = row.get(roles.type) if roles.type else ""
    film = is_film(kind)
    # The ids beside an episode or a season are often those of the series; TMDb has numbers of its own for series.
    imdb = imdb_in(row.get(roles.imdb)) if roles.imdb and (roles.imdb == "const" or not is_part(kind)) else ""
    tmdb = tmdb_in(row.get(roles.tmdb)) if roles.tmdb and film else ""
    if site is not None and site.name == "Yamtrack" and film and row.get("source") == "tmdb":
        tmdb = tmdb_in(row.get("mediaid"))
    movie = original(row.get(roles.movie)) if roles.movie else ""
    title = _title(row, roles, site)
    if not roles.movie and site is None and roles.titles[:1] in _IDS_OR_TITLES:
        movie = title
    if not (title or movie or imdb or tmdb):
        raise row.fault(f"the {'movie' if roles.movie else 'title'} is missing.", "Fill it in, or remove the line.")
    ids = (
        (row.get("dataset"), row.get("fingerprint"))
        if site is not None and site.name == "mftui" and movie
        else ("", "")
    )
    dataset, fingerprint = map(original, ids)
    rated = Rated(title, stars, movie, moment, imdb, dataset, fingerprint, tmdb)
    return Entry(rated.kept(), row.line, film)


def _title(row: Row, roles: Roles, site: Site | None) -> str:
    """Return the names of the film as MovieLens writes them: others in brackets, the year at the end."""
    names = list(dict.fromkeys(name for column in roles.titles if (name := original(row.get(column)))))
    if not names:
        return ""
    if site is not None and site.name == "Douban":
        names = [part for name in names for part in _OTHER_NAME.split(name) if part]
    first, *others = names
    year = _YEAR.search(row.get(roles.year)) if roles.year else None
    written = next((parse_year(name) for name in names if parse_year(name)), None)
    if others:
        first = f"{first} ({') ('.join(others)})"
    if written is None and year:
        return f"{first} ({year[0]})"
    return f"{first} ({written})" if written and others and parse_year(first) is None else first


def _described(
    table: Table, reading: Reading, roles: Roles, grades: Grades, moments: Sequence[int], wanted: Wanted
) -> Reading:
    """Return how the file was read: with the columns that were used, the first and the last date, what was left out."""
    uses: dict[str, ColumnUse] = {}
    for role, columns in roles.used().items():
        by = "given" if role in wanted.columns else "name"
        for n, column in enumerate(columns):
            at = table.columns.index(column)
            uses[role if n == 0 else _SECOND.get(role, role)] = ColumnUse(table.header[at], at + 1, by)
    used = {use.position for use in uses.values()}
    dated = [moment for moment in moments if moment]
    return replace(
        reading,
        columns=uses,
        unused=tuple(name for at, name in enumerate(table.header, 1) if at not in used and name),
        n_columns=len(table.header),
        missing=grades.missing,
        dates=reading.dates if dated else "",
        first=date_of(min(dated)) if dated else "",
        last=date_of(max(dated)) if dated else "",
        n_rows=len(moments),
    )
