"""The standard streams of a process of mftui: all three are open, what standard output cannot take is an error that is
told, and what standard error cannot take is left out."""

from __future__ import annotations

import atexit
import contextlib
import errno
import io
import os
import select
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, NoReturn, TextIO

_MOST_DIGITS = 4
_PATIENCE_MS = 1_000
"""How long standard error is waited for, where it is full and does not block."""


class OutputLost(Exception):
    """Standard output does not take what is written; `reader_gone`: nobody reads it any more."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output cannot be written ({error.strerror or error}).")
        self.reader_gone = error.errno == errno.EPIPE


def open_descriptors() -> None:
    """Open the null device as each of descriptors 0 to 2 that is closed.

    Else the next file that is opened gets the number, and receives what is printed.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one


def open_streams() -> None:
    """Let descriptors 0 to 2 be open, and `sys` have streams of all three; for the very start of a process."""
    open_descriptors()
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    if sys.stdout is None or sys.stdout is sys.__stdout__:
        sys.stdout = _like(sys.stdout, _Output(1, "w", closefd=False))
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _like(sys.stderr, _Heedless(2, "w", closefd=False))


def forget_absurd_sizes(environ: MutableMapping[str, str]) -> None:
    """Remove COLUMNS and LINES where they say what no terminal has: the real size counts then."""
    for name in ("COLUMNS", "LINES"):
        given = environ.get(name, "1")
        if len(given) > _MOST_DIGITS or not given.isdecimal() or not int(given):
            del environ[name]


def heedless(descriptor: int, encoding: str) -> TextIO:
    """Return a stream of text to `descriptor`, which it closes: what cannot be written is left out."""
    raw = io.BufferedWriter(_Heedless(descriptor, "w"))
    return io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=True)


def drop_output() -> None:
    """Send to the null device what was not written yet, so that it is not tried again as the process ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def end_process(code: int) -> NoReturn:
    """End this process, as `sys.exit` does.

    Where Arrow was used, the interpreter is not taken down: a thread of Arrow's that still reads ahead, or lets go of
    what it has read, would need it, and end the process by SIGABRT. TensorFlow takes longer than that, and has to take
    leave of other machines.
    """
    if "pyarrow" in sys.modules and "tensorflow" not in sys.modules:
        threading._shutdown()  # type: ignore[attr-defined]  # as the interpreter does: waits for threads, then
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, OutputLost):
            sys.stdout.flush()
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _like(before: Any, raw: io.FileIO) -> TextIO:
    """Return a stream of text to `raw`, as `before` was set up."""
    encoding, errors = ("utf-8", "backslashreplace") if before is None else (before.encoding, before.errors)
    unbuffered = bool(getattr(before, "write_through", False))
    if before is not None:
        before.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding,
        errors,
        line_buffering=unbuffered or raw.fileno() == 2 or raw.isatty(),
        write_through=unbuffered,
    )


class _Output(io.FileIO):
    """Waits where it is full and does not block, as Python's own stream does not."""

    def write(self, data: Any) -> int:
        try:
            while (written := super().write(data)) is None:
                _wait(self.fileno(), None)
        except OSError as error:
            raise OutputLost(error) from error
        return int(written)


class _Heedless(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            written = super().write(data)
            if written is None and _wait(self.fileno(), _PATIENCE_MS):
                written = super().write(data)
        except OSError:
            written = None
        return memoryview(data).nbytes if written is None else int(written)


def _wait(descriptor: int, milliseconds: int | None) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLOUT)
    return bool(waiting.poll(milliseconds))
