"""The memory that is free: the machine's, and what the control groups of this process leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mftui.errors import DataError

UNLIMITED = 1 << 60


def free_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the memory that is free: the least of the machine's and its control groups'."""
    return min(bytes_at(proc / "meminfo", "MemAvailable", UNLIMITED), _of_groups(proc, cgroups))


def require_room(n_bytes: int, path: object, packed: int) -> None:
    """Raise DataError where what is in a file of `packed` bytes needs more memory than is free, before it is taken."""
    free = free_bytes()
    if n_bytes > free:
        raise DataError(
            f"{packed / 1e6:,.2f} MB that would need {n_bytes / 1e9:,.1f} GB of memory; {free / 1e9:,.1f} GB are free.",
            path=path,
            hint="Use a machine with more memory, or a part of the file; or it is not what it says it is.",
        )


def bytes_at(file: Path, name: str, default: int) -> int:
    """Return the number of kB behind `name:` in a file of /proc, in bytes."""
    try:
        lines = dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
        return int(lines[name].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return default


def _of_groups(proc: Path, cgroups: Path) -> int:
    """Return the least that is left in this process's control groups and all above them, of either version."""
    try:
        entries = [line.split(":", 2) for line in (proc / "self/cgroup").read_text().splitlines()]
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
        found = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return int(found.get(name, 0))
    except (OSError, ValueError):
        return 0


def _number(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None
