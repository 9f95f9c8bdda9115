"""`metrics.jsonl`: whole lines, appended by the trainer and followed by readers while it is written."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

from mftui.data.storage.documents import in_range
from mftui.data.storage.regular import METRICS_BYTES, change_own, open_own

MAX_LINE_BYTES = 2**20
_BLOCK = 2**20
_KNOWN_AGAIN = 4096
"""Bytes before the place that was read to, by which a file that was cut back or replaced is told."""


class MetricsWriter:
    """Append one JSON object a line.

    A line that cannot be written is kept in memory and written later; the file never holds part of a
    line for longer than a write takes.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        """Open `path` and cut it back to its first `offset` bytes."""
        self._descriptor = change_own(path)
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
        self._before = b""

    def poll(self) -> list[dict[str, Any]]:
        """Return new complete lines, oldest first; none if there is nothing new or no file."""
        self.restarted = False
        try:
            with open_own(self.path, METRICS_BYTES) as file:
                if not self._still_there(file.fileno()):
                    self._start_over()
                file.seek(self._offset)
                return list(self._new_lines(file))
        except OSError:
            if self._offset:
                self._start_over()
            return []

    def _still_there(self, descriptor: int) -> bool:
        """Return whether the last line read is still at its place in the file."""
        at = self._offset - len(self._before)
        return os.pread(descriptor, len(self._before), at) == self._before

    def _start_over(self) -> None:
        self.restarted = True
        self.skipped = 0
        self._offset = 0
        self._before = b""

    def _new_lines(self, file: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the complete lines from here on; of one that never ends, no more is kept than of a long one."""
        begun, dropped = b"", 0
        while block := file.read(_BLOCK):
            new = begun + block
            end = new.rfind(b"\n") + 1
            if end:
                self._offset += dropped + end
                self._before = new[:end][-_KNOWN_AGAIN:]
                for line in new[:end].split(b"\n")[:-1]:
                    document = None if dropped else _parse(line)
                    dropped = 0
                    if document is None:
                        self.skipped += 1
                    else:
                        yield document
            begun = new[end:]
            if len(begun) > MAX_LINE_BYTES:
                dropped += len(begun)
                begun = b""


def _parse(line: bytes) -> dict[str, Any] | None:
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        document = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return in_range(document) if isinstance(document, dict) else None


def _plain(value: Any) -> Any:
    """Return null for NaN and infinity, which JSON cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
