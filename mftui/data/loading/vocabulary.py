"""Turn raw ids into indices: one vocabulary over all files, by lookup table instead of Python loops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids
from mftui.data.readers.columns import RawIds, let_go
from mftui.data.storage.string_column import StringColumn

# A table over the whole range of ids is worth its memory up to this many entries, or four a rating.
_SMALL_RANGE = 1 << 22


def vocabulary(parts: list[RawIds], what: str) -> tuple[Ids, NDArray[np.int32]]:
    """Return `(ids, indices (n,))` of the raw ids in `parts`, one after another; `what`: "user" or "movie".

    The chunks in `parts` are released on the way, so that nothing is held twice.
    """
    if all(part.numbers is not None for part in parts):
        return _of_numbers([chunk for part in parts for chunk in part.numbers or ()], parts, what)
    return _of_strings(parts, what)


def _of_numbers(chunks: list[NDArray[Any]], parts: list[RawIds], what: str) -> tuple[Ids, NDArray[np.int32]]:
    for part in parts:
        part.numbers = []
    chunks = [chunk for chunk in chunks if len(chunk)]
    n = sum(map(len, chunks))
    lo = min((int(chunk.min()) for chunk in chunks), default=0)
    hi = max((int(chunk.max()) for chunk in chunks), default=-1)
    indices = np.empty(n, dtype=np.int32)
    span = hi - lo + 1
    if span <= max(_SMALL_RANGE, 4 * n):
        seen = np.zeros(span, dtype=bool)
        for chunk in chunks:
            seen[_offsets(chunk, lo)] = True
        values = np.flatnonzero(seen) + lo
        table = np.cumsum(seen, dtype=np.int32)
        table -= 1
    else:
        values = np.unique(np.concatenate([np.unique(chunk).astype(np.int64) for chunk in chunks]))
        table = None
    for place, chunk in let_go(chunks):
        here = indices[place]
        if table is None:
            here[:] = np.searchsorted(values, chunk)
        else:
            # "clip" lets go of the interpreter's lock; no index is out of bounds.
            np.take(table, _offsets(chunk, lo), out=here, mode="clip")
    return Ids(values.astype(np.int64), what), indices


def _offsets(chunk: NDArray[Any], lo: int) -> NDArray[Any]:
    return chunk if lo == 0 else chunk - chunk.dtype.type(lo)


def _of_strings(parts: list[RawIds], what: str) -> tuple[Ids, NDArray[np.int32]]:
    coded = [_as_strings(part) for part in parts]
    known = sorted({text for _, strings in coded for text in strings})
    place = {text: i for i, text in enumerate(known)}
    indices = [np.array([place[text] for text in strings], dtype=np.int32)[codes] for codes, strings in coded]
    return Ids(StringColumn.of(known), what), np.concatenate(indices)


def _as_strings(part: RawIds) -> tuple[NDArray[np.int32], list[str]]:
    if part.numbers is None:
        assert part.codes is not None and part.strings is not None
        return part.codes, part.strings
    values, codes = np.unique(np.concatenate(part.numbers or [np.zeros(0, np.int64)]), return_inverse=True)
    return codes.astype(np.int32), [str(value) for value in values.tolist()]
