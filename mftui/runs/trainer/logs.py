"""Write a trainer's log lines, and all that libraries print, into `train.log`."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from mftui.data.storage.regular import change_own
from mftui.errors import RunError
from mftui.streams import OutputLost, heedless, open_descriptors
from mftui.text import visible_lines

_FORMAT = "%(asctime)s %(levelname)s %(message)s"


class _Handler(logging.StreamHandler[TextIO]):
    """Write log lines; one that cannot be written (full disk, removed directory) never stops a training."""

    def format(self, record: logging.LogRecord) -> str:
        return visible_lines(super().format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        pass


@contextmanager
def logged_to(path: Path) -> Iterator[None]:
    """Append what the `mftui` loggers say to the file at `path`. Raises RunError."""
    logger = logging.getLogger("mftui")
    file = os.fdopen(_appending(path), "a", encoding="utf-8", errors="backslashreplace")
    handler = _Handler(file)
    handler.setFormatter(logging.Formatter(_FORMAT, "%Y-%m-%d %H:%M:%S"))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
        handler.close()
        with contextlib.suppress(OSError):
            file.close()


def send_output_to(path: Path) -> None:
    """Make file descriptors 1 and 2 of this process append to the file at `path`, for good."""
    descriptor = _appending(path)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


@contextmanager
def output_in(path: Path) -> Iterator[TextIO]:
    """Make descriptors 1 and 2 append to the file at `path` meanwhile; yield the real standard error to draw on.

    Works on descriptors, since TensorFlow's C++ half knows no `sys.stderr`.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    descriptor = _appending(path)
    kept = os.dup(1), os.dup(2)
    encoding = sys.stderr.encoding or "utf-8"
    screen = heedless(os.dup(2), encoding)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    try:
        yield screen
    finally:
        for number, descriptor in enumerate(kept, 1):
            with contextlib.suppress(OSError, ValueError, OutputLost):
                (sys.stdout, sys.stderr)[number - 1].flush()
            os.dup2(descriptor, number)
            os.close(descriptor)
        with contextlib.suppress(OSError):
            screen.close()


@contextmanager
def library_output_in(path: Path | None) -> Iterator[None]:
    """Let what libraries write to descriptor 2 go to the file at `path` (None: nowhere), but not `sys.stderr`."""
    open_descriptors()
    kept, before = os.dup(2), sys.stderr
    with contextlib.suppress(OSError, ValueError, AttributeError):
        before.flush()
        if before.fileno() == 2:
            sys.stderr = heedless(os.dup(2), before.encoding)
    descriptor = os.open(os.devnull, os.O_WRONLY) if path is None else _appending(path)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        if sys.stderr is not before:
            sys.stderr.close()
            sys.stderr = before


@contextmanager
def without_keras_file() -> Iterator[None]:
    """Keep Keras, as it is imported, from writing its default settings into the home directory."""
    if "KERAS_HOME" in os.environ or Path("~/.keras").expanduser().exists():
        yield
        return
    os.environ["KERAS_HOME"] = os.devnull
    try:
        yield
    finally:
        del os.environ["KERAS_HOME"]


@contextmanager
def without_wrappers() -> Iterator[None]:
    """Keep TensorFlow and Keras, as they are imported, from importing what their adapters are for.

    That takes more than a second, and, where JAX is installed, 180 MB.
    """
    left_out = [name for name in ("jax", "pandas", "scipy", "sklearn") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]  # None: not to be found
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]


def quiet_tensorflow() -> None:
    """Set what TensorFlow reads when it is imported, so that it prints only errors."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def _appending(path: Path) -> int:
    try:
        return change_own(path, append=True)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror}).", hint="Remove it.") from error
