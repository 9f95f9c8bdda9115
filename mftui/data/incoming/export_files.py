"""Which files of a directory or an archive hold the ratings, and where the table in a file begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mftui.data.incoming.grid import Grid, Line, read_grid
from mftui.data.incoming.own_roles import given_roles, looks_like_header
from mftui.data.profiles.tables import Table, number_of, table_of, table_of_columns
from mftui.data.readers.names import named
from mftui.data.readers.personal import site_of
from mftui.data.reading.reading import Reading
from mftui.data.storage.files import FileRef, Folder, archive, directory, is_archive
from mftui.errors import DataError
from mftui.text import visible, whole_number

_USUAL = (
    "ratings.csv",
    "ratings.json",
    "ratings.xlsx",
    "ratings.xml",
    "user_ratings.csv",
    "netflix_ratings.csv",
    "diary.csv",
    "reviews.csv",
)
_PARTS = re.compile(r"(?:user[-_ ])?(?:ratings?[-_ ].+|.+[-_ ]ratings?)\.(?:json|csv)", re.IGNORECASE)
_SUFFIXES = (
    ".csv",
    ".tsv",
    ".txt",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xml",
    ".xlsx",
    ".xls",
    ".ods",
    ".html",
    ".htm",
    ".parquet",
)
_MAX_LOOKED_AT = 40
_LOOK_FOR_HEADER = 30


@dataclass(frozen=True)
class ExportTable:
    """The table of a file, and what its form is."""

    table: Table
    reading: Reading


def export_tables(path: Path, columns: Mapping[str, str], part: str | None) -> list[ExportTable]:
    """Read the tables of `path` that hold the ratings: one, or those of films, series, … that belong together.

    Parameters
    ----------
    columns: role → name of a column, as the user says.
    part: the sheet or table, of a file that has several.

    Raises
    ------
    DataError: nothing fits, or several files do.
    """
    path = path.expanduser()
    if path.is_dir():
        return _of_folder(directory(path), columns, part)
    if path.suffix.lower() == ".zip" or is_archive(path):
        return _of_folder(archive(path), columns, part)
    return [_table(FileRef(path), columns, part)]


def _of_folder(folder: Folder, columns: Mapping[str, str], part: str | None) -> list[ExportTable]:
    usual = folder.get(*_USUAL)
    if usual is not None:
        return [_table(usual, columns, part)]
    parts = [ref for ref in folder.files if _PARTS.fullmatch(ref.name)]
    if parts:
        tables = [found for ref in parts if (found := _table(ref, columns, part)).table.lines]
        if len({_site(found) for found in tables}) == 1:
            return tables
    fitting = []
    refused: DataError | None = None
    for ref in [ref for ref in folder.files if ref.suffix in _SUFFIXES][:_MAX_LOOKED_AT]:
        try:
            found = _table(ref, columns, part)
        except DataError as error:
            refused = error
            continue
        if looks_like_header(found.table.header):
            fitting.append(found)
    if len(fitting) == 1:
        return fitting
    names = ", ".join(visible(ref.name) for ref in folder.files[:12]) or "nothing"
    if fitting:
        raise DataError(
            f"several files may hold ratings; there are: {names}.", path=folder.path, hint="Give one of them."
        )
    if refused is not None and len(folder.files) == 1:
        raise refused
    raise DataError(
        f"holds no ratings.csv; there is: {names}.", path=folder.path, hint="Give the file with the ratings."
    )


def _site(found: ExportTable) -> str:
    site = site_of(found.table.header)
    return site.name if site else ""


def _table(ref: FileRef, columns: Mapping[str, str], part: str | None) -> ExportTable:
    given = [*given_roles(columns).values()]
    grid = read_grid(ref, part, fits=lambda cells: _fits(cells, given))
    at = _header_at(grid, columns)
    if at is None:
        header, lines = [str(n + 1) for n in range(len(grid.lines[0][1]))], grid.lines
    else:
        header = [name.strip().removeprefix("#").strip() for name in grid.lines[at][1]] if grid.lines else []
        lines = grid.lines[at + 1 :]
    lines = [line for line in lines if not line[1][0].startswith("#") or len(line[1]) == len(header)]
    reading = Reading(
        grid.form,
        grid.part,
        delimiter=grid.delimiter,
        encoding=grid.encoding,
        header=at is not None,
        header_line=grid.lines[at][0] if grid.lines and at is not None else 0,
    )
    if grid.columns:
        return ExportTable(table_of_columns(ref.path, header, grid.columns), reading)
    return ExportTable(table_of(ref.path, header, lines), reading)


def _header_at(grid: Grid, columns: Mapping[str, str]) -> int | None:
    """Return which line has the names of the columns: the first that names what is needed, else the first of all;
    None where the user gives positions and a number stands where the rating is."""
    if grid.named or not grid.lines:
        return 0
    given = list(given_roles(columns).values())
    looked_at = grid.lines[:_LOOK_FOR_HEADER]
    for at, (_, cells) in enumerate(looked_at):
        if _fits(cells, given):
            return at
    rating = columns.get("rating", "")
    if rating.isdigit() and all(name.isdigit() or name == "none" for name in given):
        cells = grid.lines[0][1]
        if 0 < (whole_number(rating) or 0) <= len(cells) and number_of(cells[int(rating) - 1].strip()) is not None:
            return None
    return _with_site(looked_at) or 0


def _fits(cells: list[str], given: list[str]) -> bool:
    named_by_user = [name for name in given if not name.isdigit() and name != "none"]
    if named_by_user:
        return all(named(cells, name) is not None for name in named_by_user)
    return len(cells) > 1 and looks_like_header(cells)


def _with_site(lines: list[Line]) -> int | None:
    return next((at for at, (_, cells) in enumerate(lines) if len(cells) > 1 and site_of(cells) is not None), None)
