"""Bytes of compressed files, unpacked while they are read; what is wrong with a file that cannot be read."""

from __future__ import annotations

import bz2
import difflib
import gzip
import io
import lzma
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from mftui.errors import DataError, raise_if_machine
from mftui.text import visible

ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".gzip", ".zstd", ".lzma")
"""What a compressed file's name ends with; whether it is compressed, its first bytes say."""
HEAD_BYTES = 10
# GroupLens' zips shrink to about a fifth. Deflate itself cannot exceed 1032.
MAX_RATIO = 200
RATIO_FREE_BYTES = 16 << 20
_BUFFER = 1 << 20
_PIECES = {"gzip": b"\x1f\x8b\x08", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
"""What each piece of a file begins with that consists of several."""
_PIECES_FREE = 20_000
_LEAST_PIECE = 100
"""Bytes of a piece on average, of more of them."""
_KINDS = (
    ("gzip", re.compile(rb"\x1f\x8b\x08")),
    ("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL)),
    ("xz", re.compile(rb"\xfd7zXZ\x00")),
    ("lzma", re.compile(rb"\x5d\x00\x00[\x00-\xff]{2}(?:\xff|[\x00-\xff]{3}\x00)", re.DOTALL)),
    ("Zstandard", re.compile(rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)", re.DOTALL)),
    ("LZ4", re.compile(rb"\x04\x22\x4d\x18")),
)


def compression(head: bytes) -> str:
    """Return by what a file that begins with `head` is compressed; "" where it is not."""
    return next((name for name, magic in _KINDS if magic.match(head)), "")


def without_ending(name: str) -> str:
    """Return a file's name without the ending of a compression: `ratings.csv.gz` is `ratings.csv`."""
    stem, dot, ending = name.rpartition(".")
    return stem if stem and f"{dot}{ending.lower()}" in ENDINGS else name


def unpacked(file: IO[bytes], shown: str, size: int) -> IO[bytes]:
    """Return `file` (which can seek, and is at its beginning) unpacked; itself where it is not compressed.

    Parameters
    ----------
    shown: the file's name in messages.
    size: bytes on the disk; much more than they can hold is refused while it is read.
    """
    kind = compression(file.read(HEAD_BYTES))
    file.seek(0)
    return guarded(_opened(kind, file, shown), shown, size, f"the {kind} file") if kind else file


def guarded(file: Any, shown: str, size: int, what: str) -> IO[bytes]:
    """Return `file` so that a fault in it, and absurd growth, raise DataError wherever it is read."""
    return io.BufferedReader(_Guarded(file, shown, size, what), _BUFFER)


def _opened(kind: str, file: IO[bytes], shown: str) -> Any:
    if kind in _PIECES:
        pieces = io.BufferedReader(_Pieces(file, shown, _PIECES[kind]), _BUFFER)
        if kind == "gzip":
            return gzip.GzipFile(fileobj=pieces)
        return bz2.BZ2File(pieces) if kind == "bzip2" else lzma.LZMAFile(pieces)
    if kind == "lzma":
        return lzma.LZMAFile(file)
    import pyarrow as pa

    return pa.CompressedInputStream(file, {"Zstandard": "zstd", "LZ4": "lz4"}[kind])


class _Pieces(io.RawIOBase):
    """Gives a compressed file's bytes; refuses one of ever so many pieces with next to nothing in them.

    Each of them takes its time to begin, and 20 bytes of a file are one.
    """

    def __init__(self, inner: IO[bytes], shown: str, begins: bytes) -> None:
        self._inner = inner
        self._shown = shown
        self._begins = begins
        self._n_bytes = self._n_pieces = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._inner.seekable()

    def readinto(self, buffer: Any) -> int:
        content = self._inner.read(len(buffer))
        buffer[: len(content)] = content
        self._n_bytes += len(content)
        self._n_pieces += content.count(self._begins)
        if self._n_pieces > max(_PIECES_FREE, self._n_bytes // _LEAST_PIECE):
            raise DataError(
                f"it consists of more than {_PIECES_FREE:,} compressed pieces with next to nothing in them.",
                path=self._shown,
                hint="Unpack it, and compress it as one.",
            )
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._n_bytes = self._n_pieces = 0
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()


class _Guarded(io.RawIOBase):
    def __init__(self, inner: Any, shown: str, size: int, what: str) -> None:
        self._inner = inner
        self._shown = shown
        self._what = what
        self._size = size
        self._most = max(RATIO_FREE_BYTES, MAX_RATIO * size)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._inner.seekable())

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            content = self._inner.read(len(view))
        except DataError:
            raise
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError) as error:
            raise damaged(self._shown, self._what, error) from error
        view[: len(content)] = content
        self._at += len(content)
        if self._at > self._most:
            raise growth(self._shown, "it", self._size, self._at)
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            self._at = self._inner.seek(offset, whence)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise damaged(self._shown, self._what, error) from error
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def growth(path: object, what: str, packed: int, size: int) -> DataError:
    """Return the error for what unpacks to absurd sizes."""
    return DataError(
        f"{what} would grow from {packed:,} to {size:,} bytes{' or more' if what == 'it' else ''}.",
        path=path,
        hint="This is not a ratings file; mftui does not use it.",
    )


def damaged(path: object, what: str, error: Exception) -> DataError:
    """Return the error for `what` (as "the zip") that cannot be read to its end.

    Raises MachineError where it was the machine that refused to read it.
    """
    raise_if_machine(error, path)
    return DataError(
        f"{what} is damaged or cut short ({visible(str(error)[:200])}).", path=path, hint="Download or copy it again."
    )


def unreadable(path: Path, error: OSError) -> DataError:
    """Return the error for a file that is missing (its hint: the nearest names) or may not be read."""
    if isinstance(error, FileNotFoundError):
        return DataError("no such file or directory.", path=path, hint=_nearest(path))
    return DataError(f"cannot be read ({error.strerror or error}).", path=path)


def _nearest(path: Path) -> str:
    parent = path.parent
    if not parent.is_dir():
        return f"There is no directory {parent} either."
    names = sorted(entry.name for entry in parent.iterdir())[:10_000]
    close = difflib.get_close_matches(path.name, names, 3, cutoff=0.4)
    return f"Nearest there: {', '.join(close)}." if close else f"Nothing in {parent} has a name like it."
