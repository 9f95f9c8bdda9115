"""Run a module of mftui in a child process that can be cancelled, ends with its parent, and says why it failed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import runpy
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping

from mftui import limits
from mftui.errors import MftuiError
from mftui.streams import end_process

POLL_S = 0.1
_MAX_REASON_LINES = 3
_MAX_REASON_CHARACTERS = 300


def run_child(
    module: str,
    *arguments: str,
    failure: str = "",
    on_line: Callable[[str], None] = lambda line: None,
    cancelled: Callable[[], bool] = lambda: False,
    environment: Mapping[str, str] | None = None,
) -> bool:
    """Run `python -m MODULE ARGUMENTS…` and wait for its end.

    The child is killed if this call ends early, and exits by itself if this process dies.

    Parameters
    ----------
    failure: what the message of the error begins with, such as "t-SNE failed: ".
    on_line: called with each line that the child writes to standard output.
    cancelled: asked every POLL_S seconds whether to kill the child.
    environment: variables of the child, beside those of this process.

    Returns
    -------
    True if the child ended well, False if it was cancelled.

    Raises
    ------
    MftuiError: the child failed; with what it wrote last to standard error.
    """
    with tempfile.TemporaryFile() as errors:  # a pipe that nobody reads meanwhile would block the child
        child = subprocess.Popen(
            # -P: the working directory is not a place to import modules from.
            [sys.executable, "-P", "-m", "mftui.child", module, *arguments],
            stdin=subprocess.PIPE,  # closed when this process ends, however it ends
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
        try:
            if not _read_lines(child, on_line, cancelled):
                return False
            child.wait()
        finally:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                assert stream is not None
                stream.close()
        errors.seek(0)
        if child.returncode:
            raise MftuiError(failure + _reason(errors.read().decode(errors="replace"), child.returncode))
    return True


def _read_lines(child: subprocess.Popen[bytes], on_line: Callable[[str], None], cancelled: Callable[[], bool]) -> bool:
    """Hand on the child's lines until it closes its output; return False if cancelled before."""
    assert child.stdout is not None
    output, rest = child.stdout.fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while not cancelled():
            if not selector.select(POLL_S):
                continue
            piece = os.read(output, 1 << 16)
            if not piece:
                return True
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                on_line(line.decode(errors="replace"))
    return False


def _reason(errors: str, code: int) -> str:
    """Return the error of one of mftui's own commands, else the last lines that were written."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    allowed = f" This process may use {limits.words()}." if limits.words() else ""
    own = next((line.removeprefix("mftui: ") for line in lines if line.startswith("mftui: ")), "")
    if any(re.match(r"MemoryError|.*failed to map segment|.*can't start new thread", line) for line in lines):
        return f"out of memory.{allowed}"
    if code < 0 and not lines:
        return f"{signal.Signals(-code).name} ended it.{allowed}"
    return own or " / ".join(lines[-_MAX_REASON_LINES:])[-_MAX_REASON_CHARACTERS:] or "no reason given"


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


def _end_by_signal_with_parent() -> None:
    """Let the kernel end this process with the pipe from its parent.

    While a library keeps the interpreter to itself, no thread of Python runs.
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        _end_by_signal_with_parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    code = 0
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):  # words
            raise
        code = end.code or 0
    end_process(code)
