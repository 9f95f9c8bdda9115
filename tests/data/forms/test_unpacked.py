"""Small files whose compressed parts ask for more memory than there is."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pyarrow as pa
import pytest

from mftui.data import memory
from mftui.data.forms.read import peek, read_form
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

ROWS = 200_000
HUGE = 20 << 40


def arrow(form: str) -> bytes:
    users = pa.array([str(at % 7) for at in range(ROWS)]).dictionary_encode() if form == "words" else [1] * ROWS
    table = pa.table({"user": users, "item": pa.array([2] * ROWS, pa.int64()), "rating": [3.5] * ROWS})
    sink = io.BytesIO()
    new = pa.ipc.new_stream if form == "stream" else pa.ipc.new_file
    with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize("form", ["file", "stream", "words"])
def test_arrow_batch_that_says_it_becomes_terabytes_is_refused_before_it_is_unpacked(tmp_path: Path, form: str) -> None:
    whole = arrow(form)
    path = tmp_path / "ratings.arrow"
    path.write_bytes(whole)
    found = read_form(FileRef(path))
    assert found is not None and len(found.columns[0]) == ROWS
    path.write_bytes(whole.replace(struct.pack("<q", 8 * ROWS), struct.pack("<q", HUGE)))
    for read in (read_form, peek):
        with pytest.raises(DataError, match=r"would need [\d,.]+ GB of memory"):
            read(FileRef(path))


def test_matlab_elements_are_counted_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = zlib.compress(struct.pack("<II", 14, 8 << 20) + bytes(8 << 20))
    path = tmp_path / "ratings.mat"
    head = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<HH", 0x0100, 0x4D49)
    path.write_bytes(head + struct.pack("<II", 15, len(packed)) + packed)
    monkeypatch.setattr(memory, "free_bytes", lambda: 20 << 20)
    with pytest.raises(DataError, match=r"would need [\d,.]+ GB of memory"):
        read_form(FileRef(path))
