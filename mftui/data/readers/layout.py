"""The layout of a text file of ratings, found by looking at its first lines."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mftui.data.readers.names import ROLES, listed, match
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible

_HEAD_BYTES = 1 << 18
_SAMPLE_ROWS = 100
_DELIMITERS = ("::", "\t", ",", ";", "|", " ")
COLUMNS_HINT = "Name them with --columns user=…,movie=…,rating=…"
_MAGIC = {
    b"\x1f\x8b": "compressed with gzip",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"SQLite format": "an SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
}


@dataclass(frozen=True)
class Layout:
    """How to cut a text file of ratings into columns."""

    delimiter: str
    quoted: bool
    """Whether fields can be in double quotes."""
    skip_lines: int
    """Lines before the first rating: the header, and blank lines before it."""
    names: tuple[str, ...]
    """Names of all columns, in order: those of the header, else "1", "2", …"""
    columns: Mapping[str, int] = field(default_factory=dict)
    """Role ("user", "movie", "rating", "timestamp") → position from 0."""
    encoding: str = "utf-8"
    decimal_point: str = "."
    multiline: bool = False
    """Whether a quoted field can hold line ends."""

    def split(self, lines: Sequence[str]) -> list[list[str]]:
        """Cut whole lines into fields."""
        return split(lines, self.delimiter, self.quoted)


def split(lines: Sequence[str], delimiter: str, quoted: bool) -> list[list[str]]:
    """Cut whole lines into fields."""
    if len(delimiter) > 1 or not quoted:
        return [line.split(delimiter) for line in lines]
    return list(csv.reader(lines, delimiter=delimiter))


def head_lines(ref: FileRef) -> tuple[list[str], str]:
    """Read `(the first whole lines of a text file, its encoding)`; raises DataError where it is no text."""
    head = ref.head(_HEAD_BYTES)
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise DataError(f"this is {what}.", path=ref, hint="Unpack or export it as CSV first.")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError("the text is in UTF-16.", path=ref, hint="Save it as UTF-8.")
    if b"\0" in head:
        raise DataError(
            "this is not a text file.", path=ref, hint="Give ratings as CSV, TSV, .dat, Parquet or a zip of them."
        )
    if len(head) == _HEAD_BYTES:
        cut = max(head.rfind(b"\n"), head.rfind(b"\r"))
        if cut < 0:
            raise DataError("no line ends in the first 256 KB: this is not a ratings file.", path=ref)
        head = head[:cut]
    text, encoding = decoded(head)
    if not text.strip():
        raise DataError("the file is empty.", path=ref, hint="Give a file with ratings.")
    return re.split(r"\r\n|\n|\r", text), encoding


def decoded(content: bytes) -> tuple[str, str]:
    """Return `(text, its encoding)`: UTF-8 if it is that, else Latin-1."""
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def recognise(
    ref: FileRef, given: Mapping[str, str] | None = None, needed: Sequence[str] = ("user", "movie", "rating")
) -> Layout:
    """Find delimiter, header and columns of the text file `ref`.

    Parameters
    ----------
    given: role → column name, or position from 1, that outranks what is found.
    needed: the roles without which the file is no use.

    Raises DataError, naming the columns found, where a needed one is missing.
    """
    given = dict(given or {})
    lines, encoding = head_lines(ref)
    skip = next(i for i, line in enumerate(lines) if line.strip())
    sample = [line for line in lines[skip:] if line.strip()][:_SAMPLE_ROWS]
    best: Layout | None = None
    for delimiter in _DELIMITERS:
        quoted = delimiter in ",;" or (delimiter in "\t|" and sample[0].startswith('"'))
        rows = split(sample, delimiter, quoted)
        if len(rows[0]) < len(needed):
            continue
        found = _columns(rows, given, needed)
        columns, header = found if found else ({}, True)
        names = rows[0] if header else [str(i + 1) for i in range(len(rows[0]))]
        layout = Layout(
            delimiter,
            quoted,
            skip + header,
            tuple(name.strip() for name in names),
            columns,
            encoding,
            _decimal_point(rows, columns, delimiter),
            quoted and any('"' in line for line in sample),
        )
        if found:
            _check_unique(ref, layout)
            return layout
        best = best if best and len(best.names) >= len(layout.names) else layout
    raise _not_recognised(ref, best, given, needed)


def _check_unique(ref: FileRef, layout: Layout) -> None:
    """Raise DataError where two columns bear the name of one that is read."""
    bare = [name.casefold() for name in layout.names]
    for role, at in layout.columns.items():
        if bare.count(bare[at]) > 1:
            raise DataError(
                f"several columns are called {visible(layout.names[at])} (for the {role}).",
                path=ref,
                line=layout.skip_lines,
                hint="Rename or remove one.",
            )


def _columns(
    rows: list[list[str]], given: Mapping[str, str], needed: Sequence[str]
) -> tuple[dict[str, int], bool] | None:
    """Return `(role → position, has a header)`, or None where these rows are not ratings in this delimiter."""
    by_name = match(rows[0], ROLES, given)
    if all(role in by_name for role in needed) and all(role in by_name for role in given):
        return by_name, True
    positions = _given_positions(given, len(rows[0]))
    if positions is None:
        return None
    if positions:
        columns = {**{role: i for i, role in enumerate(needed) if role not in given}, **positions}
        if len(set(columns.values())) < len(columns):
            return None
        rating = columns.get("rating")
        return columns, rating is not None and not is_number(rows[0][rating]) and len(rows) > 1
    return _by_position(rows, needed)


def _given_positions(given: Mapping[str, str], n_columns: int) -> dict[str, int] | None:
    """Return positions from 0 where all of `given` are numbers from 1 on; None where some are not."""
    if not all(text.strip().isdecimal() and 1 <= int(text) <= n_columns for text in given.values()):
        return None
    return {role: int(text) - 1 for role, text in given.items()}


def _by_position(rows: list[list[str]], needed: Sequence[str]) -> tuple[dict[str, int], bool] | None:
    """Take user, movie, rating and maybe timestamp in this order, where the rows look like it."""
    columns = {role: i for i, role in enumerate(needed)}
    n_columns = len(rows[0])
    if not len(needed) <= n_columns <= len(needed) + 1 + ("rating" not in needed):
        return None
    whole_ids = all(_is_integer(text) for text in rows[0][:2])
    if "rating" in needed:
        fitting = sum(len(row) >= 3 and is_number(row[2]) for row in rows)
        first_fits = is_number(rows[0][2])
        if fitting < 0.8 * len(rows) - (0 if first_fits else 1) or not (first_fits or whole_ids):
            return None
    elif not whole_ids:
        return None
    if "rating" in needed and n_columns == 4 and all(is_number(row[3]) for row in rows if len(row) == 4):
        columns["timestamp"] = 3
    return columns, False


def is_number(text: str) -> bool:
    """Return whether `text` is a finite number, with a decimal point or a decimal comma."""
    try:
        return math.isfinite(float(text.replace(",", ".")))
    except ValueError:
        return False


def _is_integer(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?\d+(\.0*)?\s*", text, re.ASCII) is not None


def _decimal_point(rows: list[list[str]], columns: Mapping[str, int], delimiter: str) -> str:
    at = columns.get("rating")
    if at is None or delimiter == ",":
        return "."
    return "," if any(re.fullmatch(r"\s*\d+,\d+\s*", row[at]) for row in rows[1:] if at < len(row)) else "."


def _not_recognised(ref: FileRef, best: Layout | None, given: Mapping[str, str], needed: Sequence[str]) -> DataError:
    if best is None:
        return DataError(
            f"not a table with columns for {_listed(needed)}.",
            path=ref,
            hint="Give ratings as CSV, TSV, .dat, Parquet or a zip of them.",
        )
    found = listed(best.names)
    known = match(best.names, ROLES, given)
    for role, name in given.items():
        if role not in known:
            return DataError(f"no column {visible(name)} (for the {role}); columns found: {found}.", path=ref)
    missing = [role for role in needed if role not in known]
    return DataError(f"no column for the {_listed(missing)}; columns found: {found}.", path=ref, hint=COLUMNS_HINT)


def _listed(roles: Sequence[str]) -> str:
    return roles[0] if len(roles) == 1 else f"{', '.join(roles[:-1])} and {roles[-1]}"
