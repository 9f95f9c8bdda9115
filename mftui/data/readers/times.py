"""Timestamps of any usual kind to seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mftui.data.readers.columns import Chunks, chunks_of
from mftui.data.reading.reading import Reading

# Seconds stay below 1e11 until the year 5138; above, the unit is a finer one.
_SECONDS_BELOW = 10**11
_BEYOND = 2.0**63
_EARLIEST_SECONDS = 10**8  # 1973
_FINER = (("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9))
_DAY = 86_400
_SHEET_EPOCH = -2_209_161_600  # 1899-12-30, from which spreadsheets count days
_SHEET_DAYS = (18_000, 75_000)  # 1949 to 2105
_NUMBERED = (("YYYYMMDD", 8, "%Y%m%d"), ("YYYYMMDDhhmmss", 14, "%Y%m%d%H%M%S"), ("YYYYMMDDhhmm", 12, "%Y%m%d%H%M"))
# Each form as it is shown, and as strptime has it. Where day and month could both be first, neither is taken.
_WRITTEN = (
    ("year/month/day", "%Y/%m/%d"),
    ("year.month.day", "%Y.%m.%d"),
    ("day.month.year", "%d.%m.%y"),
    ("day.month.year", "%d.%m.%Y"),
    ("day/month/year", "%d/%m/%y"),
    ("day/month/year", "%d/%m/%Y"),
    ("month/day/year", "%m/%d/%y"),
    ("month/day/year", "%m/%d/%Y"),
    ("day-month-year", "%d-%m-%Y"),
    ("month-day-year", "%m-%d-%Y"),
    ("month day, year", "%m %d, %Y"),
    ("day Month year", "%d %b %Y"),
    ("day Month year", "%d %B %Y"),
    ("day-Month-year", "%d-%b-%Y"),
    ("Month day, year", "%b %d, %Y"),
    ("Month day, year", "%B %d, %Y"),
    ("Month day year", "%b %d %Y"),
    ("weekday, day Month year", "%a, %d %b %Y"),
    ("year month day, in Chinese", "%Y年%m月%d日"),
    ("weekday Month day year", "%a %b %d %Y"),
)
_CLOCKS = ("", " %H:%M:%S", " %H:%M", ", %H:%M:%S", ", %H:%M", "T%H:%M:%S")
_SAMPLE = 100
_EARLIEST = -2_208_988_800  # 1900: two digits are no year of the first century
_WITH_CLOCK = (
    ("weekday Month day time year", "%a %b %d %H:%M:%S %Y"),
    ("year-month-day", "%Y-%m-%d %H:%M:%S"),
    ("day/Month/year", "%d/%b/%Y:%H:%M:%S"),
    ("US", "%m/%d/%Y %I:%M:%S %p"),
    ("US", "%m/%d/%Y %I:%M %p"),
)


@dataclass(frozen=True)
class Times:
    """The times of a file."""

    chunks: Chunks | None
    """Seconds since 1970; None where they cannot be read."""
    form: str = ""
    """How they are written."""
    note: str = ""
    """A clause on what was done with them."""


def seconds_of(column: Any) -> Times:
    """Return the times of an Arrow column of numbers, dates or strings.

    Timestamps are optional: where one cannot be read, none is used, and the note says why.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    form = ""
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        parsed = _parsed(pc.utf8_trim_whitespace(column.cast(pa.string())))
        if isinstance(parsed, str):
            return Times(None, note=parsed)
        column, form = parsed
    if column.null_count:
        return Times(None, note=f"timestamps left out, as {column.null_count:,} are missing")
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        form = form or "dates"
        column = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        return Times([values for values in chunks_of(column) if len(values)], form)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return Times(None, note=f"timestamps left out, as their type is {column.type}")
    chunks = [values for values in chunks_of(column) if len(values)]
    for values in chunks:
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            return Times(None, note="timestamps left out, as not all of them are finite")
        if values.dtype.kind == "f" and (np.abs(values) >= _BEYOND).any():
            return Times(None, note="timestamps left out, as some are beyond any date")
    return _unit(chunks)


def times_in(columns: dict[str, Any], reading: Reading, name: str) -> tuple[Chunks | None, Reading, list[str]]:
    """Return `(seconds since 1970 or None, the reading that says so, sentences on what was done)`.

    Parameters
    ----------
    columns: role → Arrow column; "timestamp" is taken out of it, where it is there.
    reading: how the columns were found.
    name: of the file, for the sentences.
    """
    if "timestamp" not in columns:
        return None, reading, []
    times = seconds_of(columns.pop("timestamp"))
    return times.chunks, replace(reading, dates=times.form), [f"{name}: {times.note}."] if times.note else []


def _unit(chunks: Chunks) -> Times:
    low = min((int(values.min()) for values in chunks), default=0)
    top = max((int(values.max()) for values in chunks), default=0)
    if low == 0 and (blank := sum(int((values == 0).sum()) for values in chunks)):
        least = min((int(values[values > 0].min()) for values in chunks if (values > 0).any()), default=0)
        if least > _EARLIEST_SECONDS:
            return Times(None, note=f"timestamps left out, as {blank:,} are missing (0)")
    if chunks and (written := _numbered(chunks, low, top)):
        return written
    for unit, factor in _FINER:
        if _SECONDS_BELOW * factor // 10**3 <= top < _SECONDS_BELOW * factor:
            coarser = _SECONDS_BELOW * factor // 10**3
            if _EARLIEST_SECONDS < low < coarser and _share_below(chunks, coarser) > 0.01:
                return Times(None, note=f"timestamps left out, as some are {unit} and some a coarser unit")
            return Times(
                [values.astype(np.int64) // factor for values in chunks],
                f"{unit} since 1970",
                f"timestamps taken as {unit}",
            )
    return Times(chunks, "seconds since 1970")


def _share_below(chunks: Chunks, bound: int) -> float:
    return sum(int((values < bound).sum()) for values in chunks) / sum(map(len, chunks))


def _numbered(chunks: Chunks, low: int, top: int) -> Times | None:
    """Return dates that are written as one number: 20010122, a year, or the days of a spreadsheet."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = all(values.dtype.kind in "iu" or (values % 1 == 0).all() for values in chunks)
    if _SHEET_DAYS[0] <= low and top <= _SHEET_DAYS[1]:
        days = [np.rint(values.astype(np.float64) * _DAY).astype(np.int64) + _SHEET_EPOCH for values in chunks]
        return Times(days, "days since 1899-12-30, as in spreadsheets")
    if not whole:
        return None
    if low >= 1900 and top <= 2100:
        years = [(values.astype("int64") - 1970).astype("datetime64[Y]") for values in chunks]
        return Times([values.astype("datetime64[s]").astype(np.int64) for values in years], "years")
    for form, digits, pattern in _NUMBERED:
        lead = 10 ** (digits - 4)
        if 1900 * lead <= low and top < 2101 * lead:
            texts = pa.chunked_array([pa.array(values.astype(np.int64)).cast(pa.string()) for values in chunks])
            found = pc.strptime(texts, format=pattern, unit="s", error_is_null=True)
            if not found.null_count:
                return Times(chunks_of(found.cast(pa.int64())), form)
    return None


def _parsed(texts: Any) -> tuple[Any, str] | str:
    """Return (a column of numbers or times, how they are written), or a clause on why there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = int(pc.sum(pc.invert(pc.binary_length(texts).cast(pa.bool_()))).as_py() or 0)  # a text there imports pandas
    if blank:
        return f"timestamps left out, as {blank:,} are missing"
    for kind in (pa.float64(), pa.timestamp("s"), pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            return texts.cast(kind), "" if kind == pa.float64() else "ISO 8601"
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    texts = pc.replace_substring_regex(texts, r"[ ](UTC|GMT|Z|[+]00:?00)( \d{4})?$", r"\2")
    coded = texts.dictionary_encode().unify_dictionaries().combine_chunks()
    coded = coded.chunk(0) if hasattr(coded, "chunks") else coded
    fitting: dict[str, Any] = {}
    for form, day in _WRITTEN:
        for clock in _CLOCKS:
            found = _strptime(coded.dictionary, day + clock)
            if found is not None:
                fitting.setdefault(form, found)
    for form, pattern in _WITH_CLOCK:
        found = _strptime(coded.dictionary, pattern)
        if found is not None:
            fitting.setdefault(form, found)
    if len(fitting) == 1:
        form, found = next(iter(fitting.items()))
        return pa.chunked_array([found.take(coded.indices)]), form
    if fitting:
        return f"timestamps left out, as they could be {' or '.join(fitting)}"
    return "timestamps left out, as not all of them are numbers or dates of one form"


def _strptime(texts: Any, pattern: str) -> Any:
    import pyarrow.compute as pc

    some = texts.slice(0, _SAMPLE)
    if pc.strptime(some, format=pattern, unit="s", error_is_null=True).null_count:
        return None
    found = pc.strptime(texts, format=pattern, unit="s", error_is_null=True)
    if found.null_count or not len(found):
        return None
    return None if pc.min(found.cast("int64")).as_py() < _EARLIEST else found
