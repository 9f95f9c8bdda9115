"""What a file that is no delimited text was read as; values of Python made columns."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, Any

from mftui.data.memory import require_room, too_large
from mftui.data.storage.archives import check_sum
from mftui.data.storage.files import FileRef
from mftui.errors import DataError, raise_if_machine
from mftui.text import visible

_EXACT = 1 << 53
_CHUNK_ROWS = 200_000
POSITIONS = ("user", "movie", "rating", "timestamp")
"""The names of columns where a form itself says which is which, in this order."""


@dataclass(frozen=True)
class Table:
    """The rows of a file, by columns of Arrow types as the file has them; null where a value is missing."""

    form: str
    """In words, with an article: "a Parquet file", "an Excel workbook"."""
    names: tuple[str, ...]
    """The names of the columns; "1", "2", … without a header."""
    header: bool
    """Whether the file names its columns, or its form does."""
    columns: list[Any]
    """A `pyarrow.ChunkedArray` each."""
    part: str = ""
    """The sheet, table or array of the file that was read; "" where there is only one thing in it."""

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def only(self, names: Sequence[str] | None, rows: int | None = None) -> Table:
        """Return the table with the columns `names` (all: None; those that it lacks are left out), and first `rows`."""
        kept = [at for at, name in enumerate(self.names) if names is None or name in names]
        columns = [self.columns[at] if rows is None else self.columns[at].slice(0, rows) for at in kept]
        return replace(self, names=tuple(self.names[at] for at in kept), columns=columns)


@dataclass(frozen=True)
class Ask:
    """What is wanted of a file."""

    table: str | None = None
    """Which sheet, table or array."""
    columns: Sequence[str] | None = None
    """The names of the columns wanted, where only they are."""
    rows: int | None = None
    """How many rows are enough."""
    fits: Callable[[Sequence[str]], bool] | None = None
    """Whether columns of these names can be ratings."""
    matrix: bool = False
    """Whether a matrix is wanted: a row for each user or movie, a column for each of the others."""


def of_arrow(form: str, table: Any, part: str = "") -> Table:
    """Return the Table of a `pyarrow.Table`: objects flattened, bytes as text, dictionaries as their values."""
    import pyarrow as pa

    for _ in range(2):
        if any(pa.types.is_struct(field.type) for field in table.schema):
            table = table.flatten()
    columns = [_natural(column) for column in table.columns]
    return Table(form, tuple(table.column_names), True, columns, part)


def of_rows(rows: Iterable[Sequence[Any]], width: int, limit: int | None = None) -> list[Any]:
    """Return the columns of rows of Python values: numbers stay numbers, what is mixed becomes text."""
    import pyarrow as pa

    source = iter(rows) if limit is None else islice(rows, limit)
    chunks: list[list[Any]] = []
    while block := list(islice(source, _CHUNK_ROWS)):
        chunks.append([list(column) for column in zip(*block, strict=True)])
    if not chunks:
        return [pa.chunked_array([pa.nulls(0)]) for _ in range(width)]
    return [of_values(chunk[at] for chunk in chunks) for at in range(width)]


def of_values(chunks: Iterable[list[Any]]) -> Any:
    """Return the column of values that come in chunks; the type is one for all of them."""
    import pyarrow as pa

    made = [(_typed(chunk), chunk) for chunk in chunks]
    types = {array.type for array, _ in made if not pa.types.is_null(array.type)}
    if not types:
        return pa.chunked_array([array for array, _ in made], type=pa.null())
    if types == {pa.int64(), pa.float64()} and all(_small(array) for array, _ in made):
        types = {pa.float64()}
    if len(types) == 1:
        common = types.pop()
        return pa.chunked_array([array.cast(common) for array, _ in made], type=common)
    return pa.chunked_array([pa.array([_text(value) for value in chunk], pa.string()) for _, chunk in made])


def _typed(values: list[Any]) -> Any:
    import datetime

    import pyarrow as pa

    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {datetime.date, datetime.datetime}:
        midnight = datetime.time()
        values = [
            datetime.datetime.combine(value, midnight) if type(value) is datetime.date else value for value in values
        ]
        kinds = {datetime.datetime}
    try:
        if kinds == {int, float} and all(type(value) is not int or abs(value) < _EXACT for value in values):
            return pa.array(values, pa.float64(), from_pandas=True)
        if len(kinds) <= 1 and not kinds & {dict, list, tuple, bytes}:
            return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        pass
    return pa.array([_text(value) for value in values], pa.string())


def _small(array: Any) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if array.type != pa.int64() or array.null_count == len(array):
        return True
    bounds = pc.min_max(array)
    return bool(bounds["min"].as_py() > -_EXACT and bounds["max"].as_py() < _EXACT)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, bytes):
        return bytes_as_text([value])[0]
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def bytes_as_text(values: Sequence[bytes | None]) -> list[str | None]:
    """Return bytes as the text that they are: UTF-8, else UUIDs of 16 bytes, else hexadecimal digits."""
    import uuid

    try:
        texts = [None if value is None else value.decode("utf-8") for value in values]
    except UnicodeDecodeError:
        texts = []
    if texts and all(text is None or visible(text) == text for text in texts):
        return texts
    if all(value is None or len(value) == 16 for value in values):
        return [None if value is None else str(uuid.UUID(bytes=value)) for value in values]
    return texts or [None if value is None else value.hex() for value in values]


def _natural(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], type=column.type.storage_type)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_floating(kind) and pc.any(missing := pc.is_nan(column)).as_py():
        return pc.if_else(missing, pa.scalar(None, kind), column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        texts = bytes_as_text(column.to_pylist())
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.chunked_array([pa.array([_text(value) for value in column.to_pylist()], pa.string())])
    return column.cast(pa.string()) if str(kind) in ("string_view", "binary_view") else column


def whole_numbers(column: Any) -> Any:
    """Return a column of floats as integers where all of them are whole; else itself."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_floating(column.type) or column.null_count == len(column):
        return column
    bounds = pc.min_max(column)
    if not (-_EXACT <= bounds["min"].as_py() <= bounds["max"].as_py() <= _EXACT):
        return column
    whole = pc.all(pc.equal(column, pc.trunc(column)))
    return column.cast(pa.int64()) if whole.as_py() else column


def choose(ref: FileRef, ask: Ask, parts: Sequence[tuple[str, Sequence[str]]], form: str, what: str) -> str:
    """Return which of the `parts` (name, names of columns) of a file to read: that asked for, else the one that fits.

    Raises DataError, listing all, where there is none of the name asked for, or several and nothing to choose by.
    """
    if ask.table is not None:
        exact = [name for name, _ in parts if name == ask.table]
        folded = [name for name, _ in parts if name.lower() == ask.table.lower()]
        if exact or len(folded) == 1:
            return (exact or folded)[0]
        raise DataError(
            f"{form} without a {what} {visible(ask.table)}; it has: {_listed(parts)}.",
            path=ref,
            hint="Name one of them.",
        )
    if not parts:
        raise DataError(f"{form} in which no {what} has rows.", path=ref, hint="Give a file with ratings.")
    fitting = [(name, columns) for name, columns in parts if ask.fits and ask.fits(columns)]
    if len(fitting) == 1 or len(parts) == 1:
        return (fitting or parts)[0][0]
    raise DataError(
        f"{form} with several {what}s{' that could be the ratings' * bool(fitting)}: {_listed(fitting or parts)}.",
        path=ref,
        hint="Choose one with --table NAME (from Python table=…).",
    )


def _listed(parts: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return names with the first columns of each, to show."""
    shown = (
        f"{visible(name)} ({', '.join(visible(str(column)) for column in columns[:8])}{', …' * (len(columns) > 8)})"
        for name, columns in parts[:20]
    )
    return "; ".join(shown) or "none"


def require_zip_room(ref: FileRef, file: IO[bytes]) -> None:
    """Refuse a zip whose reader unpacks it whole, where it grows to absurd sizes, or beyond the memory that is free;
    leave the file at its beginning. What is no zip is left to the reader."""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(file) as opened:
        members = opened.infolist()
        check_sum(ref, members, ref.n_bytes)
        require_room(sum(member.file_size for member in members), ref, ref.n_bytes)
    file.seek(0)


def refused(ref: FileRef, form: str, hint: str) -> DataError:
    """Return the error for a file whose form (as "a pickle") holds no ratings or is not read; `hint`: what to do."""
    verb = "these are" if form.startswith(("lines", "lists", "blocks")) else "this is"
    return DataError(f"{verb} {form}.", path=ref, hint=hint)


def damaged_form(ref: FileRef, form: str, error: Exception) -> DataError:
    """Return the error for a file that begins as `form` and cannot be read so.

    Raises MachineError where it was the machine that refused to read it.
    """
    if isinstance(error, MemoryError):
        return too_large(ref, ref.n_bytes)
    if isinstance(error, OSError):
        raise_if_machine(error, ref)
    return DataError(
        f"this is {form}, but damaged or cut short ({visible(str(error)[:200])}).",
        path=ref,
        hint="Download, copy or export it again.",
    )


def positions(n: int) -> tuple[str, ...]:
    """Return the names of `n` columns that have none: "1", "2", …"""
    return tuple(str(at + 1) for at in range(n))
