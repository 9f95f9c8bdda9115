"""Ratings from Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.readers.columns import Chunks, RawIds, RawRatings, chunks_of, from_dictionary
from mftui.data.readers.layout import COLUMNS_HINT
from mftui.data.readers.names import ROLES, listed, match
from mftui.data.readers.times import seconds_of
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible


def is_parquet(ref: FileRef) -> bool:
    """Return whether `ref` begins like a Parquet file or is named `.parquet`."""
    return ref.suffix == ".parquet" or ref.head(4) == b"PAR1"


def read_parquet(ref: FileRef, given: Mapping[str, str] | None = None) -> RawRatings:
    """Read the ratings of the Parquet file `ref`; none where it is empty. Raises DataError with the row of the first
    fault."""
    return ratings_in(_read(ref, given or {}, ("user", "movie", "rating")), str(ref), ref.name)


def ratings_in(columns: dict[str, Any], path: str, name: str) -> RawRatings:
    """Return the ratings of Arrow columns by role; `path` and `name` say in messages what they are from.

    Raises DataError with the row of the first fault.
    """
    values = _numbers(path, columns.pop("rating"), "rating")
    users, movies = _ids(path, columns.pop("user"), "user"), _ids(path, columns.pop("movie"), "movie")
    repairs: list[str] = []
    timestamps = None
    if "timestamp" in columns:
        timestamps, note = seconds_of(columns.pop("timestamp"))
        repairs += [f"{name}: {note}."] if note else []
    return RawRatings(users, movies, values, timestamps, repairs)


def read_parquet_pairs(ref: FileRef, given: Mapping[str, str] | None = None) -> tuple[RawIds, RawIds]:
    """Read the user and movie ids alone."""
    columns = _read(ref, given or {}, ("user", "movie"))
    return _ids(str(ref), columns["user"], "user"), _ids(str(ref), columns["movie"], "movie")


def _read(ref: FileRef, given: Mapping[str, str], needed: Sequence[str]) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with ref.open() as file:
            opened = parquet.ParquetFile(file, page_checksum_verification=True)
            names = opened.schema_arrow.names
            columns = columns_for(names, given, needed, str(ref))
            wanted = [*needed, *(["timestamp"] if "rating" in needed and "timestamp" in columns else [])]
            table = opened.read(columns=[names[columns[role]] for role in wanted])
            table.validate(full=True)
    except DataError:
        raise
    except (pa.ArrowException, ValueError, OverflowError, MemoryError) as error:
        raise DataError(f"damaged, or not Parquet ({visible(str(error)[:200])}).", path=ref) from error
    return {role: table.column(names[columns[role]]) for role in wanted}


def columns_for(
    names: list[str], given: Mapping[str, str], needed: Sequence[str], path: str, hint: str = COLUMNS_HINT
) -> dict[str, int]:
    """Return the positions of the columns by role. Raises DataError, naming the columns found, where one is missing."""
    columns = match(names, ROLES, given)
    for role in (*needed, *given):
        if role not in columns:
            wanted = f" {visible(given[role])} (for the {role})" if role in given else f" for the {role}"
            raise DataError(f"no column{wanted}; columns found: {listed(names)}.", path=path, hint=hint)
    return columns


def _first_null(path: str, column: Any, role: str) -> None:
    import pyarrow.compute as pc

    if column.null_count:
        row = int(np.flatnonzero(pc.is_null(column).to_numpy())[0]) + 1
        raise DataError(f"row {row}: the {role} is missing.", path=path, hint="Fill it in, or remove the row.")


def _numbers(path: str, column: Any, role: str) -> Chunks:
    import pyarrow as pa

    _first_null(path, column, role)
    try:
        chunks = chunks_of(column.cast(pa.float32(), safe=False))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"the {role} is not a number ({visible(str(error)[:120])}).", path=path) from error
    if not all(np.isfinite(chunk).all() for chunk in chunks):
        values = np.concatenate(chunks)
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise DataError(
            f"row {row + 1}: the {role} {values[row]} is not a finite number.",
            path=path,
            hint="Correct or remove the row.",
        )
    return chunks


def _ids(path: str, column: Any, role: str) -> RawIds:
    import pyarrow as pa

    _first_null(path, column, f"{role} id")
    if pa.types.is_integer(column.type) and column.type != pa.uint64():
        return RawIds(numbers=[_narrow(chunk) for chunk in chunks_of(column)])
    try:
        ids = from_dictionary(column.cast(pa.string()).dictionary_encode())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"the {role} id has the type {column.type}.", path=path) from error
    if ids is None:
        raise DataError(f"a {role} id is missing.", path=path, hint="Fill it in, or remove the row.")
    return ids


def _narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """Convert 64-bit integers to 32 bits, in half the memory, where they fit."""
    if numbers.dtype != np.int64 or not len(numbers):
        return numbers
    bounds = np.iinfo(np.int32)
    fits = bounds.min <= int(numbers.min()) and int(numbers.max()) <= bounds.max
    return numbers.astype(np.int32) if fits else numbers
