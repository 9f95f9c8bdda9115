"""The checks of `mftui doctor`: software, machine and directories. They do not import TensorFlow."""

from __future__ import annotations

import grp
import importlib.util
import os
import platform
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mftui import paths
from mftui.data.storage.regular import require_own_directory
from mftui.data.threads import cores
from mftui.engine.compute.machine import run_tool
from mftui.errors import MftuiError
from mftui.version import __version__, installed_version

OK: Literal["ok"] = "ok"
WARNING: Literal["warning"] = "warning"
BROKEN: Literal["broken"] = "broken"

_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tensorflow-macos")
_PACKAGES = ("numpy", "pandas", "pyarrow", "scikit-learn", "textual", "rich", "plotext", "click", "rapidfuzz", "pooch")
_CUDA = ("nvidia-cudnn-cu12", "nvidia-cudnn-cu13")
_MOST_PROFILES = 20
_HOME = "MFTUI_HOME to another directory"
_TRAINING_NEEDS = 1.5e9
"""Bytes: 0.7 GB for TensorFlow, the rest for the data and a second trainer on standby."""
_DISK_NEEDS = 1e9


@dataclass(frozen=True)
class Check:
    """The result of one check."""

    group: str
    name: str
    value: str
    status: Literal["ok", "warning", "broken"] = OK
    advice: str = ""
    """What to do about it; empty if all is well."""

    @classmethod
    def advised(cls, group: str, name: str, value: str, advice: str) -> Check:
        """Return a warning with this advice, or without advice that all is well."""
        return cls(group, name, value, WARNING if advice else OK, advice)


def software() -> Iterator[Check]:
    """Check Python and the packages that mftui needs."""
    yield Check("software", "mftui", __version__)
    yield Check("software", "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    installed = next((v for name in _TENSORFLOW if (v := installed_version(name))), None)
    if installed or importlib.util.find_spec("tensorflow"):
        yield Check("software", "tensorflow", installed or "of unknown version")
    else:
        advice = "Training needs it: pip install 'tensorflow>=2.20,<3'."
        yield Check("software", "tensorflow", "not installed", BROKEN, advice)
    for name in _PACKAGES:
        found = installed_version(name)
        advice = "" if found else "Install mftui again with pip, with all that it needs."
        yield Check("software", name, found or "not installed", OK if found else BROKEN, advice)


def machine() -> Iterator[Check]:
    """Check GPU, processors and memory."""
    gpus, advice = _gpus(), ""
    if gpus and not any(installed_version(name) for name in _CUDA):
        advice = "TensorFlow's CUDA libraries are missing, so the GPU is not used: pip install 'mftui[gpu]'."
    yield Check.advised("machine", "GPU", "; ".join(gpus) or "none found: training runs on the CPU", advice)
    yield Check("machine", "CPU", _processors())
    total, free = memory()
    if total is None or free is None:
        yield Check("machine", "memory", "unknown")
        return
    advice = f"A training needs about {_TRAINING_NEEDS / 1e9:.1f} GB: end other programs, or set MFTUI_STANDBY=off."
    value = f"{total / 1e9:.1f} GB, {free / 1e9:.1f} GB free"
    yield Check.advised("machine", "memory", value, advice if free < _TRAINING_NEEDS else "")


def directories() -> Iterator[Check]:
    """Check the directories, the settings and the sample."""
    places = {
        "home": paths.home(),
        "runs": paths.runs_dir(),
        "cache": paths.cache_dir(),
        "data sets": paths.downloads_dir(),
    }
    for name, path in places.items():
        yield _directory(name, path)
    profiles = {f"profile {file.stem}": file for file in sorted(paths.ratings_dir().glob("*.csv"))[:_MOST_PROFILES]}
    for name, path in (places | {"ratings": paths.ratings_dir(), "settings": paths.config_file()} | profiles).items():
        yield from _others(name, path)
    from mftui.settings import load_settings

    file = paths.config_file()
    try:
        load_settings()
    except MftuiError as error:
        yield Check("directories", "settings", str(file), BROKEN, str(error))
    else:
        yield Check("directories", "settings", str(file) + ("" if file.exists() else " (none yet: all defaults)"))
    sample = paths.sample_dir() / "ratings.csv"
    there, advice = sample.is_file(), "Install mftui again, or train on --data PATH."
    value = str(sample.parent) if there else f"{sample} is missing"
    yield Check.advised("directories", "sample", value, "" if there else advice)


def memory() -> tuple[int | None, int | None]:
    """Return (all, free) bytes that this process may use: the machine's, or its cgroup's if that is less."""
    found: dict[str, int] = {}
    try:
        for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
            name, _, rest = line.partition(":")
            if rest.endswith("kB"):
                found[name] = int(rest.split()[0]) * 1024
    except OSError:
        return _memory_by_sysconf(), None
    total, free = found.get("MemTotal"), found.get("MemAvailable")
    for limit_file, used_file in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        limit, used = _cgroup_number(limit_file), _cgroup_number(used_file)
        if limit is not None and total is not None and limit < total:
            total = limit
            free = min(free or limit, limit - (used or 0))
    return total, free


def _directory(name: str, path: Path) -> Check:
    there = next(p for p in (path, *path.parents) if p.exists())
    try:
        free = shutil.disk_usage(there).free
        if not there.is_dir():
            raise NotADirectoryError(0, "not a directory")
        if there == path:
            require_own_directory(path)
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        advice = f"{there} cannot be written ({error.strerror}): set MFTUI_HOME to another directory."
        return Check("directories", name, str(path), BROKEN, advice)
    value = f"{path} ({'exists' if there == path else 'created when needed'}, {free / 1e9:.1f} GB free)"
    advice = "Make room, or set MFTUI_HOME to another disk." if free < _DISK_NEEDS else ""
    return Check.advised("directories", name, value, advice)


def _others(name: str, path: Path) -> Iterator[Check]:
    """Warn where other users can change `path`, or replace it: then what mftui reads there may be theirs."""
    for place in (path, *Path(os.path.realpath(path)).parents):
        try:
            seen = place.stat()
        except OSError:
            continue
        if place != path and seen.st_mode & stat.S_ISVTX:  # as /tmp: nobody can replace what belongs to others
            continue
        if seen.st_uid not in (os.getuid(), 0):
            advice = f"It belongs to another user, who can change what mftui reads: own it, or set {_HOME}."
            yield Check("directories", f"{name} owner", str(place), WARNING, advice)
            return
        everybody, group = seen.st_mode & stat.S_IWOTH, seen.st_mode & stat.S_IWGRP and not _own_group(seen)
        if everybody or group:
            who = "everybody" if everybody else "its group"
            advice = (
                f"Others can change what mftui reads, and put files in: chmod {'o' if everybody else 'g'}-w {place}"
            )
            yield Check("directories", f"{name} access", f"{place} can be written by {who}", WARNING, advice)
            return


def _own_group(seen: os.stat_result) -> bool:
    """Return whether the group has only its user in it, as many systems make one for each."""
    try:
        group, user = grp.getgrgid(seen.st_gid), pwd.getpwuid(seen.st_uid)
    except KeyError:
        return False
    return group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _gpus() -> list[str]:
    """Return names and memory of NVIDIA GPUs, from nvidia-smi."""
    listed = run_tool("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
    return [", driver ".join(line.rsplit(", ", 1)) for line in (listed or "").splitlines() if line.strip()]


def _processors() -> str:
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="utf-8").split()
        limit = "" if quota == "max" else f", limited to the time of {int(quota) / int(period):.1f}"
    except (OSError, ValueError):
        limit = ""
    return f"{cores()} processors{limit}"


def _cgroup_number(name: str) -> int | None:
    try:
        return int((Path("/sys/fs/cgroup") / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _memory_by_sysconf() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None
