"""What this machine has: memory that this process can still get, memory of a GPU, and the programs that tell."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TENSORFLOW_BYTES = 950 << 20
"""Memory of TensorFlow, imported, with a first small step compiled."""
_TENSORFLOW_ADDRESSES = 2 << 30
"""Address space that it takes, much of it never used: what counts under `ulimit -v`."""
_TIMEOUT_S = 10.0
_UNLIMITED = 1 << 60


def run_tool(*command: str) -> str | None:
    """Run a program and return what it prints; None where it is missing, fails or does not answer."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def gpu_bytes() -> int | None:
    """Return the memory of the GPU that has least; None where NVIDIA's tool does not say."""
    lines = (run_tool("nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits") or "").split()
    return min((int(line) << 20 for line in lines if line.isdecimal()), default=None)


def resident_bytes(proc: Path = Path("/proc")) -> int:
    """Return the anonymous part of this process's resident memory, which no file holds; 0 where unknown."""
    return _bytes_at(proc / "self/status", "RssAnon", 0)


def peak_bytes(proc: Path = Path("/proc")) -> int:
    """Return the largest resident memory of this process so far.

    The kernel's figure for the program that runs now: `ru_maxrss` begins with what the parent held as it forked.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    return _bytes_at(proc / "self/status", "VmHWM", 0) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _bytes_at(file: Path, name: str, default: int) -> int:
    """Return the number of kB behind `name:` in a file of /proc, in bytes."""
    try:
        lines = dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
        return int(lines[name].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return default


def available_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the memory this process can still get: the least of the machine's, its control groups', its limits'."""
    of_machine = _bytes_at(proc / "meminfo", "MemAvailable", _UNLIMITED)
    return max(0, min(of_machine, _of_groups(proc, cgroups), _of_limits(proc)))


def _of_groups(proc: Path, cgroups: Path) -> int:
    """Return the least that is left in this process's control groups and all above them, of either version."""
    try:
        entries = [line.split(":", 2) for line in (proc / "self/cgroup").read_text().splitlines()]
    except OSError:
        return _UNLIMITED
    left = [_UNLIMITED]
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
        if limit is not None and used is not None and limit < _UNLIMITED:
            yield limit - used + _given_back(group, "total_inactive_file" if old else "inactive_file")


def _given_back(group: Path, name: str) -> int:
    """Return the size of the file cache, which counts as used but is given up on demand."""
    try:
        found = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return int(found.get(name, 0))
    except (OSError, ValueError):
        return 0


def _of_limits(proc: Path) -> int:
    """Return what `ulimit -v` leaves, less TensorFlow's unused addresses."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return _UNLIMITED
    try:
        pages = int((proc / "self/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        pages = 0
    return limit - pages * resource.getpagesize() - (_TENSORFLOW_ADDRESSES - TENSORFLOW_BYTES)


def _number(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None
