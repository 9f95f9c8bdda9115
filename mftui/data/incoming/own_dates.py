"""Dates as exports write them, read by the column: seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mftui.data.readers.times import seconds_of

_SHORTEST_TIME = 10**8
"""Seconds, in 1973: what is less is no date of a rating."""
_ZONE = re.compile(r"\s+(UTC|GMT)$")
_LEFT_OUT = "timestamps left out, as "


def read_dates(texts: Sequence[str]) -> tuple[list[int], str, str]:
    """Return `(seconds since 1970, how they are written, why not)`.

    0 stands for a blank; all are 0, and it is told why, where they are not of one form, or could be of two.
    """
    import pyarrow as pa

    none = [0] * len(texts)
    given = [_ZONE.sub("", text) for text in texts if text]
    if not given:
        return none, "", ""
    times = seconds_of(pa.chunked_array([pa.array(given, pa.string())]))
    if times.chunks is None:
        return none, "", times.note.removeprefix(_LEFT_OUT)
    seconds = [int(moment) for chunk in times.chunks for moment in chunk.tolist()]
    if times.form == "years" or min(seconds) < _SHORTEST_TIME:
        return none, "", "these are no dates"
    moments = iter(seconds)
    return [next(moments) if text else 0 for text in texts], times.form, ""
