"""The door: tells the form of a file by its first bytes, and reads it or says what it is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence

from mftui.data.forms.arrays import read_hdf5, read_mat, read_npy, read_npz
from mftui.data.forms.arrow_files import read_feather_1, read_ipc, read_orc, read_parquet_form, read_stream
from mftui.data.forms.blocks import NETFLIX, SNAP, YAHOO, read_netflix, read_snap, read_yahoo
from mftui.data.forms.json_files import read_json, read_python
from mftui.data.forms.lines import ARFF, FEATURES, KONECT, read_arff, read_features, read_konect, read_matrix_market
from mftui.data.forms.refusals import refusal
from mftui.data.forms.sheets import read_html, read_workbook
from mftui.data.forms.sqlite_files import read_sqlite
from mftui.data.forms.table import Ask, Table, refused
from mftui.data.memory import bounded
from mftui.data.storage.archives import zipped_form
from mftui.data.storage.files import FileRef
from mftui.data.storage.streams import damaged

_HEAD_BYTES = 1 << 16
Reader = Callable[[FileRef, Ask], Table | None]

_MAGIC: tuple[tuple[re.Pattern[bytes], Reader], ...] = (
    (re.compile(rb"PAR[1E]"), read_parquet_form),
    (re.compile(rb"ARROW1\0\0"), read_ipc),
    (re.compile(rb"\xff\xff\xff\xff[\s\S]{3}\0"), read_stream),
    (re.compile(rb"FEA1"), read_feather_1),
    (re.compile(rb"ORC(?:[^ -~]|[\s\S]{0,200}?[\0-\x08])"), read_orc),
    (re.compile(rb"SQLite format 3\0"), read_sqlite),
    (re.compile(rb"\xd0\xcf\x11\xe0"), read_workbook),
    (re.compile(rb"\x93NUMPY"), read_npy),
    (re.compile(rb"\x89HDF\r\n|MATLAB 7\.3"), read_hdf5),
    (re.compile(rb"MATLAB 5\.0"), read_mat),
)
_TEXT: tuple[tuple[re.Pattern[bytes], Reader], ...] = (
    (re.compile(rb"\{\s*(?:[\"}])|\[\s*(?:\{\s*[\"}]|[\[\]\"]|-?\d|null)"), read_json),
    (re.compile(rb"(?:\[\s*)?\{\s*u?'"), read_python),
    (re.compile(rb"%%MatrixMarket"), read_matrix_market),
    (KONECT, read_konect),
    (ARFF, read_arff),
    (NETFLIX, read_netflix),
    (YAHOO, read_yahoo),
    (SNAP, read_snap),
    (FEATURES, read_features),
)
_PAGE = re.compile(rb"(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|table|meta)", re.IGNORECASE | re.DOTALL)
_PAGES = (".xls", ".xlsx", ".html", ".htm")


def read_form(
    ref: FileRef,
    table: str | None = None,
    *,
    columns: Sequence[str] | None = None,
    fits: Callable[[Sequence[str]], bool] | None = None,
    matrix: bool = False,
) -> Table | None:
    """Read the file `ref`; None where it is delimited text, which others read, or empty.

    Parameters
    ----------
    table: the sheet, table or array to read of a file that has several.
    columns: read only those of these names.
    fits: whether columns of these names can be ratings, to choose among several sheets or tables, and to find headers.
    matrix: a matrix of numbers is wanted, which is refused else.

    Raises DataError, which names the form, where it is damaged, holds no ratings, or several things to choose from.
    """
    return _read(ref, Ask(table, columns, None, fits, matrix))


def peek(
    ref: FileRef,
    table: str | None = None,
    *,
    rows: int = 100,
    fits: Callable[[Sequence[str]], bool] | None = None,
) -> Table | None:
    """Read the names and the first rows of the file `ref`, as `read_form` does, without reading all where it can."""
    return _read(ref, Ask(table, None, rows, fits))


def _read(ref: FileRef, ask: Ask) -> Table | None:
    head = ref.head(_HEAD_BYTES)
    if not head.strip():
        return None
    reader = _reader(ref, head)
    with bounded(ref, ref.n_bytes):
        found = None if reader is None else reader(ref, ask)
    if found is None and (error := refusal(ref, _as_utf8(head))):
        raise error
    return None if found is None else found.only(ask.columns, ask.rows)


def _reader(ref: FileRef, head: bytes) -> Reader | None:
    if head.startswith(b"PK\x03\x04"):
        return _zipped(ref)
    for magic, reader in _MAGIC:
        if magic.match(head):
            return reader
    start = _as_utf8(head).removeprefix(b"\xef\xbb\xbf").lstrip()
    if ref.suffix in _PAGES and _PAGE.match(start):
        return read_html
    return next((reader for pattern, reader in _TEXT if pattern.match(start)), None)


def _zipped(ref: FileRef) -> Reader | None:
    with ref.seekable() as file:
        form = zipped_form(file)
        whole = zipfile.is_zipfile(file)
    if not whole:
        named = ref.suffix in (".xlsx", ".xlsm", ".xlsb", ".ods", ".npz")
        raise damaged(ref, f"the {ref.suffix} file" if named else "the zip", zipfile.BadZipFile("its end is missing"))
    if form == "document":
        raise refused(ref, "a document of a word processor", "Export its table as CSV.")
    reader = {"workbook": read_workbook, "npz": read_npz}.get(form)
    if reader is None:
        raise refused(ref, "a zip archive", "Unpack it, and give the file in it.")
    return reader


def _as_utf8(head: bytes) -> bytes:
    utf_16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace") if utf_16 else head
