"""Writing `metrics.jsonl`: whole lines, flushed, kept back while the disk is full, cut back on resuming."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class MetricsWriter:
    """Appends one JSON object a line.

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
        """Write one line. Raises OSError where it could not; the line is then tried again with the next."""
        line = json.dumps({name: _plain(value) for name, value in metrics.items()})
        self._waiting.append(line.encode() + b"\n")
        self.flush()

    def flush(self) -> None:
        """Write what waits; raises OSError where that fails."""
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
        """Write what waits and wait for the disk; returns the offset that a checkpoint may refer to."""
        self.flush()
        os.fsync(self._descriptor)
        return self.offset

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _plain(value: Any) -> Any:
    """NaN and infinity are no JSON: null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
