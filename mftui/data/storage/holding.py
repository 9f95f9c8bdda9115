"""Hold a file while a process works on what it stands for, so that any other can ask the kernel which process that is.

By the locks of POSIX: the kernel names the process that holds one (`F_GETLK`), it lets go of it however the process
ends, and nobody can forge it by what is in a file. A process that closes the file lets go of its lock, by whatever
descriptor: so a process notes what it holds, and does not open that once more.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mftui.data.storage.regular import change_own, open_own, seen_own

_BUSY = (errno.EACCES, errno.EAGAIN)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_LOCK = "qqihh" if sys.platform == "darwin" else "hhqqi4x"
"""struct flock: on Linux type, whence, start, length, pid; on macOS start, length, pid, type, whence."""
_held: set[tuple[int, int]] = set()
_guard = threading.Lock()


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold the file `lock`, made where it is missing.

    Raises BlockingIOError where a process holds it, this one included. On a file system without locks, nothing is held.
    """
    with _guard:
        if _identity(lock) in _held:
            raise BlockingIOError(errno.EWOULDBLOCK, "held by this process", str(lock))
        descriptor = change_own(lock)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(descriptor)
                if error.errno in _BUSY:
                    raise BlockingIOError(errno.EWOULDBLOCK, "held by another process", str(lock)) from error
                raise
        seen = os.fstat(descriptor)
        key = seen.st_dev, seen.st_ino
        if _identity(lock) != key:  # moved away, or another put in its place, since it was opened
            os.close(descriptor)
            raise FileNotFoundError(errno.ENOENT, "moved away meanwhile", str(lock))
        _held.add(key)
    try:
        yield
    finally:
        with _guard:
            _held.discard(key)
            os.close(descriptor)


def holder(lock: Path) -> int | None:
    """Return the id of the process of this machine that holds the file `lock`; None where none does, or none is known.

    Raises OSError where the file system knows no locks.
    """
    with _guard:
        if _identity(lock) in _held:
            return os.getpid()
        try:
            opened = open_own(lock)
        except OSError:
            return None
        with opened:
            if os.fstat(opened.fileno()).st_nlink > 1:  # a second name: who holds it may hold something else
                return None
            answer = fcntl.fcntl(opened, fcntl.F_GETLK, _question())
    kind, pid = _answered(answer)
    return pid if kind != fcntl.F_UNLCK and pid > 0 else None


def _identity(lock: Path) -> tuple[int, int] | None:
    try:
        seen = seen_own(lock)
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _question() -> bytes:
    if sys.platform == "darwin":
        return struct.pack(_LOCK, 0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET)
    return struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


def _answered(answer: bytes) -> tuple[int, int]:
    fields = struct.unpack(_LOCK, answer)
    return (fields[3], fields[2]) if sys.platform == "darwin" else (fields[0], fields[4])
