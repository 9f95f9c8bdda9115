"""Following `metrics.jsonl` while another process appends to it, cuts it back, or dies within a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

MAX_LINE_BYTES = 2**20


class MetricsTail:
    """Gives the complete lines that have come since the last look.

    `restarted` is True after a `poll` that found the file cut back or replaced (a resumed run): what that
    poll returned is then the whole file again. `skipped` counts lines that were no JSON object.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restarted = False
        self.skipped = 0
        self._offset = 0
        self._last_line = b""

    def poll(self) -> list[dict[str, Any]]:
        """New complete lines, oldest first; empty where there is nothing new or no file."""
        self.restarted = False
        try:
            with self.path.open("rb") as file:
                if not self._still_there(file.fileno()):
                    self._start_over()
                file.seek(self._offset)
                return self._take(file.read())
        except OSError:
            if self._offset:
                self._start_over()
            return []

    def _still_there(self, descriptor: int) -> bool:
        """Whether the file still has, where the last line read stood, the same line."""
        at = self._offset - len(self._last_line)
        return os.pread(descriptor, len(self._last_line), at) == self._last_line

    def _start_over(self) -> None:
        self.restarted = True
        self.skipped = 0
        self._offset = 0
        self._last_line = b""

    def _take(self, new: bytes) -> list[dict[str, Any]]:
        end = new.rfind(b"\n") + 1
        if end == 0:
            return []
        lines = new[:end].split(b"\n")[:-1]
        self._offset += end
        self._last_line = lines[-1] + b"\n"
        found = [document for document in map(_parse, lines) if document is not None]
        self.skipped += len(lines) - len(found)
        return found


def _parse(line: bytes) -> dict[str, Any] | None:
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        document = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
