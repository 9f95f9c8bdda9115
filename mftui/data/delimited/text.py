"""Ratings from text (CSV, TSV, .dat, u.data, .inter), through Arrow with explicit types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np

from mftui.data.delimited.aligned import UNIT, realigned, recut
from mftui.data.delimited.faults import check_quotes, first_fault
from mftui.data.delimited.layout import ALIGNED, Layout, is_decimal_comma
from mftui.data.delimited.leading_zeros import any_leading_zero
from mftui.data.delimited.no_rows import is_no_row
from mftui.data.delimited.rating_faults import rating_fault
from mftui.data.readers.columns import RawIds, RawRatings, chunks_of, from_dictionary
from mftui.data.readers.encodings import eastern
from mftui.data.readers.names import also_called
from mftui.data.readers.rating_words import numbers_in
from mftui.data.readers.times import times_in
from mftui.data.readers.unrated import rated_rows
from mftui.data.reading.options import ROLES, ReadOptions
from mftui.data.reading.reading import ColumnUse, Reading
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

# Narrow types first: they take half the memory, and a file that needs more says so at once.
_LADDER = ("int32", "int64", "string")
_RATING_LADDER = ("float32", "string")
_BLOCK_BYTES = 4 << 20
_LOOKED_AT = 8 << 20


def read_text(ref: FileRef, layout: Layout, how: ReadOptions) -> RawRatings:
    """Read the ratings of the text file `ref`. Raises DataError with the line of the first fault."""
    columns, layout = read_columns(ref, layout, [role for role in ROLES if role in layout.columns], how=how)
    rating_form = ""
    if _is_text(columns["rating"]):
        parsed = numbers_in(columns["rating"], how)
        if parsed is None:
            raise rating_fault(ref, layout, columns["rating"])
        columns["rating"], rating_form = parsed
    if not len(columns["rating"]):
        raise only_header(ref)
    reading = replace(reading_of(layout), rating_form=rating_form)
    columns, reading = rated_rows(columns, how, reading)
    values = chunks_of(columns.pop("rating"))
    if not sum(map(len, values)):
        raise DataError("no line has a rating.", path=ref, hint="Check --missing, and which column is the rating.")
    if not all(np.isfinite(chunk).all() for chunk in values):
        fault = first_fault(ref, layout, "a rating is not a finite number")
        fault.hint = f"{fault.hint} Or leave all such lines out: --missing NaN."
        raise fault
    times, reading, repairs = times_in(columns, reading, ref.name)
    users, movies = _ids(columns.pop("user")), _ids(columns.pop("movie"))
    if users is None or movies is None:
        raise first_fault(ref, layout, "an id is missing")
    return RawRatings(users, movies, values, times, repairs, reading)


def read_text_pairs(ref: FileRef, layout: Layout, timed: bool = False) -> tuple[dict[str, Any], Reading]:
    """Read the user and movie ids alone, by role, and how; `timed`: with an Arrow column of times, if there is one."""
    timed = timed and "timestamp" in layout.columns
    columns, layout = read_columns(ref, layout, ["user", "movie", *["timestamp"] * timed])
    users, movies = _ids(columns["user"]), _ids(columns["movie"])
    if users is None or movies is None:
        raise first_fault(ref, layout, "an id is missing", ("user", "movie"))
    if not len(users):
        raise only_header(ref)
    return columns | {"user": users, "movie": movies}, reading_of(layout)


def only_header(ref: FileRef) -> DataError:
    """Return the error for a file with column names and nothing below."""
    return DataError("only a header, no ratings.", path=ref, hint="Give a file with ratings.")


def read_columns(
    ref: FileRef,
    layout: Layout,
    roles: Sequence[str],
    *,
    as_text: bool = False,
    how: ReadOptions | None = None,
) -> tuple[dict[str, Any], Layout]:
    """Read Arrow columns by role, each of the narrowest type that takes all its values; or dictionary-encoded text.

    Returns them with the layout as it proved to be: the decimal sign may first be seen far below.
    """
    import pyarrow as pa

    rung = {role: len(_ladder(role)) - 1 if as_text else 0 for role in roles}
    if layout.quoted and len(layout.names) > len(roles):
        check_quotes(ref, layout)
    with ThreadPoolExecutor(1) as pool:
        numbered = [role for role in roles if role in ("user", "movie")]
        zeros = None if as_text else pool.submit(any_leading_zero, ref, layout)
        while True:
            position = {role: layout.columns[role] * _step(layout) for role in roles}
            types = {role: _ladder(role)[rung[role]] for role in roles}
            try:
                read = _read_as(ref, layout, position, types, how)
            except UnicodeDecodeError:
                layout = replace(layout, encoding="latin-1")
                continue
            except pa.ArrowInvalid as error:
                message = str(error)
                if "Could not skip initial" in message:  # the header's line is the last and has no end
                    raise only_header(ref) from error
                if "UTF8" in message and layout.encoding == "utf-8":
                    layout = replace(layout, encoding=eastern(ref.head(_LOOKED_AT)))
                    continue
                at = re.search(r"In CSV column #(\d+): .*conversion error", message)
                failed = next((r for r in roles if at and position[r] == int(at.group(1))), None)
                if failed == "rating" and layout.decimal_point == "." and is_decimal_comma(_value_in(message)):
                    layout = replace(layout, decimal_point=",")
                    continue
                if failed is None or rung[failed] == len(_ladder(failed)) - 1 or (failed == "rating" and how is None):
                    raise first_fault(ref, layout, message, roles) from error
                rung[failed] += 1
                continue
            if zeros is not None and zeros.result():
                again = [role for role in numbered if pa.types.is_integer(read[role].type)]
                zeros = None
                if again:
                    rung.update(dict.fromkeys(again, len(_LADDER) - 1))
                    continue
            return read, layout


def _value_in(message: str) -> str:
    """Return the value that Arrow's message is about."""
    found = re.search(r"value '([^']*)'", message)
    return found[1].strip() if found else ""


def _ladder(role: str) -> tuple[str, ...]:
    return _RATING_LADDER if role == "rating" else _LADDER


def _read_as(
    ref: FileRef, layout: Layout, position: dict[str, int], types: dict[str, str], how: ReadOptions | None
) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import csv

    made = layout.delimiter == ALIGNED or layout.loose
    delimiter = "\t" if layout.delimiter == ALIGNED else UNIT if layout.loose else layout.delimiter
    n_columns = (len(layout.names) - 1) * _step(layout) + 1
    text = pa.dictionary(pa.int32(), pa.string())
    kinds = {"int32": pa.int32(), "int64": pa.int64(), "float32": pa.float32(), "string": text}
    missing = list(how.missing_words_in_file) if how is not None else []
    with ExitStack() as stack:
        # Arrow is quicker with a name of its own to open; it takes none that is no UTF-8.
        source: Any = str(ref.path)
        if made:
            source = recut(ref, layout.encoding) if layout.loose else realigned(ref, layout.encoding)
        elif not ref.plain or not str(ref.path).isprintable() or re.search(r"\.(gz|bz2|zst|lz4|br)$", source):
            source = stack.enter_context(ref.open())
        table = csv.read_csv(
            source,
            read_options=csv.ReadOptions(
                column_names=[str(i) for i in range(n_columns)],
                skip_rows=layout.skip_lines,
                encoding="utf8" if layout.encoding == "utf-8" or made else layout.encoding,
                block_size=_BLOCK_BYTES,
            ),
            parse_options=csv.ParseOptions(
                delimiter=delimiter[0],
                quote_char='"' if layout.quoted else False,
                newlines_in_values=layout.multiline,
                invalid_row_handler=_others_skipped,
            ),
            convert_options=csv.ConvertOptions(
                include_columns=[str(at) for at in position.values()],
                column_types={str(at): kinds[types[role]] for role, at in position.items()},
                null_values=missing,
                strings_can_be_null=False,
                quoted_strings_can_be_null=True,
                decimal_point=layout.decimal_point,
            ),
            memory_pool=pa.system_memory_pool(),  # Arrow's own keeps what is let go, as much as the ratings themselves
        )
    return {role: table.column(i) for i, role in enumerate(position)}


def _step(layout: Layout) -> int:
    """Return how many of Arrow's columns one is: it cuts at one character, so "::" is ":" with an empty one between."""
    return 2 if layout.delimiter == "::" and not layout.loose else 1


def _others_skipped(row: Any) -> str:
    """Return what Arrow is to do with a line of too many or too few columns."""
    return "skip" if is_no_row(row.text) else "error"


def reading_of(layout: Layout) -> Reading:
    """Return how a text of this layout is read, as far as its first lines say it."""
    uses = {
        role: ColumnUse(layout.names[at] if layout.header else "", at + 1, layout.by.get(role, "name"))
        for role, at in layout.columns.items()
    }
    used = set(layout.columns.values())
    unused = tuple(
        (name or f"column {at + 1}") if layout.header else f"column {name}"
        for at, name in enumerate(layout.names)
        if at not in used
    )
    by_name = layout.header and "rating" in uses and uses["rating"].by == "name"
    others = also_called(layout.names, "rating", used) if by_name else []
    doubts = [f"The rating could also be the column {name}." for name in others]
    return Reading(
        delimiter=layout.delimiter,
        encoding="utf-16" if layout.encoding.startswith("utf-16") else layout.encoding,
        decimal=layout.decimal_point,
        header=layout.header,
        header_line=layout.skip_lines if layout.header else 0,
        columns=uses,
        unused=unused,
        n_columns=len(layout.names),
        warnings=tuple(doubts),
    )


def _is_text(column: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(column.type))


def _ids(column: Any) -> RawIds | None:
    """Return the raw ids of an Arrow column of integers or of dictionary-encoded strings; None where one is missing."""
    import pyarrow as pa

    if column.null_count:
        return None
    if pa.types.is_integer(column.type):
        return RawIds(numbers=chunks_of(column))
    if not len(column):
        return RawIds(numbers=[])
    return from_dictionary(column.unify_dictionaries())
