"""Dates as exports write them, read by the column: seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mftui.data.profiles.many_texts import Texts
from mftui.data.readers.times import seconds_of

_SHORTEST_TIME = 10**8
"""Seconds, in 1973: what is less is no date of a rating."""
_ZONE = re.compile(r"\s+(UTC|GMT)$")
_LEFT_OUT = "timestamps left out, as "


def read_dates(texts: Sequence[str]) -> tuple[NDArray[np.int64], str, str]:
    """Return `((n,) seconds since 1970, how they are written, why not)`.

    0 stands for a blank; all are 0, and it is told why, where they are not of one form, or could be of two.
    """
    import pyarrow as pa

    found = np.zeros(len(texts), np.int64)
    column = Texts.of(texts)
    given = column.lengths > 0
    if not given.any():
        return found, "", ""
    times = seconds_of(pa.chunked_array([column.where(given).mapped(lambda text: _ZONE.sub("", text)).array]))
    if times.chunks is None:
        return found, "", times.note.removeprefix(_LEFT_OUT)
    seconds = np.concatenate([chunk.astype(np.int64) for chunk in times.chunks])
    if times.form == "years" or seconds.min() < _SHORTEST_TIME:
        return found, "", "these are no dates"
    found[given] = seconds
    return found, times.form, ""
