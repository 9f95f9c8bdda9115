"""The door: tells the form of a file by its first bytes, and reads it or says what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mftui.data.forms.arrow_files import read_feather_1, read_ipc, read_orc, read_parquet_form, read_stream
from mftui.data.forms.json_files import read_json, read_python
from mftui.data.forms.sheets import read_html, read_workbook
from mftui.data.forms.sqlite_files import read_sqlite
from mftui.data.forms.table import Ask, Table
from mftui.data.storage.archives import zipped_form
from mftui.data.storage.files import FileRef

_HEAD_BYTES = 1 << 16
Reader = Callable[[FileRef, Ask], Table | None]

_MAGIC: tuple[tuple[bytes, Reader], ...] = (
    (b"PAR1", read_parquet_form),
    (b"ARROW1", read_ipc),
    (b"FEA1", read_feather_1),
    (b"ORC", read_orc),
    (b"SQLite format 3\0", read_sqlite),
    (b"\xd0\xcf\x11\xe0", read_workbook),
)


def read_form(
    ref: FileRef,
    table: str | None = None,
    *,
    columns: Sequence[str] | None = None,
    fits: Callable[[Sequence[str]], bool] | None = None,
) -> Table | None:
    """Read the file `ref`; None where it is delimited text, which others read, or empty.

    Parameters
    ----------
    table: the sheet, table or array to read of a file that has several.
    columns: read only those of these names.
    fits: whether columns of these names can be ratings, to choose among several sheets or tables, and to find headers.

    Raises DataError, which names the form, where it is damaged, holds no ratings, or several things to choose from.
    """
    return _read(ref, Ask(table, columns, None, fits))


def peek(
    ref: FileRef,
    table: str | None = None,
    *,
    rows: int = 100,
    fits: Callable[[Sequence[str]], bool] | None = None,
) -> Table | None:
    """Read the names and the first rows of the file `ref`, as `read_form` does, without reading all where it can."""
    found = _read(ref, Ask(table, None, rows, fits))
    return None if found is None else found.only(None, rows)


def _read(ref: FileRef, ask: Ask) -> Table | None:
    head = ref.head(_HEAD_BYTES)
    reader = _reader(ref, head)
    return None if reader is None else reader(ref, ask)


def _reader(ref: FileRef, head: bytes) -> Reader | None:
    for magic, reader in _MAGIC:
        if head.startswith(magic):
            return reader
    if head.startswith(b"\xff\xff\xff\xff"):
        return read_stream
    if head.startswith(b"PK\x03\x04"):
        return _zipped(ref)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"{" and start[1:].lstrip()[:1] in (b'"', b"}"):
        return read_json
    if start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"[", b"]"):
        return read_python if start[1:].lstrip()[1:].lstrip()[:1] == b"'" else read_json
    if (start[:1] == b"{" and start[1:].lstrip()[:2] in (b"'", b"u'")) or start[:2] == b"{'":
        return read_python
    if start[:200].lower().startswith((b"<html", b"<!doctype html", b"<table")):
        return read_html
    return None


def _zipped(ref: FileRef) -> Reader | None:
    with ref.seekable() as file:
        return {"workbook": read_workbook}.get(zipped_form(file))
