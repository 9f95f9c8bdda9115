"""Zips and tars, also compressed and one in another: their members listed, checked, and opened in place."""

from __future__ import annotations

import io
import shutil
import stat
import tarfile
import tempfile
import threading
import weakref
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any

from mftui.data.storage.given import open_given
from mftui.data.storage.streams import (
    MAX_RATIO,
    RATIO_FREE_BYTES,
    damaged,
    growth,
    guarded,
    unpacked,
    unreadable,
    without_ending,
)
from mftui.errors import DataError
from mftui.text import visible

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NESTED = (".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
_MAX_DEPTH = 4
SPOOL_BYTES = 64 << 20
"""How much of an unpacked file stays in memory; a larger one goes to a temporary file."""


def kind_of_archive(file: IO[bytes]) -> str:
    """Return "zip" or "tar" where `file`, unpacked and at its beginning, is one; "" else (a workbook, an .npz)."""
    head = file.read(tarfile.BLOCKSIZE)
    if head.startswith(_ZIP):
        return "" if zipped_form(file) else "zip"
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return ""
    return "tar"


def zipped_form(file: IO[bytes]) -> str:
    """Return what the zip `file` is if it is one file to those who use it: "workbook", "npz" or "document"; "" else."""
    if not file.seekable():
        return ""
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as opened:
            names = opened.namelist()
            if "[Content_Types].xml" in names:
                return "workbook" if any(name.startswith("xl/") for name in names) else "document"
            if "mimetype" in names:
                kind = opened.open("mimetype").read(200)
                return "workbook" if b"opendocument.spreadsheet" in kind else "document"
    except (*_DAMAGED, RuntimeError):
        return ""
    return "npz" if names and all(name.endswith(".npy") for name in names) else ""


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip; a fault, also when its members are read, raises DataError."""
    try:
        with open_given(path) as file, zipfile.ZipFile(file) as opened:
            yield opened
    except _DAMAGED as error:
        raise damaged(path, "the zip", error) from error
    except OSError as error:
        raise unreadable(path, error) from error


@contextmanager
def open_member(path: Path, members: tuple[str, ...]) -> Iterator[IO[bytes]]:
    """Open the member that `members` lead to: the last, in the archive before it, and so on; not yet unpacked."""
    shown = visible("/".join((str(path), *members)))
    try:
        seen = path.stat()
        archive = _opened(path, members[:-1], (seen.st_mtime_ns, seen.st_size))
        with archive.open(members[-1]) as member:
            yield guarded(member, shown, seen.st_size, f"the {archive.kind}")
    except (*_DAMAGED, tarfile.TarError) as error:
        raise damaged(path, "the archive", error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def members_of(path: Path) -> list[tuple[str, ...]]:
    """List the files of an archive and of the archives in it, the least deep first.

    Each is the names that lead to it, as for `open_member`. What macOS adds and hidden files are left out.
    Raises DataError for a damaged, encrypted or unsafe archive.
    """
    seen = path.stat()
    listed = list(_walk(path, (), (seen.st_mtime_ns, seen.st_size)))
    return sorted(listed, key=lambda names: (depth(names), names))


def depth(members: tuple[str, ...]) -> int:
    """Return how many folders and archives a member lies in, the outermost archive not counted."""
    return len(members) - 1 + sum(name.count("/") for name in members) if members else 0


def _walk(path: Path, members: tuple[str, ...], seen: tuple[int, int]) -> Iterator[tuple[str, ...]]:
    for name in _opened(path, members, seen).names:
        parts = PurePosixPath(name).parts
        if parts[0] == "__MACOSX" or any(part.startswith(".") and part != "." for part in parts):
            continue
        inner = (*members, name)
        if len(inner) < _MAX_DEPTH and without_ending(name).lower().endswith(_NESTED) and _is_archive(path, inner):
            yield from _walk(path, inner, seen)
        else:
            yield inner


def _is_archive(path: Path, members: tuple[str, ...]) -> bool:
    with open_member(path, members) as packed, unpacked(packed, str(path), path.stat().st_size) as file:
        return bool(kind_of_archive(file))


class _Zip:
    kind = "zip"

    def __init__(self, path: Path, file: IO[bytes], size: int) -> None:
        self._zip = zipfile.ZipFile(file)
        members = self._zip.infolist()
        for member in members:
            check_member(path, member)
        check_sum(path, members, size)
        self.names = [member.filename for member in members if not member.is_dir()]

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class _Tar:
    kind = "tar"

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._places: dict[str, tuple[int, int]] = {}
        with tarfile.open(fileobj=file, mode="r:") as opened:
            for member in opened:
                _check_tar_member(path, member)
                if member.isreg():
                    self._places[member.name.removeprefix("./")] = (member.offset_data, member.size)
            file.seek(opened.offset)
            if file.read(tarfile.BLOCKSIZE).strip(b"\0"):
                raise tarfile.ReadError("no member begins where one should")
        self.names = list(self._places)

    def open(self, name: str) -> IO[bytes]:
        return io.BufferedReader(_Window(self._file, self._lock, *self._places[name]))


class _Window(io.RawIOBase):
    """A part of a file that several read at the same time."""

    def __init__(self, file: IO[bytes], lock: threading.Lock, start: int, size: int) -> None:
        self._file, self._lock, self._start, self._size = file, lock, start, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        with self._lock:
            self._file.seek(self._start + self._at)
            content = self._file.read(min(len(view), self._size - self._at))
        view[: len(content)] = content
        self._at += len(content)
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(base + offset, 0), self._size)
        return self._at


@lru_cache(maxsize=4)
def _opened(path: Path, members: tuple[str, ...], seen: tuple[int, int]) -> _Zip | _Tar:
    """Open an archive on disk or in another, and keep the last few open: many members are read one after another.

    `seen` are its time and size: a file that has changed is opened anew.
    """
    try:
        if members:
            with open_member(path, members) as packed, unpacked(packed, str(path), seen[1]) as file:
                return _archive_in(path, spooled(file), seen[1])
        opened = open_given(path)
        file = unpacked(opened, str(path), seen[1])
        if file is opened:
            return _archive_in(path, opened, seen[1])
        with file:
            return _archive_in(path, spooled(file), seen[1])
    except (*_DAMAGED, tarfile.TarError) as error:
        what = "zip" if path.suffix.lower() == ".zip" else "archive"
        raise damaged(path, f"the {what}", error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _archive_in(path: Path, file: IO[bytes], size: int) -> _Zip | _Tar:
    try:
        kind = kind_of_archive(file)
        file.seek(0)
        archive = _Tar(path, file) if kind == "tar" else _Zip(path, file, size)
    except BaseException:
        file.close()
        raise
    weakref.finalize(archive, file.close)
    return archive


def spooled(file: IO[bytes]) -> IO[bytes]:
    """Copy what is left of `file` to where one can seek: to memory, or to a temporary file if it is large."""
    copy = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115
    shutil.copyfileobj(file, copy, 1 << 20)
    copy.seek(0)
    return copy


def check_member(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse a member that would leave its directory, is no plain file, or unpacks to absurd sizes."""
    shown = _check_name(path, member.filename, "zip")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _special(path, shown, "zip")
    if member.flag_bits & 0x1:
        raise DataError("the zip is encrypted.", path=path, hint="Unpack it and give the directory.")
    if member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        raise growth(path, shown, member.compress_size, member.file_size)


def check_sum(path: object, members: Iterable[zipfile.ZipInfo], size: int) -> None:
    """Refuse members that together unpack to absurd sizes; `size`: bytes of the file on the disk that they are in."""
    total = sum(member.file_size for member in members)
    if total > max(RATIO_FREE_BYTES, MAX_RATIO * size):
        raise growth(path, "what is in it", size, total)


def _check_tar_member(path: Path, member: tarfile.TarInfo) -> None:
    shown = _check_name(path, member.name, "tar")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise _special(path, shown, "tar")


def _check_name(path: Path, name: str, what: str) -> str:
    shown = visible(name[:80])
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts and name == "." and what == "tar":
        return shown
    if not parts or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise DataError(f"the {what} holds the unsafe path {shown}.", path=path, hint="It is not used.")
    return shown


def _special(path: Path, shown: str, what: str) -> DataError:
    return DataError(f"the {what} holds a link or special file, {shown}.", path=path, hint="It is not used.")
