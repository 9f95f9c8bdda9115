"""One trainer at a time in a run directory."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mftui.errors import RunError

_BUSY = (errno.EWOULDBLOCK, errno.EACCES)


@contextmanager
def trainer_lock(run: Path) -> Iterator[None]:
    """Hold the run in directory `run`. The kernel lets go when the process ends, however it ends.

    Raises RunError where another process holds it, or the directory is gone.
    """
    try:
        descriptor = os.open(run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise RunError(f"{run}: cannot be used as a run directory ({error.strerror}).") from error
    try:
        _take(descriptor, run)
        yield
    finally:
        os.close(descriptor)


def is_locked(run: Path) -> bool:
    """Whether a trainer holds the run now."""
    try:
        descriptor = os.open(run / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _BUSY
    finally:
        os.close(descriptor)
    return False


def _take(descriptor: int, run: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            raise RunError(
                f"run {run.name} is being trained by another process.",
                hint=f"Wait for it, or `mftui runs stop {run.name}`.",
            ) from error
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise  # a file system without locks trains unlocked
