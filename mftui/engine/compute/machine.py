"""What this machine has: memory that this process can still get, memory of a GPU, and the programs that tell."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from pathlib import Path

from mftui.data.memory import UNLIMITED, bytes_at, free_bytes

TENSORFLOW_BYTES = 950 << 20
"""Memory of TensorFlow, imported, with a first small step compiled."""
_TENSORFLOW_ADDRESSES = 2 << 30
"""Address space that it takes, much of it never used: what counts under `ulimit -v`."""
_TIMEOUT_S = 10.0


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
    return bytes_at(proc / "self/status", "RssAnon", 0)


def peak_bytes(proc: Path = Path("/proc")) -> int:
    """Return the largest resident memory of this process so far.

    The kernel's figure for the program that runs now: `ru_maxrss` begins with what the parent held as it forked.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    return bytes_at(proc / "self/status", "VmHWM", 0) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def available_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the memory this process can still get: the least of the machine's, its control groups', its limits'."""
    return max(0, min(free_bytes(proc, cgroups), _of_limits(proc)))


def _of_limits(proc: Path) -> int:
    """Return what `ulimit -v` leaves, less TensorFlow's unused addresses."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return UNLIMITED
    try:
        pages = int((proc / "self/statm").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        pages = 0
    return limit - pages * resource.getpagesize() - (_TENSORFLOW_ADDRESSES - TENSORFLOW_BYTES)
