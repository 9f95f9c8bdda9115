"""A small table of text, as people and other sites write it: any usual delimiter, encoding and end of line."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import numpy as np

from mftui.data.forms import words
from mftui.data.profiles.even_lines import DELIMITERS, EvenLines, read_even
from mftui.data.profiles.many_texts import Texts
from mftui.data.readers.names import listed, plain
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import shell_word, visible

_MAX_BYTES = 1 << 25
_LONG = 1 << 18
"""Bytes from which on it is worth while to import Arrow."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_OFTEN = 10
"""Cells of so many letters may stand in many lines."""


@dataclass(frozen=True)
class Table:
    """The header and the rows with something in them, column by column: so many rows are read soon."""

    path: Path
    header: list[str]
    lines: Sequence[int]
    """n: the number of the line of each row, 0 for none."""
    cells: Mapping[str, Sequence[str]]
    """n trimmed texts by the name of the column, as `names.plain` makes it; of several of one name the first."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def columns(self) -> list[str]:
        """Return the names as `cells` has them."""
        return [plain(name) for name in self.header]

    @property
    def named(self) -> str:
        """Return the columns as the file calls them, for a message."""
        return listed(self.header) or "nothing"

    def column(self, name: str) -> Sequence[str]:
        """Return the n texts of a column; blanks where there is none, or `name` is empty."""
        return (self.cells.get(name) if name else None) or [""] * len(self)

    def numbers(self, column: str, blank: float | None = None) -> list[float]:
        """Return n finite numbers, also of decimal commas, `blank` where there is no text; raises DataError."""
        texts = self.column(column)
        values = {text: number_of(text) if text or blank is None else blank for text in dict.fromkeys(texts)}
        for text, value in values.items():
            if value is None:
                said = f"{visible(text[:40])} is not a number." if text else "is missing."
                raise self.fault(texts.index(text), f"the {column} {said}")
        return [values[text] for text in texts]  # type: ignore[misc]

    def where(self, keep: Sequence[bool]) -> Table:
        """Return the table of the rows that are to be kept."""
        if all(keep):
            return self
        mask = np.fromiter(keep, bool, len(self))
        cells = {
            name: texts.where(mask) if isinstance(texts, Texts) else [*compress(texts, keep)]
            for name, texts in self.cells.items()
        }
        return replace(self, lines=[*compress(self.lines, keep)], cells=cells)

    def fault(self, at: int, message: str, hint: str = "Correct or remove the line.") -> DataError:
        """Return an error that names the line of the row `at`."""
        return DataError(message, path=self.path, line=self.lines[at] or None, hint=hint)


def read_table(ref: FileRef) -> Table:
    """Read the table in a file of delimited text. Raises DataError, with file and line, for what cannot be read."""
    content = content_of(ref)
    if len(content) > _LONG and (even := even_in(content)):
        return table_of_columns(ref.path, even.header, even.columns)
    text = words.decoded(content)
    lines = split(ref.path, text, delimiter_of(text))
    return table_of(ref.path, lines[0][1] if lines else [], lines[1:])


def even_in(content: bytes) -> EvenLines | None:
    """Return the columns of a text whose lines are all alike; None where they are not, or it is not UTF-8."""
    return read_even(content) if words.encoding_of(content) == "utf-8" else None


def table_of_columns(path: Path, header: Sequence[str], columns: Sequence[Texts]) -> Table:
    """Make a table of a first line of names, and the columns below it."""
    header = _written(header)
    cells = dict(zip(reversed([*map(plain, header)]), reversed(columns), strict=True))
    return Table(path, header, range(2, len(columns[0]) + 2), cells)


def table_of(path: Path, header: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> Table:
    """Make a table of lines of cells; raises DataError where a line has too few or too many."""
    header = _written(header)
    for line, row in lines:
        if len(row) != len(header):
            _check_length(path, line, len(header), row)
    cells: dict[str, list[str]] = {}
    for at, name in enumerate(map(plain, header)):
        if name not in cells:
            cells[name] = [row[at].strip() for _, row in lines]
    return Table(path, header, [line for line, _ in lines], cells)


def _written(header: Sequence[str]) -> list[str]:
    return [unicodedata.normalize("NFC", name.strip()) for name in header]


def number_of(text: str) -> float | None:
    """Return the finite number that `text` is, also with a decimal comma; None where it is none."""
    found = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    value = float(found) if _NUMBER.fullmatch(found) else math.nan
    return value if math.isfinite(value) else None


def delimiter_of(text: str) -> str:
    """Return what stands most often in the first line that has a delimiter and is no comment."""
    lines = _lines(text)
    first = next((line for line in lines if line[0] != "#" and any(sign in line for sign in DELIMITERS)), "")
    return max(DELIMITERS, key=first.count)


def split(path: Path, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return `(number, cells)` of every line with something in it."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    known: dict[str, str] = {}  # dates, years and ratings are kept once
    try:
        return [
            (reader.line_num, [known.setdefault(cell, cell) if len(cell) <= _OFTEN else cell for cell in row])
            for row in reader
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        message = f"broken quoting ({error})."
        raise DataError(message, path=path, line=reader.line_num, hint="Correct the line.") from error


def _lines(text: str) -> Iterable[str]:
    """Return the lines of a text with their ends; an `io.StringIO` would take four bytes for each letter."""
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", newline="")


def content_of(ref: FileRef) -> bytes:
    """Return the bytes of a file; raises DataError for one that is too large."""
    content = ref.head(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise DataError(
            "too large for one person's ratings.",
            path=ref.path,
            hint=f"Train on it: mftui train --data {shell_word(ref.path)}",
        )
    return content


def decoded(ref: FileRef) -> str:
    """Return the text of a file of any usual encoding; raises DataError for one that is too large."""
    return words.decoded(content_of(ref))


def _check_length(path: Path, line: int, n: int, row: Sequence[str]) -> None:
    """Raise DataError for a line that has not `n` cells; blank ones may be too many."""
    if len(row) < n:
        message = f"too few columns: {len(row)} of {n}."
        raise DataError(message, path=path, line=line or None, hint="Correct or remove the line.")
    if any(map(str.strip, row[n:])):
        message = f"too many columns: {len(row)} of {n}."
        raise DataError(message, path=path, line=line or None, hint="Put titles with commas in double quotes.")
