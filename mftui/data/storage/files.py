"""Files to read, on disk, compressed, or in an archive: found by name, opened safely, always as what was packed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from mftui.data.storage.archives import depth, kind_of_archive, members_of, open_member, spooled
from mftui.data.storage.given import open_given
from mftui.data.storage.regular import PROFILE_BYTES, is_own_directory, make_new, make_own, open_own, remove_tree
from mftui.data.storage.streams import HEAD_BYTES, compression, unpacked, unreadable, without_ending
from mftui.data.storage.writing import owner_mark, replace_own, sweep
from mftui.text import visible

_LEVELS = 2
_DOCUMENTS = (".md", ".rst", ".pdf", ".html", ".yaml", ".yml")


@dataclass(frozen=True)
class FileRef:
    """One file on disk, or one member of an archive; it is read as what it was before it was compressed."""

    path: Path
    """The file, or the archive that it is in."""
    members: tuple[str, ...] = ()
    """The names that lead to it inside an archive: those of the archives in it, and its own; () for a file on disk."""
    own: bool = False
    """Whether it is of mftui's own: then no link on the way to it is followed."""

    @property
    def member(self) -> str:
        """Return where it is inside the archive, to show; empty for a file on disk."""
        return "/".join(self.members)

    @cached_property
    def name(self) -> str:
        """Return the file's own name, without directories and without the ending of a compression (`.gz`)."""
        return without_ending(PurePosixPath(self.members[-1]).name if self.members else self.path.name)

    @property
    def suffix(self) -> str:
        """Return the lower-case extension with its dot; that of what is compressed."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def depth(self) -> int:
        """Return how many folders and archives it lies in, within its archive."""
        return depth(self.members)

    @property
    def n_bytes(self) -> int:
        """Return the bytes that the file, or the archive it is in, takes on the disk."""
        return self.path.stat().st_size

    @property
    def plain(self) -> bool:
        """Return whether its bytes lie on the disk as they are read, so that others may open it by its path."""
        if self.members:
            return False
        try:
            with self._on_disk() as file:
                return not compression(file.read(HEAD_BYTES))
        except OSError as error:
            raise unreadable(self.path, error) from error

    def __str__(self) -> str:
        return visible("/".join((str(self.path), *self.members)))

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the file for reading its unpacked bytes; a fault of it, or of its archive, raises DataError.

        Of a compressed file, to seek is slow or impossible: see `seekable`.
        """
        if self.members:
            with open_member(self.path, self.members) as packed:
                yield unpacked(packed, str(self), self.n_bytes)
            return
        try:
            with self._on_disk() as file:
                yield unpacked(file, str(self), self.n_bytes)
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _on_disk(self) -> IO[bytes]:
        return open_own(self.path, PROFILE_BYTES) if self.own else open_given(self.path)

    @contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """Open the file as `open` does, so that one can seek in it quickly."""
        with ExitStack() as stack:
            file = stack.enter_context(self.open())
            yield file if self.plain else stack.enter_context(spooled(file))

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Return the path of a plain file with its bytes, for libraries that want one: its own, or a temporary one."""
        if self.plain:
            yield self.path
            return
        with tempfile.NamedTemporaryFile(suffix=self.suffix) as copy:
            with self.open() as file:
                shutil.copyfileobj(file, copy, 1 << 20)
            copy.flush()
            yield Path(copy.name)

    def head(self, n_bytes: int) -> bytes:
        """Read the first `n_bytes` bytes, or fewer if the file is shorter."""
        with self.open() as file:
            return file.read(n_bytes)

    def identity(self) -> tuple[str, str, int, int, int]:
        """Return where the file is and when it changed last: cheap, and different after any ordinary change."""
        seen = self.path.stat()
        return os.path.realpath(self.path), "\0".join(self.members), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


@dataclass(frozen=True)
class Folder:
    """The files of a directory or of an archive, the least deep first."""

    path: Path
    files: tuple[FileRef, ...]

    def get(self, *names: str) -> FileRef | None:
        """Return the first of `names` that exists (of several of that name the least deep), in any case."""
        by_name = {ref.name.lower(): ref for ref in reversed(self.files)}
        return next((by_name[name.lower()] for name in names if name.lower() in by_name), None)


def directory(path: Path) -> Folder:
    """List the files of a directory; where it has none but documents, those of the directories in it, at most two
    levels deeper."""
    level = [path]
    for _ in range(_LEVELS + 1):
        entries = [entry for one in level for entry in _entries(one)]
        files = tuple(FileRef(entry) for entry in entries if entry.is_file())
        level = [entry for entry in entries if entry.is_dir()]
        if not all(ref.suffix in _DOCUMENTS for ref in files):
            return Folder(path, files)
    return Folder(path, ())


def archive(path: Path) -> Folder:
    """List the files of an archive and of the archives in it, the least deep first.

    Raises DataError for a damaged, encrypted or unsafe archive.
    """
    try:
        return Folder(path, tuple(FileRef(path, members) for members in members_of(path)))
    except OSError as error:
        raise unreadable(path, error) from error


def is_archive(path: Path) -> bool:
    """Return whether the file `path` is an archive (zip or tar, also compressed) for `archive`, by its content.

    Raises DataError where it cannot be read.
    """
    with FileRef(path).open() as file:
        return bool(kind_of_archive(file))


def fresh_directory(parent: Path, prefix: str) -> Path:
    """Create a directory with a random name and the permissions of the umask (`mkdtemp` would make it private)."""
    made = parent / f"{prefix}{owner_mark()}"
    make_new(made)
    return made


def replace_directory(directory: Path, fill: Callable[[Path], None]) -> None:
    """Fill a directory aside, then move it to its place, and replace what was there.

    Raises OSError if it cannot be written, and what `fill` raises; then nothing is left aside.
    """
    make_own(directory.parent)
    sweep(directory.parent)
    aside = fresh_directory(directory.parent, ".new-")
    try:
        fill(aside)
        if is_own_directory(directory):
            remove_tree(directory, ignore_errors=True)
        elif os.path.lexists(directory):  # a link: it goes, and what it leads to stays
            directory.unlink()
        replace_own(aside, directory)
    finally:
        remove_tree(aside, ignore_errors=True)


def _entries(path: Path) -> list[Path]:
    try:
        return sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise unreadable(path, error) from error
