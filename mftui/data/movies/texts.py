"""Any table as rows of text: what is said about movies is small, and every column of it may be asked for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.forms.read import peek, read_form
from mftui.data.forms.table import Table
from mftui.data.readers.encodings import decoded, encoding_of, head_lines
from mftui.data.readers.quotes import unclosed_quote
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

_DELIMITERS = "\t,;|"
_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
_HEAD = 512
_FIELD_LIMIT = 1 << 24
Numbered = tuple[int, list[str]]
"""The number of a line, and its cells."""


@dataclass(frozen=True)
class Texts:
    """A table of text."""

    rows: list[Numbered]
    """All lines that are not blank, the header too; line 0: a form without lines."""
    delimiter: str = ""

    @property
    def first(self) -> list[str]:
        """Return the cells of the first row; none where there is no row."""
        return self.rows[0][1] if self.rows else []


def read_texts(ref: FileRef, most: int | None = None, fits: Callable[[Sequence[str]], bool] | None = None) -> Texts:
    """Read the table `ref`, or its first `most` rows, the header included.

    `fits`: whether columns of these names are what is looked for, to choose among the sheets or tables of a file.

    Raises DataError for what is no table, or where a quote is never closed.
    """
    table = read_form(ref, fits=fits) if most is None else peek(ref, rows=most, fits=fits)
    if table is not None:
        return _of_form(table)
    lines, _ = head_lines(ref)
    before, separator = _preamble(lines)
    first = next(line for line in lines[before:] if line.strip())
    text = "\n".join(lines[: most + before + 20]) if most is not None else _text(ref)
    if before:  # blank lines instead, so that the numbers of lines stay
        text = "\n" * before + re.split(r"\r\n|\n|\r", text, maxsplit=before)[-1]
    if "::" in first:
        rows = [(line, cells.split("::")) for line, cells in _lines(text)]
        return Texts(rows[:most], "::")
    delimiter = separator or max(_DELIMITERS, key=first.count)
    quoted = delimiter != "\t" or first.startswith('"')
    if quoted and '\\"' in text and not _ragged(escaped := _split(ref, text, delimiter, quoted, escape="\\")):
        return Texts(escaped[:most], delimiter)
    if quoted and most is None and text.count('"') % 2:
        open_line = unclosed_quote(io.StringIO(text, newline=""), delimiter)
        if open_line is not None:
            raise DataError("a quote is opened and never closed.", path=ref, line=open_line, hint="Close it.")
    return Texts(_split(ref, text, delimiter, quoted)[:most], delimiter)


def _preamble(lines: Sequence[str]) -> tuple[int, str]:
    """Return `(how many lines stand before the table, the delimiter that one of them names)`: `sep=;`, comments."""
    separator = ""
    for at, line in enumerate(lines):
        bare = line.strip().strip('"')
        if named := _SEPARATOR.fullmatch(bare):
            separator = named[1]
        elif bare and not (bare.startswith("#") and _fields(bare) < _fields(_next(lines, at))):
            return at, separator
    return 0, ""


def _next(lines: Sequence[str], at: int) -> str:
    return next((line for line in lines[at + 1 :] if line.strip() and not line.startswith("#")), "")


def _fields(line: str) -> int:
    return max(map(line.count, _DELIMITERS))


def _text(ref: FileRef) -> str:
    """Read a whole text: what is no UTF-8 and has the quotation marks of Windows as Windows means it."""
    with ref.open() as file:
        content = file.read()
    encoding = encoding_of(content[:_HEAD])
    if encoding.startswith("utf-16"):
        return content.decode(encoding, "replace").lstrip("\ufeff")
    text, encoding = decoded(content)
    if encoding == "latin-1":
        with suppress(UnicodeDecodeError):
            return content.decode("cp1252")
    return text


def _lines(text: str) -> Iterator[tuple[int, str]]:
    yield from ((i, line) for i, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip())


def _split(ref: FileRef, text: str, delimiter: str, quoted: bool, escape: str | None = None) -> list[Numbered]:
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        escapechar=escape,
    )
    try:
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise DataError(f"broken quoting ({error}).", path=ref, line=reader.line_num) from error


def _ragged(rows: Sequence[Numbered]) -> int:
    width = len(rows[0][1]) if rows else 0
    return sum(len(row) != width for _, row in rows)


def _of_form(table: Table) -> Texts:
    rows = [(0, list(row)) for row in zip(*map(texts_of, table.columns), strict=True)]
    return Texts([(0, list(table.names)), *rows] if table.header else rows)


def texts_of(column: Any) -> list[str]:
    """Return an Arrow column as texts; see `text_of`."""
    import pyarrow as pa

    if pa.types.is_string(column.type) and not column.null_count:
        return list(column.to_pylist())
    return [text_of(value) for value in column.to_pylist()]


def text_of(value: Any) -> str:
    """Return one value as text: "" for nothing, a whole float as an integer, a list joined by "|"."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else "" if value != value else str(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return "|".join(text_of(part.get("name", "")) if isinstance(part, dict) else text_of(part) for part in value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def coded(column: Any) -> tuple[NDArray[np.int32], Any]:
    """Return `(codes (n,), an Arrow array with the value of each code)` of an Arrow column."""
    import pyarrow as pa

    if pa.types.is_nested(column.type):
        column = pa.chunked_array([pa.array(texts_of(column), pa.string())])
    if pa.types.is_dictionary(column.type) and column.null_count:
        column = column.cast(column.type.value_type)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode(null_encoding="encode")
    whole = column.unify_dictionaries()
    # not Arrow's `to_numpy`, which imports pandas
    codes = [np.from_dlpack(chunk.indices) for chunk in whole.chunks if len(chunk)]
    if not codes:
        return np.zeros(0, np.int32), pa.array([], pa.string())
    return np.concatenate(codes).astype(np.int32, copy=False), whole.chunk(0).dictionary
