"""What the compressed parts of Arrow and MATLAB files take once they are unpacked, asked before memory is taken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO, Any

from mftui.data.memory import require_room
from mftui.data.storage.files import FileRef

_STEP = 1 << 20


def require_ipc_room(ref: FileRef, file: IO[bytes], batches: int) -> None:
    """Raise DataError where the dictionaries and first batches of an Arrow file do not fit in memory."""
    import pyarrow as pa

    file.seek(-10, 2)
    size = _number("<i", file.read(4), 0)
    file.seek(-10 - size, 2)
    footer = file.read(size)
    root = _number("<I", footer, 0)
    needed = 0
    for field, most in ((2, None), (3, batches)):
        for block in list(_entries(footer, root, field, 24))[:most]:
            file.seek(_number("<q", footer, block))
            needed += _said(pa.ipc.read_message(pa.PythonFile(file, mode="r")))
            require_room(needed, ref, ref.n_bytes)
    file.seek(0)


def require_stream_room(ref: FileRef, file: IO[bytes], *, first: bool) -> None:
    """Raise DataError where the batches of an Arrow stream, or its first, do not fit in memory."""
    import pyarrow as pa

    needed = 0
    for message in pa.ipc.MessageReader.open_stream(file):
        needed += _said(message)
        require_room(needed, ref, ref.n_bytes)
        if first and message.type == "record batch":
            break
    file.seek(0)


def require_mat_room(ref: FileRef) -> None:
    """Raise DataError where the compressed elements of a MATLAB file do not fit in memory."""
    needed = 0
    with ref.seekable() as file:
        order = ">" if file.read(128)[126:] == b"MI" else "<"
        while len(tag := file.read(8)) == 8:
            kind, size = struct.unpack(order + "II", tag)
            end = file.tell() + size
            if kind == 15:
                for n_bytes in _inflated(file, size):
                    needed += n_bytes
                    require_room(needed, ref, ref.n_bytes, copies=_MAT_COPIES)
            file.seek(end)


_MAT_COPIES = 3
"""SciPy's bytes, the array that is made of them, and the array that is read from it."""


def _inflated(file: IO[bytes], size: int) -> Iterator[int]:
    unpacker = zlib.decompressobj()
    while size > 0 and not unpacker.eof and (packed := file.read(min(size, _STEP))):
        size -= len(packed)
        while packed and not unpacker.eof:
            yield len(unpacker.decompress(packed, _STEP))
            packed = unpacker.unconsumed_tail


def _said(message: Any) -> int:
    """Return the bytes that the compressed buffers of a message of Arrow say that they become."""
    data, body = message.metadata.to_pybytes(), memoryview(message.body or b"")
    root = _number("<I", data, 0)
    kind, header = _field(data, root, 1), _field(data, root, 2)
    if not kind or not header:
        return 0
    batch = _followed(data, header)
    if data[kind] == _DICTIONARY:
        batch = _followed(data, _field(data, batch, 1))
    elif data[kind] != _BATCH:
        return 0
    if not _field(data, batch, 3):  # not compressed
        return 0
    buffers = [struct.unpack_from("<qq", data, at) for at in _entries(data, batch, 2, 16)]
    return sum(max(0, _number("<q", body, offset)) for offset, length in buffers if length)


_DICTIONARY, _BATCH = 2, 3
"""What the header of a message is, in the schema of Arrow's FlatBuffers."""


def _field(data: bytes, table: int, number: int) -> int:
    """Return where a field of a FlatBuffers table lies; 0 where it has none."""
    places = table - _number("<i", data, table)
    at = 4 + 2 * number
    offset = _number("<H", data, places + at) if at < _number("<H", data, places) else 0
    return table + offset if offset else 0


def _followed(data: bytes, at: int) -> int:
    return at + _number("<I", data, at)


def _entries(data: bytes, table: int, number: int, width: int) -> Iterator[int]:
    """Yield where each entry of a vector of structs lies."""
    if field := _field(data, table, number):
        start = _followed(data, field)
        yield from (
            start + 4 + width * at for at in range(_number("<I", data, start)) if start + width * at < len(data)
        )


def _number(form: str, data: bytes | memoryview, at: int) -> int:
    """Return the number at a place; ValueError where the data end before it."""
    try:
        return int(struct.unpack_from(form, data, at)[0])
    except struct.error as error:
        raise ValueError("a place lies outside of the file") from error
