"""Check that files are still what was written, by digests of files and checksums of JSON documents."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.data.storage.regular import open_own

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_BYTES = 1 << 16
_BLOCKS = 64
_BLOCK_ROWS = 256
_WHOLE_BYTES = 16 << 20
CHECKSUM = "checksum"
"""The key under which a sealed document carries its own checksum."""


def file_digest(file: Path) -> str:
    """Hash a file's size and content: all of it up to 16 MB, else 64 blocks of 64 KB spread over it.

    So a cut or mixed up file is always noticed, and a damaged bit in all but the largest.
    """
    with open_own(file) as opened:
        size = os.fstat(opened.fileno()).st_size
        hashed = hashlib.blake2b(str(size).encode(), digest_size=16)
        if size <= _WHOLE_BYTES:
            hashed.update(opened.read())
        else:
            for i in range(_BLOCKS):
                opened.seek((size - _BLOCK_BYTES) * i // (_BLOCKS - 1))
                hashed.update(opened.read(_BLOCK_BYTES))
    return hashed.hexdigest()


def table_digest(*tables: NDArray[Any]) -> str:
    """Hash the shapes and rows of tables: all rows up to 16,384, else 64 parts of 256 spread over them."""
    hashed = hashlib.blake2b(digest_size=12)
    for table in tables:
        hashed.update(f"{table.dtype}{table.shape}".encode())
        step = max(1, len(table) // _BLOCKS)
        for at in range(0, len(table), step):
            hashed.update(table[at : at + min(step, _BLOCK_ROWS)].tobytes())
    return hashed.hexdigest()


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return `document` with its checksum."""
    return {**document, CHECKSUM: _checksum(document)}


def unsealed(document: Mapping[str, Any], *, required: bool = False) -> dict[str, Any]:
    """Return a document that was read back, without its checksum.

    Raises ValueError where it does not have the one it carries, or carries none though `required`.
    """
    plain = {name: value for name, value in document.items() if name != CHECKSUM}
    if (CHECKSUM in document or required) and document.get(CHECKSUM) != _checksum(plain):
        raise ValueError("its content does not have its checksum")
    return plain


def check_files(directory: Path, digests: Mapping[str, str]) -> None:
    """Raise ValueError where a file is not what its digest says, FileNotFoundError where it is missing."""
    for name, digest in dict(digests).items():
        if Path(name).name != name or file_digest(directory / name) != digest:
            raise ValueError(f"{name} does not have its checksum")


def _checksum(document: Mapping[str, Any]) -> str:
    return f"{zlib.crc32(json.dumps(document, sort_keys=True).encode()):08x}"
