"""The app's log: one file below the home directory, rotated; and the last events, kept in memory for a crash report."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import deque
from itertools import pairwise
from pathlib import Path

from mftui import paths
from mftui.data.storage.regular import change_own, make_own
from mftui.data.storage.writing import replace_own
from mftui.text import visible_lines
from mftui.version import __version__

MAX_BYTES = 1_000_000
MAX_OLD_FILES = 3
"""Older files beside the log: `mftui.log.1` is the newest of them."""
_FORMAT = logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
_events: deque[str] = deque(maxlen=50)


def start_log(*, debug: bool = False) -> None:
    """Start to log the messages of mftui (with `debug`, more of them) and the warnings of libraries."""
    root = logging.getLogger()
    if not any(isinstance(handler, _AppLog) for handler in root.handlers):
        root.addHandler(_AppLog(paths.log_file()))
    logger = logging.getLogger("mftui")
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.info("mftui %s begins%s", __version__, " (debug)" if debug else "")


def last_events() -> list[str]:
    """Return the last lines that were logged, the oldest first."""
    return list(_events)


class _AppLog(logging.Handler):
    """Opens the file for each line: several apps share it, and it may be rotated or removed meanwhile.

    A log that cannot be written never stops anything, nor says so on a screen that is drawn on.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.setFormatter(_FORMAT)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001  # arguments that do not fit their message
            text = f"(cannot be shown: {record.name}, line {record.lineno})"
        lines = visible_lines(text).split("\n")
        _events.extend(lines)
        with contextlib.suppress(OSError):
            make_own(self._path.parent)
            if self._path.exists() and self._path.stat().st_size > MAX_BYTES:
                self._rotate()
            descriptor = change_own(self._path, append=True)
            with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write("\n".join(lines) + "\n")

    def _rotate(self) -> None:
        files = [self._path, *(self._path.with_name(f"{self._path.name}.{n}") for n in range(1, MAX_OLD_FILES + 1))]
        for newer, older in reversed(list(pairwise(files))):
            with contextlib.suppress(FileNotFoundError):
                replace_own(newer, older)
