"""Timestamps of any usual kind to seconds since 1970."""

from __future__ import annotations

from typing import Any

import numpy as np

from mftui.data.readers.columns import Chunks, chunks_of

# Seconds stay below 1e11 until the year 5138; above, the unit is a finer one.
_SECONDS_BELOW = 10**11
_BEYOND = 2.0**63


def seconds_of(column: Any) -> tuple[Chunks | None, str]:
    """Return `(seconds since 1970 in chunks, a note on them)` of an Arrow column of numbers, dates or strings.

    Timestamps are optional: where one cannot be read, none is used, and the note says why.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = _parsed(pc.utf8_trim_whitespace(column))
        if column is None:
            return None, "timestamps left out, as not all of them are numbers or dates"
    if column.null_count:
        return None, f"timestamps left out, as {column.null_count:,} are missing"
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None, f"timestamps left out, as their type is {column.type}"
    chunks = [values for values in chunks_of(column) if len(values)]
    for values in chunks:
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            return None, "timestamps left out, as not all of them are finite"
        if values.dtype.kind == "f" and (np.abs(values) >= _BEYOND).any():
            return None, "timestamps left out, as some are beyond any date"
    return _unit(chunks)


def _unit(chunks: Chunks) -> tuple[Chunks, str]:
    top = max((int(values.max()) for values in chunks), default=0)
    for unit, factor in (("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9)):
        if _SECONDS_BELOW * factor // 10**3 <= top < _SECONDS_BELOW * factor:
            return [values.astype(np.int64) // factor for values in chunks], f"timestamps taken as {unit}"
    return chunks, ""


def _parsed(texts: Any) -> Any:
    import pyarrow as pa

    for kind in (pa.float64(), pa.timestamp("s"), pa.timestamp("us")):
        try:
            return texts.cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    return None
