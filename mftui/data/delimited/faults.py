"""The first faulty line of a ratings file: a slow second look, only after the fast reader failed."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from typing import IO

from mftui.data.delimited.layout import ALIGNED, Layout
from mftui.data.delimited.no_rows import is_no_row
from mftui.data.delimited.positions import is_number
from mftui.data.readers.columns import as_integer, is_missing
from mftui.data.readers.quotes import unclosed_quote
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible

_FIELD_LIMIT = 1 << 24
_PLAIN_NUMBER = re.compile(r"-?\d{1,9}([.,]\d{0,9})?", re.ASCII)
_BLOCK_BYTES = 1 << 20


def first_fault(
    ref: FileRef, layout: Layout, fallback: str, roles: Sequence[str] = ("user", "movie", "rating")
) -> DataError:
    """Return the DataError for the first line of `ref` that `layout` does not fit; `fallback` where none is found."""
    id_roles = [role for role in ("user", "movie") if role in roles]
    numeric = dict.fromkeys(id_roles, True)
    doubtful: dict[str, tuple[str, int]] = {}
    for line, row in _rows(ref, layout):
        fault = _fault(row, layout, "rating" in roles)
        if fault is not None:
            message, hint = fault
            return DataError(message, path=ref, line=line, hint=hint)
        if len(row) != len(layout.names):
            continue
        for role in id_roles:
            text = row[layout.columns[role]]
            if not is_missing(text, among_numbers=True):
                numeric[role] &= as_integer(text) is not None
            elif is_missing(text, among_numbers=False):
                return _missing_id(ref, role, text, line)
            else:
                doubtful.setdefault(role, (text, line))
    for role, (text, line) in doubtful.items():
        if numeric[role]:
            return _missing_id(ref, role, text, line)
    return DataError(f"cannot be read ({visible(fallback)[:200]}).", path=ref, hint="Correct or remove the line.")


def check_quotes(ref: FileRef, layout: Layout) -> None:
    """Raise DataError where a quote is never closed. A column that is not read would hide it."""
    with ref.open() as raw:
        if sum(block.count(b'"') for block in iter(lambda: raw.read(_BLOCK_BYTES), b"")) % 2 == 0:
            return
    with ref.open() as raw, _decoded(raw, layout.encoding) as text:
        line = unclosed_quote(text, layout.delimiter)
    if line is not None:
        raise DataError("a quote is opened and never closed.", path=ref, line=line, hint="Close it.")


def _decoded(raw: IO[bytes], encoding: str) -> io.TextIOWrapper:
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(raw, encoding=name, errors="replace", newline="")


def _missing_id(ref: FileRef, role: str, text: str, line: int) -> DataError:
    shown = f" ({visible(text.strip())})" if text.strip() else ""
    return DataError(f"the {role} id is missing{shown}.", path=ref, line=line, hint="Fill it in, or remove the line.")


def _rows(ref: FileRef, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number from 1, fields) of every line that is not empty, after the header."""
    csv.field_size_limit(_FIELD_LIMIT)
    with ref.open() as raw, _decoded(raw, layout.encoding) as text:
        for _ in range(layout.skip_lines):
            text.readline()
        if layout.quoted:
            reader = csv.reader(text, delimiter=layout.delimiter)
            try:
                for row in reader:
                    if row:
                        yield layout.skip_lines + reader.line_num, row
            except csv.Error as error:
                line = layout.skip_lines + reader.line_num
                raise DataError(f"broken quoting ({error}).", path=ref, line=line) from error
            return
        for number, whole in enumerate(text, layout.skip_lines + 1):
            bare = whole.rstrip("\r\n")
            if bare:
                yield number, bare.split() if layout.delimiter == ALIGNED else bare.split(layout.delimiter)


def _fault(row: list[str], layout: Layout, rated: bool) -> tuple[str, str] | None:
    """Return `(what is wrong, what to do)` for the fields of one line, else None."""
    expected = len(layout.names)
    if len(row) != expected and is_no_row(layout.delimiter.join(row)):
        return None
    if len(row) != expected:
        return f"{len(row)} columns where there should be {expected}.", "Correct or remove the line."
    if layout.delimiter == "::" and not layout.loose and any(layout.delimiter[0] in text for text in row):
        return f"a single {layout.delimiter[0]} where {layout.delimiter} is between the columns.", "Correct the line."
    if not rated:
        return None
    text = row[layout.columns["rating"]]
    shown = visible(text.strip()[:40])
    if not shown:
        return "the rating is missing.", "Fill it in, or remove the line."
    if layout.decimal_point == "," and "." in text and is_number(text):
        return f"the rating {shown} has a decimal point, others have a decimal comma.", "Write all in one way."
    try:
        value = float(text.strip().replace(layout.decimal_point, "."))
    except ValueError:
        return f"the rating {shown} is not a number.", "Correct or remove the line."
    if not math.isfinite(value) or abs(value) > 3.4e38:
        return f"the rating {shown} is not a finite number.", "Correct or remove the line."
    if not _PLAIN_NUMBER.fullmatch(text) and not _read_by_arrow(text.replace(layout.decimal_point, ".")):
        return f"the rating {shown} is not written as a plain number.", "Write it as in 3.5."
    return None


def _read_by_arrow(text: str) -> bool:
    """Return whether the fast reader takes `text` for a number: Python takes more, such as 1_000 or Arabic digits."""
    import pyarrow as pa

    try:
        pa.scalar(text.strip(" \t")).cast(pa.float32())
    except pa.ArrowException:
        return False
    return True
