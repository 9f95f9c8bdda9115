"""Ratings from columns of any type: of Parquet, of other forms that are no delimited text, of DataFrames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.forms.parts import with_keys
from mftui.data.forms.read import peek, read_form
from mftui.data.forms.table import Table
from mftui.data.readers.columns import Chunks, RawIds, RawRatings, chunks_of, from_dictionary
from mftui.data.readers.names import COLUMNS_HINT, also_called, columns_by_name, listed, match, roles_listed
from mftui.data.readers.personal import looks_personal, personal_error
from mftui.data.readers.rating_words import numbers_in
from mftui.data.readers.times import times_in
from mftui.data.readers.unrated import rated_rows
from mftui.data.reading.options import LEFT_OUT, ROLES, ReadOptions
from mftui.data.reading.reading import ColumnUse, Reading
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible, whole_number

_NO_KEYS: Mapping[str, str | None] = {}


def read_typed(ref: FileRef, how: ReadOptions, keys: Mapping[str, str | None] = _NO_KEYS) -> RawRatings | None:
    """Read the ratings of a file that is no delimited text; None where it is. None of its rows may be there.

    `keys` are columns whose value stands in the names of its directories. Raises DataError with the row of the first
    fault.
    """
    found = _read(ref, how, ("user", "movie", "rating"), keys)
    return None if found is None else ratings_in(found[0], str(ref), ref.name, how, found[1])


def read_typed_pairs(ref: FileRef, how: ReadOptions, timed: bool = False) -> tuple[dict[str, Any], Reading] | None:
    """Read the user and movie ids alone, by role, and how; None where the file is delimited text.

    `timed`: with an Arrow column of times, where there is one.
    """
    found = _read(ref, how, ("user", "movie"), timed=timed)
    if found is None:
        return None
    columns, reading = found
    return columns | {role: _ids(str(ref), columns[role], role) for role in ("user", "movie")}, reading


def typed_columns(ref: FileRef, how: ReadOptions) -> tuple[Sequence[str], dict[str, int]] | None:
    """Return `(names of all columns, role → position)` of a file of ratings; None where it is delimited text."""
    head = peek(ref, how.table or None, fits=may_be_ratings)
    return None if head is None else (head.names, _found(head, how, ("user", "movie", "rating"), str(ref))[0])


def look_at_table(ref: FileRef, how: ReadOptions, rows: int) -> tuple[Table, Reading | None, DataError | None] | None:
    """Return `(names and first rows, how its columns are found, what is wrong with them)`; None for delimited text.

    Raises DataError where the file cannot be read, or holds no ratings.
    """
    head = peek(ref, how.table or None, rows=rows, fits=may_be_ratings)
    if head is None:
        return None
    try:
        return head, _found(head, how, ("user", "movie", "rating"), str(ref))[1], None
    except DataError as error:
        return head, None, error


def may_be_ratings(names: Sequence[str]) -> bool:
    """Return whether columns of these names can be ratings."""
    return columns_by_name(names, ROLES, {}, ("user", "movie", "rating"), ReadOptions()) is not None


def ratings_in(columns: dict[str, Any], path: str, name: str, how: ReadOptions, reading: Reading) -> RawRatings:
    """Return the ratings of Arrow columns by role.

    Parameters
    ----------
    columns: role → Arrow column; it is emptied.
    path, name: what they are from, in messages.
    how: what the user says of them.
    reading: how they were found.

    Raises DataError with the row of the first fault.
    """
    columns["rating"], form = _numbers(path, columns["rating"], how)
    columns, reading = rated_rows(columns, how, replace(reading, rating_form=form))
    values = _finite(path, columns.pop("rating"))
    users, movies = _ids(path, columns.pop("user"), "user"), _ids(path, columns.pop("movie"), "movie")
    times, reading, repairs = times_in(columns, reading, name)
    return RawRatings(users, movies, values, times, repairs, reading)


def _read(
    ref: FileRef,
    how: ReadOptions,
    needed: Sequence[str],
    keys: Mapping[str, str | None] = _NO_KEYS,
    timed: bool = False,
) -> tuple[dict[str, Any], Reading] | None:
    part = how.table or None
    table = peek(ref, part, fits=may_be_ratings)
    if table is None:
        return None
    table = with_keys(table, keys)
    columns, reading = _found(table, how, needed, str(ref), timed)
    names = [table.names[at] for at in columns.values()]
    table = read_form(ref, part, columns=names, fits=may_be_ratings)
    assert table is not None
    table = with_keys(table, keys)
    return {role: table.columns[table.names.index(name)] for role, name in zip(columns, names, strict=True)}, reading


def _found(
    table: Table, how: ReadOptions, needed: Sequence[str], path: str, timed: bool = False
) -> tuple[dict[str, int], Reading]:
    """Return the positions of the columns by role, and how they were found."""
    names = table.names
    if not table.header and not how.columns and len(names) in (len(needed), len(needed) + 1):
        how = replace(how, columns={role: str(at + 1) for at, role in enumerate(ROLES[: len(names)])})
        columns, reading = columns_for(names, how, needed, path, form=table.form)
        uses = {role: replace(use, name="", by="position") for role, use in reading.columns.items()}
        return columns, replace(reading, part=table.part, header=False, columns=uses)
    columns, reading = columns_for(names, how, needed, path, form=table.form, timed=timed)
    return columns, replace(reading, part=table.part, header=table.header)


def columns_for(
    names: Sequence[str],
    how: ReadOptions,
    needed: Sequence[str],
    path: str,
    hint: str = COLUMNS_HINT,
    form: str = "a table",
    timed: bool = False,
) -> tuple[dict[str, int], Reading]:
    """Return the positions of the columns by role, and how they were found; ratings, and what is `timed`, can have a
    column of times.

    Raises DataError, naming the columns found, where one is missing.
    """
    wanted = (*needed, "timestamp") if timed or "rating" in needed else tuple(needed)
    given = {role: name for role, name in how.columns.items() if role in wanted}
    if timed and given.get("timestamp") not in names:
        given.pop("timestamp", None)
    roles = [role for role in ROLES if role in wanted and given.get(role) != LEFT_OUT]
    given = {role: name for role, name in given.items() if role in roles}
    by_number = {role: names[int(text) - 1] for role, text in given.items() if _is_position(text, names)}
    given |= by_number
    found = columns_by_name(names, roles, given, needed, how)
    if found is None:
        if not given and "rating" in needed and (whose := looks_personal(names)):
            raise personal_error(whose, path)
        columns = match(names, roles, given)
        lost = [role for role in (*needed, *given) if role not in columns]
        role = next((role for role in lost if role in given), "")
        asked = f" {visible(given[role])} (for the {role})" if role else f" for the {roles_listed(lost)}"
        raise DataError(f"no column{asked}; columns found: {listed(names)}.", path=path, hint=hint)
    columns, by = found
    uses = {role: ColumnUse(str(names[at]), at + 1, by[role]) for role, at in columns.items()}
    used = set(columns.values())
    others = also_called(names, "rating", used) if by.get("rating") == "name" else []
    return columns, Reading(
        form=form,
        header=True,
        columns=uses,
        unused=tuple(str(name) for at, name in enumerate(names) if at not in used),
        n_columns=len(names),
        warnings=tuple(f"The rating could also be the column {visible(name)}." for name in others),
    )


def _is_position(text: str, names: Sequence[str]) -> bool:
    return text not in names and 1 <= (whole_number(text) or 0) <= len(names)


def _first_null(path: str, column: Any, role: str, hint: str = "Fill it in, or remove the row.") -> None:
    import pyarrow.compute as pc

    if column.null_count:
        row = int(np.flatnonzero(pc.is_null(column).to_numpy())[0]) + 1
        raise DataError(f"row {row}: the {role} is missing.", path=path, hint=hint)


def _numbers(path: str, column: Any, how: ReadOptions) -> tuple[Any, str]:
    """Return `(the ratings as an Arrow column of float32, how they are written)`; null where they are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = {"blank", "", "nan", "null", "na", "none"}
    may_miss = any(text.casefold() in empty for text in how.missing_texts)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column) if may_miss else column
    if column.null_count and not may_miss:
        _first_null(path, column, "rating", f"--missing blank leaves all {column.null_count:,} such rows out.")
    try:
        return column.cast(pa.float32(), safe=False), ""
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
            parsed = numbers_in(column.cast(pa.string()).dictionary_encode(), how)
            if parsed is not None:
                return parsed
        raise DataError(f"the rating is not a number ({visible(str(error)[:120])}).", path=path) from error


def _finite(path: str, column: Any) -> Chunks:
    chunks = chunks_of(column)
    if not all(np.isfinite(chunk).all() for chunk in chunks):
        values = np.concatenate(chunks)
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise DataError(
            f"row {row + 1}: the rating {values[row]} is not a finite number.",
            path=path,
            hint="Correct or remove the row, or leave such rows out with --missing NaN.",
        )
    return chunks


def _ids(path: str, column: Any, role: str) -> RawIds:
    import pyarrow as pa

    _first_null(path, column, f"{role} id")
    column = _whole(column)
    if pa.types.is_integer(column.type) and column.type != pa.uint64():
        return RawIds(numbers=[_narrow(chunk) for chunk in chunks_of(column)])
    try:
        ids = from_dictionary(column.cast(pa.string()).dictionary_encode())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"the {role} id has the type {column.type}.", path=path) from error
    if ids is None:
        raise DataError(f"a {role} id is missing.", path=path, hint="Fill it in, or remove the row.")
    return ids


def _whole(column: Any) -> Any:
    """Return whole floats, as pandas writes integers beside missing ones, as integers."""
    import pyarrow as pa

    if not pa.types.is_floating(column.type) or pa.types.is_float16(column.type):
        return column
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def _narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """Convert 64-bit integers to 32 bits, in half the memory, where they fit."""
    if numbers.dtype != np.int64 or not len(numbers):
        return numbers
    bounds = np.iinfo(np.int32)
    fits = bounds.min <= int(numbers.min()) and int(numbers.max()) <= bounds.max
    return numbers.astype(np.int32) if fits else numbers
