"""How much memory a training will need, and how much this process can get: compared before anything slow begins."""

from __future__ import annotations

import resource
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from mftui.engine.compute.cluster import find_cluster
from mftui.engine.recipes import find_recipe
from mftui.engine.recipes.fields import AUTO, bytes_in
from mftui.engine.training.memory import TENSORFLOW_BYTES, MemoryEstimate, Sizes
from mftui.errors import TrainingError, UsageError
from mftui.settings import load_settings

_TENSORFLOW_ADDRESSES = 2 << 30
"""Address space that TensorFlow takes, much of it never used: what counts under `ulimit -v`."""
_UNLIMITED = 1 << 60
Place = Literal["memory", "file"]
"""Where the ratings are while they are learned from."""


def choose_place(
    config: Mapping[str, Any],
    n_users: int,
    n_movies: int,
    n_ratings: int,
    device_bytes: int | None = None,
    parts: int = 1,
) -> Place:
    """Where the ratings of the training that `config` describes are to be.

    Parameters
    ----------
    device_bytes: the memory of a device beside the machine's own; None: what this process can get counts.
    parts: devices that share batches and ratings.

    Raises UsageError or TrainingError where there is no room.
    """
    hyper = config["hyper"]
    one_cpu = device_bytes is None and find_cluster() is None
    sizes = Sizes(n_users, n_movies, n_ratings, whole_batches=not one_cpu)
    needed = find_recipe(config["recipe"]).estimate(sizes, hyper)
    if device_bytes is not None:
        needed = needed.per_device(parts)
    budget = str(hyper.get("memory", AUTO))
    place = config.get("ratings_in") or place_of_ratings(needed, budget, device_bytes)
    if place == "file":
        needed = needed.out_of_core()
    if load_settings().check_memory:
        require_memory(needed, device_bytes)
    return "file" if place == "file" else "memory"


def place_of_ratings(needed: MemoryEstimate, memory: str, available: int | None = None) -> Place:
    """In memory where they fit into what `memory` says (see `bytes_in`), else in a file.

    Raises UsageError where a budget was given and the rest does not fit either.
    """
    budget = bytes_in(memory)
    have = (available_bytes() if available is None else available) - needed.base if budget is None else budget
    if needed.data <= have or not needed.streamed:
        return "memory"
    least = needed.out_of_core()
    if budget is not None and least.data > budget:
        raise UsageError(
            f"--memory {memory}: the training needs {_mb(least.data)} beside TensorFlow for {needed.what}, "
            f"also with the ratings in a file.",
            hint=f"Give it that, or {least.remedy}.",
        )
    return "file"


def require_memory(needed: MemoryEstimate, available: int | None = None) -> None:
    """Raise TrainingError where this process cannot get what is needed."""
    have = available_bytes() if available is None else available
    if needed.total > have:
        raise TrainingError(
            f"the training needs about {_gb(needed.total)} GB for {needed.what}; "
            f"you have {_gb(have)}: {needed.remedy}.",
            hint="MFTUI_CHECK_MEMORY=false tries all the same.",
        )


def held_bytes(proc: Path = Path("/proc")) -> int:
    """What this process holds and no file does: of its resident memory, the anonymous part; 0 where unknown."""
    try:
        lines = dict(line.split(":", 1) for line in (proc / "self/status").read_text().splitlines() if ":" in line)
        return int(lines["RssAnon"].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return 0


def available_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """What this process can still get: of the machine, of its control groups, of its own limits."""
    return max(0, min(_of_machine(proc), _of_groups(proc, cgroups), _of_limits(proc)))


def _of_machine(proc: Path) -> int:
    try:
        lines = dict(line.split(":", 1) for line in (proc / "meminfo").read_text().splitlines() if ":" in line)
        return int(lines["MemAvailable"].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return _UNLIMITED


def _of_groups(proc: Path, cgroups: Path) -> int:
    """The least that is left in this process's groups and all above them, of either version."""
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
    """The cache of files, which counts as used and makes way."""
    try:
        found = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return int(found.get(name, 0))
    except (OSError, ValueError):
        return 0


def _of_limits(proc: Path) -> int:
    """What `ulimit -v` leaves, TensorFlow's unused addresses taken off."""
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


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f}"


def _mb(size: int) -> str:
    return f"{-(-size // 10**6):,} MB"
