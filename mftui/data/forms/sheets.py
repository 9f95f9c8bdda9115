"""Spreadsheets: Excel workbooks, OpenDocument, and the web pages that some programs save as .xls."""

from __future__ import annotations

import datetime
import json
import re
import tempfile
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from typing import Any

from mftui.data.apart import ReaderFailed, read_apart
from mftui.data.forms.table import Ask, Table, choose, damaged_form, of_rows, positions, refused, require_zip_room
from mftui.data.forms.words import decoded
from mftui.data.storage.files import FileRef
from mftui.data.storage.given import open_given

_ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}
_SAMPLE = 60
_CORNER = re.compile(r"user|movie|film|item|name|\bid\b", re.IGNORECASE)
_FORMS = {".ods": "an OpenDocument spreadsheet", ".fods": "an OpenDocument spreadsheet"}

Row = Sequence[Any]


def read_workbook(ref: FileRef, ask: Ask) -> Table:
    """Read the sheet of a workbook (.xlsx, .xls, .xlsb, .ods) that has rows; several that could be it are refused."""
    form = _FORMS.get(ref.suffix, "an Excel workbook")
    with ref.seekable() as file:
        require_zip_room(ref, file)
    with tempfile.TemporaryDirectory() as aside:
        found = Path(aside) / "cells.json"
        try:
            read_apart(_CELLS, ref, found)
        except ReaderFailed as error:
            old = ref.head(2) == b"\xd0\xcf"
            raise damaged_form(ref, "an old Excel or Word file" if old else form, error) from error
        with open_given(found) as made:
            cells = json.loads(made.read())
    if cells is None:
        raise refused(ref, f"{form} with a password", "Save it without one.")
    sheets = {name: grid for name, rows in cells if (grid := _Grid(rows, ask)).rows and len(grid.names) > 1}
    return _chosen(ref, ask, sheets, form, "sheet")


# In a process of its own: where one cell stands far away, its reader asks for more memory than there is, and ends it.
_CELLS = """
import datetime, json
import python_calamine as calamine
def plain(value):
    return {type(value).__name__: value.isoformat()} if isinstance(value, datetime.date) else str(value)
try:
    workbook = calamine.CalamineWorkbook.from_filelike(open(sys.argv[1], "rb"))
except calamine.PasswordError:
    found = None
else:
    found = []
    for name in workbook.sheet_names:
        try:
            found.append((name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)))
        except calamine.WorksheetNotFound:
            pass  # a sheet that is only a chart
with open(sys.argv[2], "w") as file:
    json.dump(found, file, default=plain)
"""


def read_html(ref: FileRef, ask: Ask) -> Table | None:
    """Read the table of a web page, as programs save it under the name of a workbook; None where it has no table."""
    page = _Page()
    with ref.open() as file:
        page.feed(decoded(file.read()))
    page.close()
    grids = {str(at): _Grid(rows, ask) for at, rows in enumerate(page.tables, 1)}
    tables = {name: grid for name, grid in grids.items() if grid.rows and len(grid.names) > 1}
    return _chosen(ref, ask, tables, "a web page with a table", "table") if tables else None


def _chosen(ref: FileRef, ask: Ask, grids: dict[str, _Grid], form: str, what: str) -> Table:
    name = choose(ref, ask, [(name, grid.names) for name, grid in grids.items()], form, what)
    grid = grids[name]
    columns = of_rows(grid.rows, len(grid.names), ask.rows)
    part = "" if what == "table" and len(grids) == 1 else name
    return Table(form, tuple(grid.names), grid.header, columns, part)


class _Grid:
    """The cells of a sheet: its names and rows, without what stands above them."""

    def __init__(self, cells: Sequence[Row], ask: Ask) -> None:
        rows = [[_cell(value) for value in row] for row in cells]
        rows = [row for row in rows if any(value is not None for value in row)]
        width = max((len(row) for row in rows), default=0)
        rows = [row + [None] * (width - len(row)) for row in rows]
        used = [at for at in range(width) if any(row[at] is not None for row in rows)]
        rows = [[row[at] for at in used] for row in rows]
        start = _first(rows, ask)
        self.header = bool(rows) and _is_header(rows[start], rows[start + 1 : start + 1 + _SAMPLE], ask)
        self.rows = [_whole(row) for row in rows[start + self.header :]]
        if self.header:
            self.names = ["" if name is None else str(name).strip() for name in _whole(rows[start])]
        else:
            self.names = list(positions(len(used)))


def _first(rows: list[list[Any]], ask: Ask) -> int:
    """Return the row at which the table begins: titles and remarks above it fill fewer cells."""
    sample = rows[: 2 * _SAMPLE]
    filled = [sum(value is not None for value in row) for row in sample]
    if not filled:
        return 0
    if ask.fits is not None:
        for at, row in enumerate(sample[:20]):
            if ask.fits([str(value) for value in row if value is not None]):
                return at
    least = max(2, median(filled) * 0.6)
    return next((at for at, n in enumerate(filled) if n >= least), 0)


def _is_header(first: list[Any], below: list[list[Any]], ask: Ask) -> bool:
    texts = [value for value in first if isinstance(value, str)]
    if ask.fits is not None and ask.fits([str(value) for value in first]):
        return True
    if not texts or not below:
        return False
    for at, value in enumerate(first):
        column = [row[at] for row in below if row[at] is not None]
        other = sum(not isinstance(cell, str) or _number(cell) for cell in column)
        if isinstance(value, str) and not _number(value) and other * 2 > len(column):
            return True
    numbers = [value for value in first[1:] if _number(value)]
    if len(numbers) == len(first) - 1 and isinstance(first[0], str) and len(set(numbers)) == len(numbers):
        return bool(_CORNER.search(first[0]))  # one column a movie, with ids of movies as names
    if any(_number(value) for value in first):
        return False
    return len(texts) == len(first) and len(set(texts)) == len(texts) and first not in below


def _number(value: Any) -> bool:
    """Return whether a cell is a number, or a text that reads as one."""
    if isinstance(value, str):
        try:
            float(value.replace(",", "."))
        except ValueError:
            return False
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip()
        return None if not text or text in _ERRORS else value
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return getattr(datetime, kind).fromisoformat(text)
    return value


def _whole(row: list[Any]) -> list[Any]:
    """Return a row with whole numbers as such: a sheet knows only floats."""
    return [int(value) if isinstance(value, float) and value.is_integer() else value for value in row]


class _Page(HTMLParser):
    """The cells of the tables of a web page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            if not self.tables[-1]:
                self.tables[-1].append([])
            self.tables[-1][-1].append("")
        self._open = (self._open or tag in ("td", "th")) and tag not in ("tr", "table")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open and self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data
