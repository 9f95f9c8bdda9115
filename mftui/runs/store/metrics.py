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
_THINNED_BLOCK = 2**23
_FROM_BYTES = 2**24
"""Of so much at once, a reader that thins leaves lines out."""
_KEPT = 4_000
"""About how many lines are kept then, and at most four times as many: more than any screen has columns."""
_DRAWN = ("train_rmse", "valid_rmse", "train_loss")
_NUMBERS = {
    *_DRAWN, "step", "epoch", "seconds", "learning_rate", "ratings_per_second", "draw_valid_rmse", "r_hat",
}  # fmt: skip
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

    `thinned`: of many lines at once only those are returned that show the curve: evenly spread ones, the lowest and the
    highest between them, and the best validation; of a block with a damaged line, evenly spread ones alone.
    `restarted` is True after a `poll` that found the file cut back or replaced (a resumed run): what that poll returned
    is then the whole file again. `skipped` counts lines that were no JSON object.
    """

    def __init__(self, path: Path, *, thinned: bool = False) -> None:
        self.path = path
        self._thinned = thinned
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
                left = os.fstat(file.fileno()).st_size - self._offset
                kept = -(-_KEPT * _THINNED_BLOCK // left) if self._thinned and left > _FROM_BYTES else None
                return list(self._new_lines(file, kept))
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

    def _new_lines(self, file: IO[bytes], kept: int | None) -> Iterator[dict[str, Any]]:
        """Yield the complete lines from here on, of each block about as many as are `kept`; of one that never ends, no
        more is held than of a long one."""
        begun, dropped = b"", 0
        while block := file.read(_BLOCK if kept is None else _THINNED_BLOCK):
            new = begun + block
            end = new.rfind(b"\n") + 1
            if end:
                self._offset += dropped + end
                whole = memoryview(new)[:end]
                self._before = bytes(whole[-_KNOWN_AGAIN:])
                lines = new.split(b"\n")[:-1] if kept is None or dropped else _telling(whole, kept)
                for line in lines:
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


def best_validation(path: Path) -> float | None:
    """Return the lowest validation RMSE of all complete lines; None where there is none."""
    try:
        with open_own(path, METRICS_BYTES) as file:
            found = (line.get("valid_rmse") for line in MetricsTail(path)._new_lines(file, None))
            return min((rmse for rmse in found if isinstance(rmse, float | int)), default=None)
    except OSError:
        return None


def _telling(block: memoryview, kept: int) -> list[bytes]:
    """Return those of the lines of a block that show the curve: at most about four times `kept`."""
    import numpy as np

    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    n = len(ends)
    if n <= kept:
        return bytes(block).split(b"\n")[:-1]
    starts = np.linspace(0, n, kept, endpoint=False).astype(np.int64)
    chosen = [starts, np.array([n - 1])]
    for values in _drawn(block, n):
        for fill, pick in ((np.inf, np.minimum), (-np.inf, np.maximum)):
            filled = np.where(np.isfinite(values), values, fill)
            extreme = pick.reduceat(filled, starts)
            at = np.flatnonzero(filled == np.repeat(extreme, np.diff(starts, append=n)))
            stretch, first = np.unique(np.searchsorted(starts, at, side="right"), return_index=True)
            chosen.append(at[first][np.isfinite(extreme[stretch - 1])])
    places = np.unique(np.concatenate(chosen))
    begins = np.concatenate([[0], ends[:-1] + 1])
    return [bytes(block[begins[at] : ends[at]]) for at in places]


def _drawn(block: memoryview, n_lines: int) -> list[Any]:
    """Return (n_lines,) the values of each of _DRAWN in a block, NaN where there is none; nothing where a line of it is
    no object of numbers."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import json as arrow_json

    from mftui.data.readers.columns import chunks_of

    schema = pa.schema([(name, pa.float64()) for name in _DRAWN])
    parse = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    try:
        table = arrow_json.read_json(pa.BufferReader(pa.py_buffer(block)), parse_options=parse)
    except pa.ArrowInvalid:
        return []
    if table.num_rows != n_lines:  # empty lines are none
        return []
    nan = pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(np.array([np.nan]))])[0]  # `scalar`: pandas
    return [np.concatenate(chunks_of(pc.fill_null(table.column(name), nan))) for name in _DRAWN]


def _parse(line: bytes) -> dict[str, Any] | None:
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        document = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return {name: value if _fits(name, value) else None for name, value in document.items()}


def _fits(name: str, value: Any) -> bool:
    """Return whether a value of a line has its type: a number that fits, or, of what is no number, a word."""
    if isinstance(value, str):
        return name not in _NUMBERS
    return isinstance(value, int | float) and not isinstance(value, bool) and in_range(value) is not None


def _plain(value: Any) -> Any:
    """Return null for NaN and infinity, which JSON cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
