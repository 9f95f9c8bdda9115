"""The memory that is free: the machine's, and what the control groups of this process leave. What a file may take."""

from __future__ import annotations

import contextlib
import os
import resource
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mftui.errors import DataError

UNLIMITED = 1 << 60
LEAST_ROOM = 800 << 20
"""A file may take so much memory, or MAX_RATIO times its own size: more, no file of ratings needs."""
_LIMITED: list[int] = []
"""The limits of all that is read now, in any thread."""
_LOCK = threading.Lock()
_AT_FIRST, _ = resource.getrlimit(resource.RLIMIT_DATA)
_DEEP_HINT = "Give a table with one row for each rating."
_HINT = "Use a machine with more memory, or a part of the file; or it is not what it says it is."


def free_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the memory that is free: the least of the machine's and its control groups'."""
    return min(bytes_at(proc / "meminfo", "MemAvailable", UNLIMITED), _of_groups(proc, cgroups))


def require_room(n_bytes: int, path: object, packed: int, *, copies: int = 1) -> None:
    """Raise DataError where what is in a file of `packed` bytes needs more memory than is free, or than any such file
    needs, before it is taken; `copies`: how many times it is in memory while it is read."""
    free = free_bytes()
    if n_bytes * copies > free:
        raise DataError(
            f"{packed / 1e6:,.2f} MB that would need {n_bytes * copies / 1e9:,.1f} GB of memory; "
            f"{free / 1e9:,.1f} GB are free.",
            path=path,
            hint=_HINT,
        )
    if n_bytes > _most(packed):
        raise too_large(path, packed)


def room_for(packed: int) -> int:
    """Return the bytes of memory that the reader of a file of `packed` bytes may take."""
    return min(_most(packed), free_bytes())


def too_large(path: object, packed: int) -> DataError:
    """Return the error for a file of `packed` bytes whose reader wanted more memory than it may take."""
    return DataError(
        f"{packed / 1e6:,.2f} MB that would need more than {room_for(packed) / 1e9:,.1f} GB of memory.",
        path=path,
        hint=_HINT,
    )


@contextmanager
def bounded(path: object, packed: int) -> Iterator[None]:
    """Let this process take no more memory than a file of `packed` bytes may need, while it is read.

    The kernel then refuses more, whatever the file says of itself. Raises DataError where it did, and where things lie
    in each other so deep that the interpreter gives up.
    """
    used = bytes_at(Path("/proc/self/status"), "VmData", 0)
    limit = used + room_for(packed) if used else UNLIMITED
    with _LOCK:
        _LIMITED.append(limit)
        _apply()
    try:
        yield
    except MemoryError as error:
        raise too_large(path, packed) from error
    except RecursionError as error:
        raise DataError("lists or objects lie too deep in each other.", path=path, hint=_DEEP_HINT) from error
    finally:
        with _LOCK:
            _LIMITED.remove(limit)
            _apply()


def _apply() -> None:
    """Set the largest of the limits, so that none stands in the way of another thread; with none, that of before."""
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = [limit for limit in (max(_LIMITED, default=_AT_FIRST), _AT_FIRST, most) if limit >= 0]
        resource.setrlimit(resource.RLIMIT_DATA, (min(wanted, default=resource.RLIM_INFINITY), most))


def _most(packed: int) -> int:
    from mftui.data.storage.streams import MAX_RATIO  # with all that unpacks, which few need

    return max(LEAST_ROOM, MAX_RATIO * packed)


def bytes_at(file: Path, name: str, default: int) -> int:
    """Return the number of kB behind `name:` in a file of /proc, in bytes."""
    try:
        lines = dict(line.split(":", 1) for line in _text(file).splitlines() if ":" in line)
        return int(lines[name].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return default


def _of_groups(proc: Path, cgroups: Path) -> int:
    """Return the least that is left in this process's control groups and all above them, of either version."""
    try:
        entries = [line.split(":", 2) for line in _text(proc / "self/cgroup").splitlines()]
    except OSError:
        return UNLIMITED
    left = [UNLIMITED]
    for entry in entries:
        if len(entry) == 3 and (not entry[1] or "memory" in entry[1].split(",")):
            root = cgroups / "memory" if entry[1] else cgroups
            group = Path(entry[2].lstrip("/"))
            left += _left_in((root / part for part in (group, *group.parents)), old=bool(entry[1]))
    return min(left)


def _left_in(groups: Iterable[Path], *, old: bool) -> Iterator[int]:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if old else ("memory.max", "memory.current")
    for group in groups:
        limit, used = (_number(group / name) for name in names)
        if limit is not None and used is not None and limit < UNLIMITED:
            yield limit - used + _given_back(group, "total_inactive_file" if old else "inactive_file")


def _given_back(group: Path, name: str) -> int:
    """Return the size of the file cache, which counts as used but is given up on demand."""
    try:
        found = dict(line.split() for line in _text(group / "memory.stat").splitlines())
        return int(found.get(name, 0))
    except (OSError, ValueError):
        return 0


def _number(file: Path) -> int | None:
    try:
        text = _text(file).strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def _text(file: Path) -> str:
    return os.fsdecode(file.read_bytes())  # a control group may have a name that is no UTF-8
