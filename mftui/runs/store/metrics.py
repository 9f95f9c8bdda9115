"""`metrics.jsonl`: whole lines, appended by the trainer and followed by readers while it is written."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any, Self

MAX_LINE_BYTES = 2**20


class MetricsWriter:
    """Append one JSON object a line.

    A line that cannot be written is kept in memory and written later; the file never holds part of a
    line for longer than a write takes.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        """Open `path` and cut it back to its first `offset` bytes."""
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self.offset = min(offset, os.fstat(self._descriptor).st_size)
        """Bytes of whole lines in the file."""
        self._waiting: list[bytes] = []
        os.ftruncate(self._descriptor, self.offset)

    def append(self, metrics: dict[str, Any]) -> None:
        """Write one line. Raises OSError if that fails; the line is then written with the next."""
        line = json.dumps({name: _plain(value) for name, value in metrics.items()})
        self._waiting.append(line.encode() + b"\n")
        self.flush()

    def flush(self) -> None:
        """Write what waits. Raises OSError."""
        if not self._waiting:
            return
        block = b"".join(self._waiting)
        try:
            written = os.pwrite(self._descriptor, block, self.offset)
            if written != len(block):
                written += os.pwrite(self._descriptor, block[written:], self.offset + written)
        except OSError:
            os.ftruncate(self._descriptor, self.offset)
            raise
        self.offset += written
        self._waiting.clear()

    def sync(self) -> int:
        """Write what waits and wait for the disk; return the offset that a checkpoint may refer to."""
        self.flush()
        os.fsync(self._descriptor)
        return self.offset

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class MetricsTail:
    """Read the complete lines that have come since the last `poll`.

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
        """Return new complete lines, oldest first; none if there is nothing new or no file."""
        self.restarted = False
        try:
            with self.path.open("rb") as file:
                if not self._still_there(file.fileno()):
                    self._start_over()
                file.seek(self._offset)
                return self._parse_lines(file.read())
        except OSError:
            if self._offset:
                self._start_over()
            return []

    def _still_there(self, descriptor: int) -> bool:
        """Return whether the last line read is still at its place in the file."""
        at = self._offset - len(self._last_line)
        return os.pread(descriptor, len(self._last_line), at) == self._last_line

    def _start_over(self) -> None:
        self.restarted = True
        self.skipped = 0
        self._offset = 0
        self._last_line = b""

    def _parse_lines(self, new: bytes) -> list[dict[str, Any]]:
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


def _plain(value: Any) -> Any:
    """Return null for NaN and infinity, which JSON cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
