"""What other programs know of this machine."""

from __future__ import annotations

import shutil
import subprocess

_TIMEOUT_S = 10.0


def run_tool(*command: str) -> str | None:
    """What a program prints, or None where it is missing, fails or does not answer."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def gpu_bytes() -> int | None:
    """The memory of a GPU, of the one that has least; None where NVIDIA's tool does not say."""
    lines = (run_tool("nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits") or "").split()
    return min((int(line) << 20 for line in lines if line.isdecimal()), default=None)
