"""Write results where a user names a place: never over something that is there unasked, never instead of a device."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mftui.data.storage.writing import replace_given
from mftui.errors import UsageError

_ANOTHER = "Give the name of a file."
_STREAMS = (stat.S_IFCHR, stat.S_IFIFO)
_NO_FILES = {stat.S_IFDIR: "is a directory", stat.S_IFBLK: "is a disk", stat.S_IFSOCK: "is a socket"}


def check_result(file: Path, *, force: bool = False) -> None:
    """Raise UsageError where `write_result` would not write to `file`; ask this before long work."""
    _kind(file, force)


def write_result(file: Path, text: str, *, force: bool = False, private: bool = False) -> None:
    """Write `text` to a file that a user names, as a whole, as `cp` would do it.

    A link is followed, one that leads to nothing refused; text goes into a pipe or a device such as /dev/stdout, which
    waits for a reader as any program does.

    Parameters
    ----------
    force: replace the file that is there, in its mode.
    private: only the owner may read and write it, whatever the umask is and whatever the mode was.

    Raises UsageError where the place is taken, or cannot be written.
    """
    kind, mode = _kind(file, force)
    try:
        if kind in _STREAMS:
            with os.fdopen(_opened(file), "w", encoding="utf-8") as stream:
                stream.write(text)
            return
        replace_given(Path(os.path.realpath(file)), text, mode=0o600 if private else mode or 0o666)
        if mode is not None and not private:
            file.chmod(mode)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).", hint="Give another file.") from error


def free_name(file: Path) -> Path:
    """Return `file`, or where something is there, the first name with a number that is free."""
    found, number = file, 2
    while os.path.lexists(found):
        found, number = file.with_stem(f"{file.stem}-{number}"), number + 1
    return found


def _opened(file: Path) -> int:
    stream = _own_stream(file.stat())
    return os.open(file, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC) if stream is None else os.dup(stream)


def _own_stream(seen: os.stat_result) -> int | None:
    """Return the number of the standard stream that this file is, as /dev/stdout may be; None for anything else."""
    if not stat.S_ISREG(seen.st_mode):
        return None
    return next((number for number in (1, 2) if os.path.samestat(seen, os.fstat(number))), None)


def _kind(file: Path, force: bool) -> tuple[int, int | None]:
    """Return what is at `file` (0: nothing) and its mode. Raises UsageError where that is not to be written to."""
    try:
        seen = file.stat()
    except FileNotFoundError:
        if file.is_symlink():
            raise UsageError(f"{file} is a link that leads to nothing.", hint=_ANOTHER) from None
        return 0, None
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).", hint="Give another file.") from error
    kind = stat.S_IFMT(seen.st_mode)
    if _own_stream(seen) is not None:
        return stat.S_IFIFO, None
    if kind in _NO_FILES:
        raise UsageError(f"{file} {_NO_FILES[kind]}.", hint=_ANOTHER)
    if kind == stat.S_IFREG and not force:
        raise UsageError(f"{file} already exists.", hint="Give another name, or --force to replace it.")
    return kind, stat.S_IMODE(seen.st_mode)
