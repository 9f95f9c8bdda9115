"""Write files as a whole, by one process at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from mftui.data.storage.regular import change_own, directory_of, is_own_directory, list_own, remove_tree, seen_own

_BUSY = (errno.EWOULDBLOCK, errno.EACCES)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF)
"""EBADF: of a directory on NFS."""
_POLL_S = 0.02
_BLOCK = 65_536
_YOUNG_S, _OLD_S = 60.0, 86_400.0
_MARK = r"(?P<pid>\d{1,10})-(?P<processes>[0-9a-f]{8})-[0-9a-f]{16}"
_TEMPORARY = re.compile(rf"\..+\.(?:{_MARK}|(?P<old>\d{{1,10}})|[0-9a-f]{{16}})\.tmp", re.ASCII | re.DOTALL)
_NEW = re.compile(rf"\.new-(?:{_MARK}|[0-9a-f]{{16}})", re.ASCII)
"""Also the names that mftui 0.1 gave: `.me.csv.1234.tmp` of a process, and those without one."""


def write_text(path: Path, text: str | Iterable[str], *, durable: bool = False, private: bool = False) -> None:
    """Replace the content of a file of mftui's own: a reader sees the old text or the new, never a part. What is no
    file there, such as a link, is replaced by one.

    Parameters
    ----------
    text: or its parts, one after another.
    durable: wait until the text is on the disk, so that it survives a power cut.
    private: create the file with mode 0600, whatever the umask is.
    """
    with directory_of(path) as (directory, name):
        _replace(directory, name, text, durable, 0o600 if private else 0o666)


def replace_given(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Replace the content of a file that a user names, as `write_text` does; directories on the way may be links.

    `mode`: of the new file, less what the umask takes away.
    """
    sweep(path.parent, path.name)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _replace(directory, path.name, text, False, mode)
    finally:
        os.close(directory)


def _replace(directory: int, name: str, text: str | Iterable[str], durable: bool, mode: int) -> None:
    aside = aside_of(name)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=directory)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(aside, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(aside, dir_fd=directory)
        raise
    if durable:
        with contextlib.suppress(OSError):  # a file system that cannot say so
            os.fsync(directory)


def replace_own(aside: Path, path: Path) -> None:
    """Give what lies at `aside` the name `path` beside it, and replace what was there; a link is not followed."""
    with directory_of(path) as (directory, name):
        os.replace(aside.name, name, src_dir_fd=directory, dst_dir_fd=directory)


def move_own(path: Path, to: Path) -> None:
    """Move a file or directory of mftui's own in one step; what lies at `to` must be looked for before, under a lock.

    Raises OSError, of another file system EXDEV; then nothing has moved.
    """
    with directory_of(path) as (directory, name), directory_of(to) as (beside, new):
        os.rename(name, new, src_dir_fd=directory, dst_dir_fd=beside)


def cut_torn_line(path: Path) -> None:
    """Cut what a killed process, or a full disk, has left of the last line of a file of lines. Raises OSError."""
    descriptor = change_own(path)
    try:
        size = end = os.fstat(descriptor).st_size
        while end > 0:
            begin = max(0, end - _BLOCK)
            newline = os.pread(descriptor, end - begin, begin).rfind(b"\n")
            end = begin + newline + 1 if newline >= 0 else begin
            if newline >= 0:
                break
        if end < size:
            os.ftruncate(descriptor, end)
    finally:
        os.close(descriptor)


def link_own(file: Path, other: Path) -> None:
    """Give a file of mftui's own a second name. Raises OSError where it is no regular file."""
    with directory_of(file) as (directory, name), directory_of(other) as (beside, new):
        if not stat.S_ISREG(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(file))
        os.link(name, new, src_dir_fd=directory, dst_dir_fd=beside, follow_symlinks=False)


def point_own(link: Path, to: str) -> None:
    """Make `link` lead to the name `to` beside it, in one step."""
    with directory_of(link) as (directory, name):
        aside = aside_of(name)
        os.symlink(to, aside, target_is_directory=True, dir_fd=directory)
        os.replace(aside, name, src_dir_fd=directory, dst_dir_fd=directory)


def aside_of(name: str) -> str:
    """Return a name to write `name` under until it is whole: one that nobody can foresee."""
    kept = name.encode("utf-8", "surrogateescape")[:200].decode("utf-8", "ignore")
    return f".{kept}.{owner_mark()}.tmp"


def owner_mark() -> str:
    """Return the end of a temporary name: this process, where its number means that, and what nobody can foresee."""
    return f"{os.getpid()}-{_processes()}-{os.urandom(8).hex()}"


def sweep(directory: Path, name: str = "") -> None:
    """Delete what killed processes have left in `directory` under temporary names; `name`: of that file alone, as in a
    directory that is not mftui's.

    That is what a process of this machine that no longer lives was writing, and of others what is older than a day.
    """
    with contextlib.suppress(OSError):
        for entry in list_own(directory):
            if entry.name.startswith(f".{name}." if name else "") and _is_left(entry):
                with contextlib.suppress(OSError):
                    remove_tree(entry) if is_own_directory(entry) else entry.unlink()


def _is_left(entry: Path) -> bool:
    found = _NEW.fullmatch(entry.name) or _TEMPORARY.fullmatch(entry.name)
    if found is None:
        return False
    age_s = time.time() - seen_own(entry).st_mtime
    process, of, old = *found.group("pid", "processes"), found.groupdict().get("old")
    if of == _processes():
        return age_s > _OLD_S or not _lives(int(process))
    return age_s > _OLD_S or (old is not None and age_s > _YOUNG_S and not _lives(int(old)))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return process > 0


@functools.cache
def _processes() -> str:
    """Return a mark of the machine, and of the container, whose processes have the numbers that we see."""
    from hashlib import blake2b  # 2 ms, of OpenSSL

    space = os.uname().nodename
    with contextlib.suppress(OSError):
        space += os.readlink("/proc/self/ns/pid")
    return blake2b(space.encode(), digest_size=4).hexdigest()


def sync_directory(directory: Path) -> None:
    """Wait until the names in `directory` are on the disk, where the file system can say so."""
    with contextlib.suppress(OSError), directory_of(directory / "entry") as (descriptor, _):
        os.fsync(descriptor)


@contextlib.contextmanager
def exclusive(lock: Path, *, wait_s: float = 0.0, mode: int = 0o666) -> Iterator[None]:
    """Hold a lock on `lock`, a directory, or a file that is created with `mode` if missing; the kernel releases it when
    the process ends.

    Raises BlockingIOError if another process holds it for `wait_s` seconds. On a file system without locks, there is
    no lock.
    """
    descriptor = _directory(lock) if lock.is_dir() else change_own(lock, mode=mode)
    try:
        end = time.monotonic() + wait_s
        while not _taken(descriptor):
            if time.monotonic() >= end:
                raise BlockingIOError(errno.EWOULDBLOCK, "held by another process", str(lock))
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _directory(path: Path) -> int:
    with directory_of(path / "entry") as (descriptor, _):
        return os.dup(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        if error.errno not in _NO_LOCKS:
            raise
    return True
