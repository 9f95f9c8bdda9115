"""A small table of text, as people and other sites write it: any usual delimiter, encoding and end of line."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mftui.data.forms import words
from mftui.data.readers.names import listed, plain
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import shell_word, visible

_MAX_BYTES = 1 << 25
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Row:
    """One line of a table, by the names of its columns."""

    path: Path
    line: int
    fields: dict[str, str]
    """Trimmed, by column name as `names.plain` makes it."""

    def get(self, *columns: str) -> str:
        """Return the text of the first of `columns` that is not empty, else ""."""
        for column in columns:
            if text := self.fields.get(column):
                return text
        return ""

    def number(self, column: str, what: str) -> float:
        """Return a finite number, also with a decimal comma; raises DataError."""
        text = self.get(column)
        value = number_of(text)
        if value is None:
            raise self.fault(f"the {what} {visible(text[:40])} is not a number." if text else f"the {what} is missing.")
        return value

    def fault(self, message: str, hint: str = "Correct or remove the line.") -> DataError:
        """Return an error that names this line."""
        return DataError(message, path=self.path, line=self.line or None, hint=hint)


@dataclass(frozen=True)
class Table:
    """The header and the lines with something in them."""

    path: Path
    header: list[str]
    rows: list[Row]

    @property
    def columns(self) -> list[str]:
        """Return the names as `Row.fields` has them."""
        return [plain(name) for name in self.header]

    @property
    def named(self) -> str:
        """Return the columns as the file calls them, for a message."""
        return listed(self.header) or "nothing"


def read_table(ref: FileRef) -> Table:
    """Read the table in a file of delimited text. Raises DataError, with file and line, for what cannot be read."""
    text = decoded(ref)[0]
    lines = split(ref.path, text, delimiter_of(text))
    return table_of(ref.path, lines[0][1] if lines else [], lines[1:])


def table_of(path: Path, header: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> Table:
    """Make a table of lines of cells; raises DataError where a line has too few or too many."""
    header = [unicodedata.normalize("NFC", name.strip()) for name in header]
    names = [plain(name) for name in header]
    return Table(path, header, [Row(path, line, _fields(path, line, names, row)) for line, row in lines])


def number_of(text: str) -> float | None:
    """Return the finite number that `text` is, also with a decimal comma; None where it is none."""
    found = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    value = float(found) if _NUMBER.fullmatch(found) else math.nan
    return value if math.isfinite(value) else None


def delimiter_of(text: str) -> str:
    """Return what stands most often in the first line that has a delimiter and is no comment."""
    lines = io.StringIO(text)
    first = next((line for line in lines if line[0] != "#" and any(sign in line for sign in _DELIMITERS)), "")
    return max(_DELIMITERS, key=first.count)


def split(path: Path, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return `(number, cells)` of every line with something in it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        message = f"broken quoting ({error})."
        raise DataError(message, path=path, line=reader.line_num, hint="Correct the line.") from error


def decoded(ref: FileRef) -> tuple[str, str]:
    """Return `(text, encoding)` of a file of any usual encoding; raises DataError for one that is too large."""
    content = ref.head(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise DataError(
            "too large for one person's ratings.",
            path=ref.path,
            hint=f"Train on it: mftui train --data {shell_word(ref.path)}",
        )
    return words.decoded(content), words.encoding_of(content)


def _fields(path: Path, line: int, names: list[str], row: list[str]) -> dict[str, str]:
    if len(row) < len(names):
        message = f"too few columns: {len(row)} of {len(names)}."
        raise DataError(message, path=path, line=line or None, hint="Correct or remove the line.")
    if any(map(str.strip, row[len(names) :])):
        message = f"too many columns: {len(row)} of {len(names)}."
        raise DataError(message, path=path, line=line or None, hint="Put titles with commas in double quotes.")
    cells = [*map(str.strip, row[: len(names)])]
    return dict(zip(names, cells, strict=True)) | dict(zip(names[::-1], cells[::-1], strict=True))
