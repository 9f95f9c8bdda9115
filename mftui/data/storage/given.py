"""Open the files that a user names, in a command, the app or Python: these may be links, but no pipes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from mftui.data.storage.regular import opened_regular


def open_given(path: Path, most: int | None = None) -> IO[bytes]:
    """Open a file that a user names for reading; `most`: of more bytes it is refused.

    Raises OSError, also for a pipe, a device or a directory.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC  # a pipe would wait for ever
    return opened_regular(os.open(path, flags), most)


def create_given(path: Path) -> IO[bytes]:
    """Create a file that a user names, or one beside it. Raises FileExistsError where something is there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def rename_given(aside: Path, path: Path) -> None:
    """Give what was written beside its place the name that a user gave; what was there is replaced."""
    os.rename(aside, path)
