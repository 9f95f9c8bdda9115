"""Open what mftui keeps: only regular files, no link followed on the way to them, none larger than its kind can be.

Whoever handed over a run, a profile or a home may have put anything into it: links, pipes, devices, files without end.
The home itself, its `cache` and its `trash` may be links, as of people whose disks are small; nothing else in a home
may. Of what lies elsewhere, neither the file nor the directory that it is in may be one.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

from mftui import paths

MB = 1 << 20
STATUS_BYTES = NOTES_BYTES = CURRENT_BYTES = SETTINGS_BYTES = SESSION_BYTES = 1 * MB
CONFIG_BYTES = RESULT_BYTES = UNDO_BYTES = 16 * MB
MANIFEST_BYTES = 16 * MB
"""`factors.json`, `state.json` of a checkpoint, `dataset.json` and `index.json` of the cache."""
STUDY_BYTES = 64 * MB
METRICS_BYTES = 1024 * MB
PROFILE_BYTES = 256 * MB
PROGRAM_BYTES = 64 * MB
README_BYTES = 16 * MB
"""No file of its kind is larger: a larger one is not read. Arrays have the size that their header says."""
MAY_BE_LINKS = ("cache", "trash")
"""In a home."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_KINDS = {
    stat.S_IFLNK: "a link, and mftui follows none here",
    stat.S_IFIFO: "a pipe, and no file",
    stat.S_IFSOCK: "a socket, and no file",
    stat.S_IFCHR: "a device, and no file",
    stat.S_IFBLK: "a device, and no file",
    stat.S_IFDIR: "a directory, and no file",
    stat.S_IFREG: "a file, and no directory",
}


@contextmanager
def directory_of(path: Path) -> Iterator[tuple[int, str]]:
    """Open the directory that `path` lies in, one directory after another; yield its descriptor and the path's name.

    Raises OSError where a directory on the way is missing, or is a link.
    """
    way, names, links = _way(path)
    try:
        descriptor = os.open(way, _DIRECTORY)
        try:
            for name, linked in zip(names, links, strict=True):
                before = descriptor
                descriptor = _opened_directory(name, linked, before)
                os.close(before)
            yield descriptor, path.name
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def open_own(path: Path, most: int | None = None) -> IO[bytes]:
    """Open a file of mftui's own for reading; `most`: of more bytes it is refused. Raises OSError."""
    with directory_of(path) as (directory, name):
        _require_regular(os.stat(name, dir_fd=directory, follow_symlinks=False), most)  # a device is not even opened
        return opened_regular(os.open(name, os.O_RDONLY | _FILE, dir_fd=directory), most)


def read_own(path: Path, most: int) -> bytes:
    """Read a file of mftui's own, of at most `most` bytes. Raises OSError."""
    with directory_of(path) as (directory, name):
        _require_regular(os.stat(name, dir_fd=directory, follow_symlinks=False), most)
        descriptor = os.open(name, os.O_RDONLY | _FILE, dir_fd=directory)
    try:
        seen = os.fstat(descriptor)
        _require_regular(seen, most)
        content = part = os.read(descriptor, seen.st_size + 1)
        while part and len(content) < most:  # until its end: it may grow meanwhile
            content += (part := os.read(descriptor, most - len(content)))
        return content[:most]
    finally:
        os.close(descriptor)


def change_own(path: Path, *, append: bool = False, mode: int = 0o666) -> int:
    """Open a file of mftui's own for writing in its place, made where it is missing; return the descriptor.

    A file with a second name (a hard link) is refused: what is written would appear under that one, too.
    """
    with directory_of(path) as (directory, name):
        try:
            seen = os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            flags = os.O_CREAT | os.O_EXCL
        else:
            _require_regular(seen, None)
            flags = 0
        try:
            wanted = os.O_RDWR | _FILE | flags | (os.O_APPEND if append else 0)
            descriptor = os.open(name, wanted, mode, dir_fd=directory)
        except FileExistsError:  # made by another process meanwhile
            return change_own(path, append=append, mode=mode)
        try:
            found = os.fstat(descriptor)
            _require_regular(found, None)
            if found.st_nlink > 1:
                raise OSError(errno.EMLINK, "the file has a second name (a hard link); put a copy in its place")
        except OSError:
            os.close(descriptor)
            raise
        return descriptor


def create_own(path: Path, *, mode: int = 0o666) -> IO[bytes]:
    """Create a file and open it for writing. Raises FileExistsError where there is something of that name."""
    with directory_of(path) as (directory, name):
        return os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE, mode, dir_fd=directory), "wb")


def is_own_file(path: Path) -> bool:
    """Return whether `path` is a regular file, and no link on the way to it."""
    return _is(path, stat.S_IFREG)


def is_own_directory(path: Path) -> bool:
    """Return whether `path` is a directory, and no link on the way to it."""
    return _is(path, stat.S_IFDIR)


def seen_own(path: Path) -> os.stat_result:
    """Return what is known of `path` itself: of a link, not of what it leads to. Raises OSError."""
    with directory_of(path) as (directory, name):
        return os.stat(name, dir_fd=directory, follow_symlinks=False)


def require_own_directory(directory: Path) -> None:
    """Raise OSError where a directory of mftui's own is missing, or is a link that may not be one."""
    with directory_of(directory / "entry"):
        pass


def list_own(directory: Path) -> list[Path]:
    """List a directory of mftui's own, in no order. Raises OSError where it is missing, or is a link."""
    with directory_of(directory / "entry") as (descriptor, _):
        return [directory / name for name in os.listdir(descriptor)]


def make_own(directory: Path, *, mode: int = 0o777) -> None:
    """Make a directory of mftui's own, and those that it lies in. Raises OSError where one on the way is a link."""
    way, names, links = _way(directory / "entry")
    make_directories(way)
    descriptor = os.open(way, _DIRECTORY)
    try:
        for name, linked in zip(names, links, strict=True):
            try:
                inner = _opened_directory(name, linked, descriptor)
            except FileNotFoundError:
                with suppress(FileExistsError):
                    os.mkdir(name, mode, dir_fd=descriptor)
                inner = _opened_directory(name, linked, descriptor)
            os.close(descriptor)
            descriptor = inner
    except OSError as error:
        error.filename = str(directory)
        raise
    finally:
        os.close(descriptor)


def make_new(directory: Path) -> None:
    """Make one directory within a directory of mftui's own. Raises FileExistsError where there is something."""
    with directory_of(directory) as (within, name):
        os.mkdir(name, dir_fd=within)


def make_directories(directory: str | Path) -> None:
    """Make a directory that a user names, and those that it lies in, however deep that is. Raises OSError."""
    missing, at = [], str(directory)
    while at:
        try:
            os.stat(at)
            break
        except FileNotFoundError:
            missing.append(at)
            at = os.path.dirname(at.rstrip("/"))
    for one in reversed(missing):
        try:
            os.mkdir(one)
        except FileExistsError:  # made by another process meanwhile
            if not os.path.isdir(one):
                raise
    if not os.path.isdir(directory):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(directory))


def remove_tree(directory: Path, *, ignore_errors: bool = False) -> None:
    """Remove a directory and all that is in it, however deep; no link is followed. Raises OSError.

    `shutil.rmtree` needs a frame and a descriptor for each level.
    """
    try:
        shutil.rmtree(directory)
    except OSError as error:
        if error.errno != errno.EMFILE:
            if not ignore_errors:
                raise
            shutil.rmtree(directory, ignore_errors=True)
            return
    except RecursionError:
        pass
    else:
        return
    with suppress(OSError) if ignore_errors else nullcontext():
        _flatten(directory)
        shutil.rmtree(directory)


def _flatten(directory: Path) -> None:
    """Move what lies deep in a directory up into it, under new names."""
    top = os.open(directory, _DIRECTORY | os.O_NOFOLLOW)
    try:
        number, inner = 0, _directories_in(top)
        while inner:
            within = os.open(inner.pop(), _DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for name in _directories_in(within):
                    number, new = number + 1, f".deep-{os.getpid()}-{number}"
                    os.rename(name, new, src_dir_fd=within, dst_dir_fd=top)
                    inner.append(new)
            finally:
                os.close(within)
    finally:
        os.close(top)


def _directories_in(descriptor: int) -> list[str]:
    with os.scandir(descriptor) as entries:
        return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]


def opened_regular(descriptor: int, most: int | None = None) -> IO[bytes]:
    """Return the file of a descriptor. Raises OSError, and closes it, where it is none that can be read to its end, or
    has more than `most` bytes."""
    try:
        seen = os.fstat(descriptor)
        _require_regular(seen, most)
        if not seen.st_size:
            os.pread(descriptor, 1, 0)  # of the system's own, such as /proc/kmsg: one would wait for what is to come
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _way(path: Path) -> tuple[str, tuple[str, ...], tuple[bool, ...]]:
    """Return the directory to begin at, the directories from there to `path`, and for each whether it may be a link."""
    text, home = _absolute(path), _absolute(paths.home())
    if text.startswith(f"{home}/"):
        names = tuple(text[len(home) + 1 :].split("/")[:-1])
        if ".." not in names:
            return home, names, tuple(at == 0 and name in MAY_BE_LINKS for at, name in enumerate(names))
    above, _, name = text.rpartition("/")[0].rpartition("/")
    if name in ("", ".."):
        return f"{above}/{name}", (), ()
    return above or "/", (name,), (False,)


def _absolute(path: Path) -> str:
    text = str(path)
    return text if text.startswith("/") else os.path.join(os.getcwd(), text)


def _opened_directory(name: str, linked: bool, within: int) -> int:
    try:
        return os.open(name, _DIRECTORY if linked else _DIRECTORY | os.O_NOFOLLOW, dir_fd=within)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        mode = os.stat(name, dir_fd=within, follow_symlinks=False).st_mode
        kind = "a link, and mftui follows none here" if stat.S_ISLNK(mode) else "no directory"
        raise NotADirectoryError(errno.ENOTDIR, f"{name} is {kind}") from error


def _is(path: Path, kind: int) -> bool:
    try:
        return stat.S_IFMT(seen_own(path).st_mode) == kind
    except (OSError, ValueError):
        return False


def _require_regular(seen: os.stat_result, most: int | None) -> None:
    kind = stat.S_IFMT(seen.st_mode)
    if kind != stat.S_IFREG:
        number = {stat.S_IFLNK: errno.ELOOP, stat.S_IFDIR: errno.EISDIR}.get(kind, errno.EINVAL)
        raise OSError(number, f"it is {_KINDS.get(kind, 'no file')}")
    if most is not None and seen.st_size > most:
        raise OSError(
            errno.EFBIG, f"it has {seen.st_size / MB:,.0f} MB, and no file of its kind more than {most // MB}"
        )
