"""Matrices: one row for each user and a column for each movie, or the other way round, made one rating a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mftui.data.delimited.layout import ALIGNED, split
from mftui.data.delimited.positions import is_number
from mftui.data.forms.read import read_form
from mftui.data.readers.columns import RawRatings, from_strings
from mftui.data.readers.encodings import head_lines
from mftui.data.readers.names import match as role_of
from mftui.data.readers.names import plain
from mftui.data.reading.options import ReadOptions
from mftui.data.reading.reading import Reading
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible, whole_number

_DELIMITERS = ("\t", ",", ";", "|", ALIGNED)
_EMPTY = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "\\n"})
_INDEX_NAMES = frozenset({"", "index", "unnamed0", "id", "row"})
_MIN_COLUMNS = 2


def read_wide(ref: FileRef, how: ReadOptions) -> RawRatings:
    """Read the ratings of a matrix; empty fields, and those that `how.missing` names, are not rated.

    `how.wide` says what a row is; "auto": movies, where the first column is called like one, else users.
    Raises DataError where it is no matrix, and with the row of a field that is no number.
    """
    names, rows, reading = _typed(ref, how) or _text(ref)
    if len(rows) < 1 or min(len(rows[0]), len(names)) < _MIN_COLUMNS:
        raise DataError("no matrix: it needs rows and columns.", path=ref, hint="Leave --wide out.")
    row_ids, column_ids, first = _ids(names, rows, reading.header is True)
    by_movie = how.wide == "movies" or (how.wide == "auto" and "movie" in role_of(names[:1], ("movie",)))
    cells = [[text.strip() for text in row[first:]] for row in rows]
    missing = {text.casefold() for text in how.missing_texts} | _EMPTY
    at_rows, at_columns, values = _numbers(ref, cells, missing, how, reading.header_line)
    if not len(values):
        raise DataError("no field has a rating.", path=ref, hint="Check --missing.")
    n_empty = sum(map(len, cells)) - len(values)
    of_rows, of_columns = from_strings(at_rows, row_ids), from_strings(at_columns, column_ids)
    if of_rows is None or of_columns is None:
        raise DataError("a row or a column has no name.", path=ref, hint="Fill it in.")
    users, movies = (of_columns, of_rows) if by_movie else (of_rows, of_columns)
    reading = replace(
        reading,
        wide="movies" if by_movie else "users",
        n_columns=len(names),
        missing=how.missing_words,
        left_out={"fields not rated": n_empty} if n_empty else {},
    )
    return RawRatings(users, movies, [values], None, [], reading)


def _typed(ref: FileRef, how: ReadOptions) -> tuple[list[str], list[list[str]], Reading] | None:
    table = read_form(ref, how.table or None, matrix=True)
    if table is None:
        return None
    columns = [["" if value is None else _shown(value) for value in column.to_pylist()] for column in table.columns]
    reading = Reading(form=table.form, part=table.part, header=table.header)
    return list(table.names), [list(row) for row in zip(*columns, strict=True)], reading


def _shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _text(ref: FileRef) -> tuple[list[str], list[list[str]], Reading]:
    sample, encoding = head_lines(ref)
    with ref.open() as file:
        text = file.read().decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    looked = [line for line in sample if line.strip()][:50]
    delimiter = max(_DELIMITERS, key=lambda one: _regular(split(looked, one, one in ",;\t|")))
    rows = split(lines, delimiter, delimiter != ALIGNED)
    width = len(rows[0])
    for at, row in enumerate(rows, 1):
        if len(row) != width and len(row) != width - 1:
            message = f"{len(row)} columns where there should be {width}."
            raise DataError(message, path=ref, line=at, hint="Correct or remove the line.")
    cells = [cell.strip() for cell in rows[0]]
    header = not all(is_number(cell) or cell.casefold() in _EMPTY for cell in cells) or cells[0] == ""
    names = cells if header else [str(at + 1) for at in range(width)]
    if header and all(len(row) == width + 1 for row in rows[1:]):
        names = ["", *names]
    reading = Reading(delimiter=delimiter, encoding=encoding, header=header, header_line=int(header))
    return names, rows[1:] if header else rows, reading


def _regular(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    widths = [len(row) for row in rows]
    return (sum(width == widths[-1] for width in widths) if widths[-1] > 1 else 0), widths[-1]


def _ids(names: list[str], rows: list[list[str]], header: bool) -> tuple[list[str], list[str], int]:
    """Return `(ids of the rows, ids of the columns, the first column with ratings)`."""
    first = [row[0].strip() for row in rows]
    numbered = all(map(is_number, first))
    distinct = len(set(first)) == len(first)
    if not header:
        counts = [str(sum(cell.strip() not in ("", "99") for cell in row[1:])) for row in rows]
        if first == counts or (numbered and distinct and len(first) > 1 and first == _count(first)):
            rows_named = first if first != counts else [str(at + 1) for at in range(len(rows))]
            return rows_named, names[1:], 1
        if not numbered and distinct:
            return first, names[1:], 1
        if not all(is_number(cell) or cell.casefold() in _EMPTY for cell in first):
            raise DataError(f"the row {visible(first[-1][:40])} may stand twice: the first column repeats.")
        return [str(at + 1) for at in range(len(rows))], names, 0
    named = plain(names[0]) in _INDEX_NAMES or bool(role_of(names[:1], ("user", "movie"))) or not numbered
    if not named and not distinct:
        return [str(at + 1) for at in range(len(rows))], names, 0
    if not distinct:
        raise DataError(f"the row {visible(first[-1][:40])} may stand twice: the first column repeats.")
    return first, names[1:], 1


def _count(first: list[str]) -> list[str]:
    start = 1 if (number := whole_number(first[0])) is None else number
    return [str(start + at) for at in range(len(first))]


def _numbers(
    ref: FileRef, cells: list[list[str]], missing: set[str], how: ReadOptions, header_line: int
) -> tuple[Any, Any, Any]:
    """Return (row, column, rating) of each field with a rating, as arrays."""
    at_rows, at_columns, values = [], [], []
    numbers = set(how.missing_numbers)
    for at, row in enumerate(cells):
        for place, text in enumerate(row):
            if text.casefold() in missing:
                continue
            try:
                value = float(text.replace(",", "."))
            except ValueError:
                line = header_line + at + 1
                raise DataError(
                    f"{visible(text[:30])} is not a number.", path=ref, line=line, hint="Correct it."
                ) from None
            if value not in numbers:
                at_rows.append(at)
                at_columns.append(place)
                values.append(value)
    return np.array(at_rows, np.int32), np.array(at_columns, np.int32), np.array(values, np.float32)
