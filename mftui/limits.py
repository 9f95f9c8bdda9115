"""What the shell lets this process use (ulimit), in words, and who says so where it ends for want of it.

Libraries end a process that gets no memory or no thread, and the kernel one that has used up its processor time, all
without a word of mftui's. Where there is such a limit, another process waits for the end, and then tells.
`python -I -S limits.py WORDS` is that process: it imports nothing of mftui, and is silent where it reads LEFT.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

LEFT = b"left"
LEAST_STACK = 4 << 20
"""Bytes; with less, threads of TensorFlow end the process."""
_THRIFTY_BELOW = 2 << 30
_FEW_FILES = 64
_FEW_PROCESSES = 256
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""Each thread of these libraries, and Arrow's own pool, takes addresses before it needs any memory."""
_AT_START = {
    of: resource.getrlimit(of)[0]
    for of in (
        resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_STACK, resource.RLIMIT_NOFILE,
        resource.RLIMIT_NPROC,
    )
}  # fmt: skip
"""Later this process may set lower ones itself, while it reads a file."""
_M_ARENA_MAX = -8
"""Of glibc's mallopt."""
_watching: subprocess.Popen[bytes] | None = None


def memory() -> int | None:
    """Return how many bytes of memory or of addresses this process may have; None where nothing limits them."""
    found = [most for of in (resource.RLIMIT_AS, resource.RLIMIT_DATA) if (most := _limit(of)) is not None]
    return min(found, default=None)


def stack() -> int | None:
    """Return how many bytes the stack of a thread may have; None where nothing limits them."""
    return _limit(resource.RLIMIT_STACK)


def words() -> str:
    """Return what this process may use, as far as it is so little that it could end for want of it; "" for nothing."""
    found = [
        f"{most >> 20:,} MB of {what} (ulimit {option})"
        for of, what, option in ((resource.RLIMIT_AS, "addresses", "-v"), (resource.RLIMIT_DATA, "memory", "-d"))
        if (most := _limit(of)) is not None
    ]
    if (seconds := _limit(resource.RLIMIT_CPU)) is not None:
        found.append(f"{seconds:,} s of processor time (ulimit -t)")
    if (most := stack()) is not None and most < LEAST_STACK:
        found.append(f"{most >> 10:,} kB of stack (ulimit -s)")
    if (files := _limit(resource.RLIMIT_NOFILE)) is not None and files < _FEW_FILES:
        found.append(f"{files} open files (ulimit -n)")
    if _few_processes():
        found.append(f"{_limit(resource.RLIMIT_NPROC)} processes and threads of this user (ulimit -u)")
    return ", ".join(found)


def be_thrifty(environ: MutableMapping[str, str]) -> None:
    """Let libraries that are imported later take fewer addresses and threads, where there are few."""
    most = memory()
    if (most is not None and most < _THRIFTY_BELOW) or _few_processes():
        for name, value in _ONE_THREAD.items():
            environ.setdefault(name, value)
        import ctypes  # not needed elsewhere

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)  # else each thread takes 128 MB of addresses


def watch() -> None:
    """Let another process tell where this one ends before `leave`; does nothing where there are no limits."""
    global _watching  # noqa: PLW0603  # one for the process
    if not (said := words()):
        return
    import subprocess  # takes milliseconds, and there are seldom limits

    try:
        _watching = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, said],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, MemoryError):
        _watching = None


def leave() -> None:
    """Say that this process ends by itself, or that another one tells of its end."""
    global _watching  # noqa: PLW0603
    if _watching is None or _watching.stdin is None:
        return
    with contextlib.suppress(OSError):
        os.write(_watching.stdin.fileno(), LEFT)
        _watching.stdin.close()
        _watching.wait()
    _watching = None


def _few_processes() -> bool:
    most = _limit(resource.RLIMIT_NPROC)
    return most is not None and most < _FEW_PROCESSES


def _limit(of: int) -> int | None:
    most = _AT_START[of]
    return None if most == resource.RLIM_INFINITY else most


def _main() -> None:
    if sys.stdin.buffer.read() == LEFT:
        return
    text = f"mftui: this process was ended. It may use {sys.argv[1]}: allow more, and try again.\n"
    with contextlib.suppress(OSError):
        os.write(2, text.encode())


if __name__ == "__main__":
    _main()
