"""Files in many forms, made in code: sheets, archives, compressed ones; and what `read_form` makes of them."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pytest

from mftui.data.forms.read import peek, read_form
from mftui.data.forms.table import Table
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

Cells = Any
"""Rows of cells."""


def zstd_or_lz4(kind: str) -> Callable[[bytes], bytes]:
    def packed(content: bytes) -> bytes:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, kind) as stream:
            stream.write(content)
        return bytes(sink.getvalue())

    return packed


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "zst": zstd_or_lz4("zstd"),
    "lz4": zstd_or_lz4("lz4"),
}


def zip_of(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return made.getvalue()


def tar_of(members: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                opened.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return made.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx(sheets: Mapping[str, Cells]) -> bytes:
    """Make a workbook; a cell that is a tuple is a date, by its serial number."""
    numbered = list(enumerate(sheets, 1))
    names = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in numbered)
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}<Relationship '
        f'Id="rs" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    }
    for at, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{r}">{"".join(_cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row))}</row>'
            for r, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return zip_of({name: text.encode() for name, text in parts.items()})


def _cell(at: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f'<c r="{at}" s="1"><v>{value[0]}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def ods(rows: Cells) -> bytes:
    """Make an OpenDocument spreadsheet of one sheet."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name="Tab">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    parts["META-INF/manifest.xml"] = '<?xml version="1.0"?><manifest:manifest xmlns:manifest="m"/>'
    return zip_of({name: text.encode() for name, text in parts.items()})


def _ods_cell(value: Any) -> str:
    kind = "string" if isinstance(value, str) else f'float" office:value="{value}'
    return f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'


def rows_of(table: Table | None) -> list[tuple[Any, ...]]:
    assert table is not None
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def read(file: Path, content: bytes | str | None = None, **options: Any) -> Table:
    """Write `content`, read it; the first rows alone must be the same, of the same names."""
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    table = read_form(FileRef(file), **options)
    assert table is not None, "taken for delimited text"
    assert len(table.names) == len(table.columns)
    shared = {key: value for key, value in options.items() if key != "columns"}
    if "columns" not in options:
        first = peek(FileRef(file), rows=2, **shared)
        assert first is not None
        assert (first.form, first.names, first.header, first.part) == (
            table.form,
            table.names,
            table.header,
            table.part,
        )
        assert rows_of(first) == rows_of(table)[:2]
    return table


def refusal(file: Path, content: bytes | str | None = None, **options: Any) -> str:
    """Return what reading the file is refused with; to look at its first rows must not crash either."""
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as caught:
        read_form(FileRef(file), **options)
    with contextlib.suppress(DataError):
        peek(FileRef(file), **options)
    assert str(file) in str(caught.value)
    return str(caught.value)
