"""Write files as a whole, by one process at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from mftui.errors import UsageError

_BUSY = (errno.EWOULDBLOCK, errno.EACCES)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_POLL_S = 0.02


def write_text(path: Path, text: str, *, durable: bool = False, private: bool = False) -> None:
    """Replace the content of `path`: a reader sees the old text or the new, never a part.

    Parameters
    ----------
    durable: wait until the text is on the disk, so that it survives a power cut.
    private: create the file with mode 0600, whatever the umask is.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(aside, "w", encoding="utf-8", newline="", opener=_private if private else None) as file:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    if durable:
        sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Wait until the names in `directory` are on the disk, where the file system can say so."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def exclusive(lock: Path, *, wait_s: float = 0.0, mode: int = 0o666) -> Iterator[None]:
    """Hold a lock on `lock`, a directory, or a file that is created with `mode` if missing; the kernel releases it when
    the process ends.

    Raises BlockingIOError if another process holds it for `wait_s` seconds. On a file system without locks, there is
    no lock.
    """
    how = os.O_RDONLY if lock.is_dir() else os.O_RDWR | os.O_CREAT
    descriptor = os.open(lock, how | os.O_CLOEXEC, mode)
    try:
        end = time.monotonic() + wait_s
        while not _taken(descriptor):
            if time.monotonic() >= end:
                raise BlockingIOError(errno.EWOULDBLOCK, "held by another process", str(lock))
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        if error.errno not in _NO_LOCKS:
            raise
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def write_result(file: Path, text: str) -> None:
    """Write `text` to a file that a user names, and replace what is there; raises UsageError where that cannot be."""
    target = file.resolve()
    if target.exists() and not target.is_file():
        raise UsageError(f"{file} is not a file, and cannot be replaced.", hint="Give another file.")
    try:
        write_text(target, text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).", hint="Give another file.") from error
