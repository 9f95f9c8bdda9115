"""Ratings from text (CSV, TSV, .dat, u.data, .inter), through Arrow with explicit types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from mftui.data.readers.columns import RawIds, RawRatings, chunks_of, from_dictionary
from mftui.data.readers.faults import check_quotes, first_fault
from mftui.data.readers.layout import Layout
from mftui.data.readers.names import ROLES
from mftui.data.readers.times import seconds_of
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

# Narrow types first: they take half the memory, and a file that needs more says so at once.
_LADDER = ("int32", "int64", "string")
_BLOCK_BYTES = 4 << 20


def read_text(ref: FileRef, layout: Layout) -> RawRatings:
    """Read the ratings of the text file `ref`. Raises DataError with the line of the first fault."""
    columns = read_columns(ref, layout, [role for role in ROLES if role in layout.columns])
    values = chunks_of(columns.pop("rating"))
    timestamps, note = seconds_of(columns.pop("timestamp")) if "timestamp" in columns else (None, "")
    if not sum(map(len, values)):
        raise only_header(ref)
    if not all(np.isfinite(chunk).all() for chunk in values):
        raise first_fault(ref, layout, "a rating is not a finite number")
    users, movies = _ids(columns.pop("user")), _ids(columns.pop("movie"))
    if users is None or movies is None:
        raise first_fault(ref, layout, "an id is missing")
    return RawRatings(users, movies, values, timestamps, [f"{ref.name}: {note}."] if note else [])


def read_text_pairs(ref: FileRef, layout: Layout) -> tuple[RawIds, RawIds]:
    """Read the user and movie ids alone."""
    columns = read_columns(ref, layout, ["user", "movie"])
    users, movies = _ids(columns["user"]), _ids(columns["movie"])
    if users is None or movies is None:
        raise first_fault(ref, layout, "an id is missing", ("user", "movie"))
    if not len(users):
        raise only_header(ref)
    return users, movies


def only_header(ref: FileRef) -> DataError:
    """Return the error for a file with column names and nothing below."""
    return DataError("only a header, no ratings.", path=ref, hint="Give a file with ratings.")


def read_columns(ref: FileRef, layout: Layout, roles: Sequence[str], *, as_text: bool = False) -> dict[str, Any]:
    """Read Arrow columns by role, each of the narrowest type that takes all its values; or dictionary-encoded text."""
    import pyarrow as pa

    # Arrow knows one-character delimiters: "::" is ":" with an empty column between.
    step = len(layout.delimiter)
    position = {role: layout.columns[role] * step for role in roles}
    rung = dict.fromkeys(roles, len(_LADDER) - 1 if as_text else 0)
    encoding = layout.encoding
    if layout.quoted and len(layout.names) > len(roles):
        check_quotes(ref, layout)
    while True:
        types = {role: _LADDER[rung[role]] for role in roles if role != "rating"}
        try:
            return _read_as(ref, layout, position, types, encoding)
        except pa.ArrowInvalid as error:
            message = str(error)
            if "Could not skip initial" in message:  # the header's line is the last and has no end
                raise only_header(ref) from error
            if "UTF8" in message and encoding == "utf-8":
                encoding = "latin-1"
                continue
            at = re.search(r"In CSV column #(\d+): .*conversion error", message)
            failed = next((r for r in roles if at and position[r] == int(at.group(1))), None)
            if failed is None or failed == "rating" or rung[failed] == len(_LADDER) - 1:
                raise first_fault(ref, layout, message, roles) from error
            rung[failed] += 1


def _read_as(
    ref: FileRef, layout: Layout, position: dict[str, int], types: dict[str, str], encoding: str
) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import csv

    n_columns = (len(layout.names) - 1) * len(layout.delimiter) + 1
    arrow_types = {"int32": pa.int32(), "int64": pa.int64(), "string": pa.dictionary(pa.int32(), pa.string())}
    with ExitStack() as stack:
        # Arrow is quicker with a name of its own to open; it takes none that is no UTF-8.
        opened = not (ref.plain and str(ref.path).isprintable())
        source = stack.enter_context(ref.open()) if opened else str(ref.path)
        table = csv.read_csv(
            source,
            read_options=csv.ReadOptions(
                column_names=[str(i) for i in range(n_columns)],
                skip_rows=layout.skip_lines,
                encoding="utf8" if encoding == "utf-8" else encoding,
                block_size=_BLOCK_BYTES,
            ),
            parse_options=csv.ParseOptions(
                delimiter=layout.delimiter[0],
                quote_char='"' if layout.quoted else False,
                newlines_in_values=layout.multiline,
            ),
            convert_options=csv.ConvertOptions(
                include_columns=[str(at) for at in position.values()],
                column_types={
                    str(at): pa.float32() if role == "rating" else arrow_types[types[role]]
                    for role, at in position.items()
                },
                null_values=[],
                strings_can_be_null=False,
                decimal_point=layout.decimal_point,
            ),
        )
    return {role: table.column(i) for i, role in enumerate(position)}


def _ids(column: Any) -> RawIds | None:
    """Return the raw ids of an Arrow column of integers or of dictionary-encoded strings; None where one is missing."""
    import pyarrow as pa

    if pa.types.is_integer(column.type):
        return RawIds(numbers=chunks_of(column))
    if not len(column):
        return RawIds(numbers=[])
    return from_dictionary(column.unify_dictionaries())
