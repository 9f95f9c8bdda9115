"""Parquet, Feather, Arrow and ORC files."""

from __future__ import annotations

import warnings
from typing import Any

from mftui.data.forms.table import Ask, Table, damaged_form, of_arrow
from mftui.data.forms.unpacked import require_ipc_room, require_stream_room
from mftui.data.memory import require_room
from mftui.data.storage.files import FileRef
from mftui.errors import DataError


def read_parquet_form(ref: FileRef, ask: Ask) -> Table:
    """Read a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    form = "a Parquet file"
    with ref.seekable() as file:
        try:
            opened = parquet.ParquetFile(file, page_checksum_verification=True)
            wanted = _wanted(opened.schema_arrow.names, ask)
            rows = opened.metadata.num_rows if ask.rows is None else min(ask.rows, opened.metadata.num_rows)
            require_room(_needed(opened.schema_arrow, wanted, rows), ref, ref.n_bytes)
            if ask.rows is None:
                table = opened.read(columns=wanted)
            else:
                batch = next(opened.iter_batches(batch_size=ask.rows, columns=wanted), None)
                table = opened.schema_arrow.empty_table() if batch is None else pa.Table.from_batches([batch])
            table.validate(full=True)
        except DataError:
            raise
        except _faults() as error:
            raise damaged_form(ref, form, error) from error
    return of_arrow(form, table)


def read_ipc(ref: FileRef, ask: Ask) -> Table:
    """Read an Arrow file (Feather of version 2 is one)."""
    import pyarrow as pa

    form = "a Feather file" if ref.suffix in (".feather", ".ftr") else "an Arrow file"
    with ref.seekable() as file:
        try:
            with pa.ipc.open_file(file) as opened:
                enough = opened.num_record_batches if ask.rows is None else min(1, opened.num_record_batches)
                batches = []
                require_ipc_room(ref, file, enough)
                for at in range(enough):
                    batches.append(opened.get_batch(at))
                    require_room(batches[-1].nbytes, ref, ref.n_bytes)  # the next is about as large
                table = pa.Table.from_batches(batches, opened.schema)
            table.validate(full=True)
        except DataError:
            raise
        except _faults() as error:
            raise damaged_form(ref, form, error) from error
    return of_arrow(form, _selected(table, ask))


def read_stream(ref: FileRef, ask: Ask) -> Table:
    """Read a stream of Arrow batches; one that is cut short is refused."""
    import pyarrow as pa

    form = "an Arrow stream"
    with ref.seekable() as file:
        try:
            require_stream_room(ref, file, first=ask.rows is not None)
            with pa.ipc.open_stream(file) as opened:
                batches = []
                for batch in opened:
                    batches.append(batch)
                    require_room(batch.nbytes, ref, ref.n_bytes)
                    if ask.rows is not None:
                        break
                table = pa.Table.from_batches(batches, opened.schema)
            table.validate(full=True)
        except DataError:
            raise
        except _faults() as error:
            raise damaged_form(ref, form, error) from error
    return of_arrow(form, _selected(table, ask))


def read_feather_1(ref: FileRef, ask: Ask) -> Table:
    """Read a Feather file of version 1."""
    from pyarrow import feather

    with ref.seekable() as file, warnings.catch_warnings(action="ignore"):  # that the form is an old one
        try:
            table = feather.read_table(file)
        except DataError:
            raise
        except _faults() as error:
            raise damaged_form(ref, "a Feather file", error) from error
    return of_arrow("a Feather file", _selected(table, ask))


def read_orc(ref: FileRef, ask: Ask) -> Table:
    """Read an ORC file."""
    from pyarrow import orc

    with ref.seekable() as file:
        try:
            opened = orc.ORCFile(file)
            wanted = _wanted(opened.schema.names, ask)
            require_room(_needed(opened.schema, wanted, opened.nrows), ref, ref.n_bytes)
            table = opened.read(columns=wanted)
        except DataError:
            raise
        except _faults() as error:
            raise damaged_form(ref, "an ORC file", error) from error
    return of_arrow("an ORC file", table)


_TEXT_BITS = 64
"""Taken for a value that has no fixed width, such as text."""


def _faults() -> tuple[type[Exception], ...]:
    """Return the errors of pyarrow, which are its own and some of Python's."""
    import pyarrow as pa

    python = (ValueError, OSError, EOFError, KeyError, OverflowError, MemoryError, NotImplementedError)
    return (pa.ArrowException, *python)


def _needed(schema: Any, wanted: list[str] | None, rows: int) -> int:
    """Return the bytes that so many rows take at least: files can say in a few bytes that a value repeats for ever."""
    widths = 0
    for field in schema:
        if wanted is None or field.name in wanted:
            try:
                widths += field.type.bit_width
            except ValueError:  # text, lists
                widths += _TEXT_BITS
    return rows * widths // 8


def _wanted(names: list[str], ask: Ask) -> list[str] | None:
    if ask.columns is None:
        return None
    tops = {name.split(".")[0] for name in ask.columns}
    return [name for name in names if name in ask.columns or name in tops]


def _selected(table: Any, ask: Ask) -> Any:
    wanted = _wanted(table.column_names, ask)
    return table if wanted is None else table.select(wanted)
