"""Files to read, whether they lie in a directory or in a zip: found by name, opened safely, never unpacked."""

from __future__ import annotations

import difflib
import secrets
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from mftui.errors import DataError
from mftui.text import visible

# GroupLens' zips shrink to about a fifth. Deflate itself cannot exceed 1032.
_MAX_RATIO = 200
_RATIO_FREE_BYTES = 16 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


@dataclass(frozen=True)
class FileRef:
    """One file on disk, or one member of a zip."""

    path: Path
    """The file, or the zip that it is in."""
    member: str = ""
    """Name inside the zip; empty for a file on disk."""

    @property
    def name(self) -> str:
        """Return the file's own name, without directories."""
        return PurePosixPath(self.member).name if self.member else self.path.name

    @property
    def suffix(self) -> str:
        """Return the lower-case extension with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    def __str__(self) -> str:
        return visible(f"{self.path}/{self.member}" if self.member else str(self.path))

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the file for reading bytes; a fault of the file or the zip raises DataError."""
        if self.member:
            with open_archive(self.path) as opened, opened.open(self.member) as file:
                yield file
            return
        try:
            with self.path.open("rb") as file:
                yield file
        except OSError as error:
            raise unreadable(self.path, error) from error

    def head(self, n_bytes: int) -> bytes:
        """Read the first `n_bytes` bytes, or fewer if the file is shorter."""
        with self.open() as file:
            return file.read(n_bytes)

    def identity(self) -> tuple[str, str, int, int, int]:
        """Return where the file is and when it changed last: cheap, and different after any ordinary change."""
        seen = self.path.stat()
        return str(self.path.resolve()), self.member, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


@dataclass(frozen=True)
class Folder:
    """The files of a directory, or of one level of a zip."""

    path: Path
    files: tuple[FileRef, ...]

    def get(self, *names: str) -> FileRef | None:
        """Return the first of `names` that exists, upper and lower case alike."""
        by_name = {ref.name.lower(): ref for ref in reversed(self.files)}
        return next((by_name[name.lower()] for name in names if name.lower() in by_name), None)


def directory(path: Path) -> Folder:
    """List the files of a directory, or of its only subdirectory if it holds nothing else."""
    try:
        entries = sorted(p for p in path.iterdir() if not p.name.startswith("."))
    except OSError as error:
        raise unreadable(path, error) from error
    files = tuple(FileRef(p) for p in entries if p.is_file())
    inner = [p for p in entries if p.is_dir()]
    if not files and len(inner) == 1:
        return Folder(path, tuple(FileRef(p) for p in sorted(inner[0].iterdir()) if p.is_file()))
    return Folder(path, files)


def archive(path: Path) -> Folder:
    """List the files of a zip: those at the top, and those in a directory at the top.

    Raises DataError for a damaged, encrypted or unsafe zip.
    """
    with open_archive(path) as opened:
        members = opened.infolist()
    for member in members:
        check_member(path, member)
    wanted = [
        m.filename
        for m in members
        if not m.is_dir()
        and m.filename.count("/") <= 1
        and not m.filename.startswith("__MACOSX/")
        and not PurePosixPath(m.filename).name.startswith(".")
    ]
    return Folder(path, tuple(FileRef(path, name) for name in sorted(wanted, key=lambda n: (n.count("/"), n))))


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip; a fault, also when its members are read, raises DataError."""
    try:
        with zipfile.ZipFile(path) as opened:
            yield opened
    except _DAMAGED as error:
        raise damaged_zip(path, error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def check_member(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse a member that would leave its directory, is no plain file, or unpacks to absurd sizes."""
    name = member.filename
    shown = visible(name[:80])
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise DataError(f"the zip holds the unsafe path {shown}.", path=path, hint="It is not used.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DataError(f"the zip holds a link or special file, {shown}.", path=path, hint="It is not used.")
    if member.flag_bits & 0x1:
        raise DataError("the zip is encrypted.", path=path, hint="Unpack it and give the directory.")
    if member.file_size > _RATIO_FREE_BYTES and member.file_size > _MAX_RATIO * max(member.compress_size, 1):
        raise DataError(
            f"{shown} would grow from {member.compress_size:,} to {member.file_size:,} bytes.",
            path=path,
            hint="This is not a ratings file; mftui does not use it.",
        )


def fresh_directory(parent: Path, prefix: str) -> Path:
    """Create a directory with a random name and the permissions of the umask (`mkdtemp` would make it private)."""
    made = parent / f"{prefix}{secrets.token_hex(8)}"
    made.mkdir()
    return made


def replace_directory(directory: Path, fill: Callable[[Path], None]) -> None:
    """Fill a directory aside, then move it to its place, and replace what was there.

    Raises OSError if it cannot be written, and what `fill` raises; then nothing is left aside.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    aside = fresh_directory(directory.parent, ".new-")
    try:
        fill(aside)
        shutil.rmtree(directory, ignore_errors=True)
        aside.replace(directory)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def damaged_zip(path: Path, error: Exception) -> DataError:
    """Return the error for a zip that cannot be read to its end."""
    return DataError(f"the zip is damaged or cut short ({error}).", path=path, hint="Download or copy it again.")


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
