"""The layout of a text file of ratings, found by looking at its first lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mftui.data.delimited.no_rows import COMMENTS, is_no_row, is_rule
from mftui.data.delimited.positions import by_position, given_positions, is_date, is_number
from mftui.data.readers.encodings import head_lines
from mftui.data.readers.names import COLUMNS_HINT, check_different, columns_by_name, listed, match, roles_listed
from mftui.data.readers.personal import looks_personal, personal_error
from mftui.data.reading.options import LEFT_OUT, ROLES, ReadOptions
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible, whole_number

_SAMPLE_ROWS = 100
_MAX_PREAMBLE = 20
ALIGNED = "  "
"""Stands for any run of blanks and tabs between columns."""
_DELIMITERS = ("::", "\t", ",", ";", "|", " ", ALIGNED)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_WIDE_FROM = 6


@dataclass(frozen=True)
class Layout:
    """How to cut a text file of ratings into columns."""

    delimiter: str
    quoted: bool
    """Whether fields can be in double quotes."""
    skip_lines: int
    """Lines before the first rating: the header, and what stands before it."""
    names: tuple[str, ...]
    """Names of all columns, in order: those of the header, else "1", "2", …"""
    columns: Mapping[str, int] = field(default_factory=dict)
    """Role ("user", "movie", "rating", "timestamp") → position from 0."""
    encoding: str = "utf-8"
    decimal_point: str = "."
    multiline: bool = False
    """Whether a quoted field can hold line ends."""
    header: bool = True
    loose: bool = False
    """Whether a single : is part of most rows (times, titles), and :: is between columns."""
    by: Mapping[str, str] = field(default_factory=dict)
    """Role → how its column was found, as in `ColumnUse.by`."""

    def split(self, lines: Sequence[str]) -> list[list[str]]:
        """Cut whole lines into fields."""
        return split(lines, self.delimiter, self.quoted)


def split(lines: Sequence[str], delimiter: str, quoted: bool) -> list[list[str]]:
    """Cut whole lines into fields."""
    if delimiter == ALIGNED:
        return [line.split() for line in lines]
    if len(delimiter) > 1 or not quoted:
        return [line.split(delimiter) for line in lines]
    return list(csv.reader(lines, delimiter=delimiter))


def recognise(
    ref: FileRef, how: ReadOptions | None = None, needed: Sequence[str] = ("user", "movie", "rating")
) -> Layout:
    """Find delimiter, header and columns of the text file `ref`.

    Parameters
    ----------
    how: what the user says of the file; its columns outrank what is found.
    needed: the roles without which the file is no use.

    Raises DataError, naming the columns found, where a needed one is missing.
    """
    layout, _, error = look_at(ref, how, needed)
    if error is not None or layout is None:
        raise error or DataError("this is no table.", path=ref)
    return layout


def look_at(
    ref: FileRef, how: ReadOptions | None = None, needed: Sequence[str] = ("user", "movie", "rating")
) -> tuple[Layout | None, list[str], DataError | None]:
    """Find the layout as `recognise` does; return `(the likeliest layout, the first lines, what is wrong)`.

    Raises DataError where the file cannot be read, or is no text.
    """
    how = how or ReadOptions()
    lines, encoding = head_lines(ref)
    best: Layout | None = None
    wide, order = False, (False, 0)
    delimiters: tuple[str, ...] = _DELIMITERS
    for skip, only_by_name in _starts(lines):
        if separator := _SEPARATOR_LINE.fullmatch(lines[skip].strip()):
            delimiters = (separator[1],)
            continue
        sample = [line for line in lines[skip:] if line.strip() and not _is_comment(line, skip, lines)][:_SAMPLE_ROWS]
        for delimiter in delimiters:
            quoted = delimiter in ",;" or (delimiter in "\t| " and sample[0].startswith('"'))
            rows = split(sample, delimiter, quoted)
            if delimiter == " " and len({len(row) for row in rows[1:]}) > 1:
                continue  # aligned
            if _has_row_names(rows):
                rows[0] = ["", *rows[0]]
            if len(rows[0]) < len(needed):
                continue
            found = _columns(rows, how, needed, only_by_name)
            columns, header, by = found or ({}, True, {})
            names = rows[0] if header else [str(i + 1) for i in range(len(rows[0]))]
            layout = Layout(
                delimiter,
                quoted,
                skip + header + (header and skip + 1 < len(lines) and is_rule(lines[skip + 1])),
                tuple(name.strip() for name in names),
                columns,
                encoding,
                _decimal_point(rows[header:], columns, delimiter),
                quoted and any('"' in line for line in sample),
                header,
                loose=delimiter == "::" and sum(any(":" in text for text in row) for row in rows) > 0.5 * len(rows),
                by=by,
            )
            if found:
                return layout, lines, _not_unique(ref, layout)
            likely = _likely(rows, delimiter)
            if not only_by_name and (best is None or likely > order):
                best, wide, order = layout, looks_wide(rows), likely
    return best, lines, _not_recognised(ref, best, how, needed, wide, lines)


def _starts(lines: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """Yield (line from 0 at which the table may begin, whether only a header can be there): the first line, the first
    that is no comment, and then each of the first lines."""
    filled = [at for at, line in enumerate(lines) if line.strip()][:_MAX_PREAMBLE]
    yield filled[0], False
    rest = filled
    if _SEPARATOR_LINE.fullmatch(lines[filled[0]].strip()) or lines[filled[0]].lstrip().startswith(COMMENTS):
        rest = [at for at in filled[1:] if not lines[at].lstrip().startswith(COMMENTS)]
        if rest:
            yield rest[0], False
    for at in rest[1:]:
        yield at, True


def _likely(rows: Sequence[Sequence[str]], delimiter: str) -> tuple[bool, int]:
    """Return what tells how likely a delimiter is: as many columns in each row, then the order of _DELIMITERS; else
    many columns."""
    if len({len(row) for row in rows}) == 1:
        return True, -_DELIMITERS.index(delimiter) if delimiter in _DELIMITERS else 1
    return False, len(rows[0])


def _is_comment(line: str, skip: int, lines: Sequence[str]) -> bool:
    return line is not lines[skip] and (line.lstrip().startswith(COMMENTS) or is_no_row(line))


def _has_row_names(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the header is one short of all rows, as R and pandas write names of rows."""
    longer = all(len(row) == len(rows[0]) + 1 for row in rows[1:])
    return longer and _counts([row[0] for row in rows[1:]])


def _counts(texts: Sequence[str]) -> bool:
    """Return whether texts are consecutive whole numbers."""
    bare = [text.strip().strip('"') for text in texts]
    start = (whole_number(bare[0]) or 0) if bare else 0
    return len(bare) > 2 and bare == [str(start + at) for at in range(len(bare))]


def _not_unique(ref: FileRef, layout: Layout) -> DataError | None:
    """Return an error where two columns bear the name of one that is read."""
    bare = [name.casefold() for name in layout.names]
    for role, at in layout.columns.items():
        if bare.count(bare[at]) > 1:
            return DataError(
                f"several columns are called {visible(layout.names[at])} (for the {role}).",
                path=ref,
                line=layout.skip_lines,
                hint="Rename or remove one.",
            )
    return None


def _columns(
    rows: list[list[str]], how: ReadOptions, needed: Sequence[str], only_by_name: bool
) -> tuple[dict[str, int], bool, dict[str, str]] | None:
    """Return `(role → position, has a header, role → how it was found)`, or None where these rows are not ratings in
    this delimiter."""
    given = {role: name for role, name in how.columns.items() if role in needed or role in ("rating", "timestamp")}
    if "rating" not in needed:  # pairs: with times, where there are any
        there = {"timestamp"} if given.get("timestamp") in rows[0] else set()
        given = {role: name for role, name in given.items() if role in {*needed, *there}}
    untimed = given.get("timestamp") == LEFT_OUT
    if untimed:
        del given["timestamp"]
    roles = [role for role in ROLES if not (untimed and role == "timestamp")]
    positions = given_positions(given, rows[0])
    numbered = any(text.strip().isdecimal() for text in given.values())
    if numbered and positions is not None and _is_header(rows, positions.get("rating")):
        given = {role: rows[0][at] for role, at in positions.items()}
        numbered = False
    found = None if numbered else columns_by_name(rows[0], roles, given, needed, how)
    if found is not None:
        return found[0], True, found[1]
    if only_by_name:
        return None
    if positions is None:
        return None
    if positions:
        check_different(positions, rows[0])
        columns = {**{role: i for i, role in enumerate(needed) if role not in given}, **positions}
        if len(set(columns.values())) < len(columns) or max(columns.values()) >= len(rows[0]):
            return None
        rating = columns.get("rating")
        header = rating is not None and not is_number(rows[0][rating]) and len(rows) > 1
        by = {role: "given" if role in given else "position" for role in columns}
        return columns, header, by
    if how.like is not None and how.like.columns and (later := _as_before(rows, how, needed)) is not None:
        return later, False, dict.fromkeys(later, "run")
    columns_found = by_position(rows, needed, untimed)
    return None if columns_found is None else (columns_found, False, dict.fromkeys(columns_found, "position"))


def _is_header(rows: list[list[str]], rating: int | None) -> bool:
    """Return whether the first row is a header, and no numbers: of the rating, where its position is known."""
    cells = rows[0] if rating is None else [rows[0][rating]]
    return len(rows) > 1 and not any(is_number(text) for text in cells)


def _as_before(rows: list[list[str]], how: ReadOptions, needed: Sequence[str]) -> dict[str, int] | None:
    """Return role → position as in the file before, for one without a header; None where that does not fit."""
    assert how.like is not None
    at = {role: use.position - 1 for role, use in how.like.columns.items() if use.position}
    if not all(role in at for role in needed):
        return None
    n = len(rows[0])
    if max(at[role] for role in needed) >= n:
        order = sorted(needed, key=lambda role: at[role])
        return {role: order.index(role) for role in needed} if n == len(needed) else None
    if "rating" in needed and not is_number(rows[0][at["rating"]]):
        return None
    wanted = at if "rating" in needed else (*needed, "timestamp")
    return {role: place for role, place in at.items() if place < n and role in wanted}


def _decimal_point(rows: list[list[str]], columns: Mapping[str, int], delimiter: str) -> str:
    at = columns.get("rating")
    if at is None or delimiter == ",":
        return "."
    texts = [row[at].strip() for row in rows if at < len(row)]
    return "," if any(is_decimal_comma(text) for text in texts) else "."


def is_decimal_comma(text: str) -> bool:
    """Return whether a number has a decimal comma: 3,5, and not 1,400, which may be a thousand and more."""
    return re.fullmatch(r"-?\d+,\d+", text) is not None and re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+", text) is None


def looks_wide(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows are a table with a column for each movie, or for each user: many columns of numbers."""
    body = [row[1:] for row in rows[1:30]]
    cells = [text.strip() for row in body for text in row]
    filled = [text for text in cells if text and text.casefold() not in ("nan", "na", "null")]
    width = len(rows[0])
    return (
        width >= _WIDE_FROM
        and len(rows) > 2
        and all(len(row) == width for row in rows[:30])
        and len(filled) > 0
        and sum(is_number(text) and abs(float(text.replace(",", "."))) <= 1000 for text in filled) >= 0.95 * len(filled)
    )


def _not_recognised(
    ref: FileRef, best: Layout | None, how: ReadOptions, needed: Sequence[str], wide: bool, lines: Sequence[str]
) -> DataError:
    if best is None:
        return DataError(
            f"not a table with columns for {roles_listed(needed)}.",
            path=ref,
            hint="Give ratings as CSV, TSV, .dat, Parquet or a zip of them.",
        )
    found = listed(best.names)
    known = match(best.names, ROLES, how.columns)
    for role, name in how.columns.items():
        if role not in known and name != LEFT_OUT:
            return DataError(f"no column {visible(name)} (for the {role}); columns found: {found}.", path=ref)
    if wide and len(known) < len(needed):
        return DataError(
            f"{len(best.names):,} columns of numbers: this looks like a matrix, not like one rating a line.",
            path=ref,
            hint="--wide users: a row is a user, a column a movie; --wide movies: the other way round. "
            "--missing VALUE says what stands for not rated. Else name the columns: --columns user=…",
        )
    if not how.columns and "rating" in needed and (whose := looks_personal(best.names)):
        return personal_error(whose, ref)
    missing = [role for role in needed if role not in known]
    first = [name for name in best.names if name]
    if any(is_number(name) or is_date(name) for name in first):
        rows = [visible(line[:60]) for line in lines if line.strip()][:2]
        return DataError(
            f"no header that names the {roles_listed(missing)}; columns found: {found}. It begins: {' / '.join(rows)}.",
            path=ref,
            hint=f"Say which column is which by position: --columns {_positions(lines, best)}",
        )
    where = f" in line {best.skip_lines}" if best.skip_lines > 1 else ""
    return DataError(
        f"no column for the {roles_listed(missing)}; columns found{where}: {found}.",
        path=ref,
        hint=COLUMNS_HINT,
    )


def _positions(lines: Sequence[str], layout: Layout) -> str:
    """Return an example of columns by position, past a first column that counts the rows."""
    first = [row[0] for row in layout.split([line for line in lines if line.strip()][1:12])]
    return "user=2,movie=3,rating=4" if _counts(first) else "user=1,movie=2,rating=3"
