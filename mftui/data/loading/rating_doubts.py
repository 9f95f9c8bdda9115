"""Doubt the ratings themselves: their range, values apart from all others, and a few that are absurd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.data.ids import Ids
from mftui.data.loading.repair import distinct_of
from mftui.data.reading.options import ReadOptions
from mftui.data.reading.reading import Reading, date_of
from mftui.errors import DoubtError
from mftui.text import visible

_FEW_ROWS = 20
_MANY_ROWS = 50
_MAX_SCALE = 150
"""Distinct whole ratings that a scale may have: 0 to 100 has 101."""
_MIN_RANGE = 100
_MANY_GRADES = 10
_YEARS = (1900, 2100)
_TIMES = (250_000_000, 4_200_000_000)  # 1977 to 2103, in seconds
_FREQUENT = 0.01
_SENTINELS = frozenset(
    {-9999.0, -999.0, -99.0, -1.0, 0.0, 9.0, 99.0, 127.0, 128.0, 255.0, 998.0, 999.0, 9999.0, 65535.0}
)
_ACCEPT = "the data is right as it is"


@dataclass
class Seen:
    """What was read, before repeated pairs are left out."""

    ratings: Ratings
    user_ids: Ids
    movie_ids: Ids
    how: ReadOptions
    reading: Reading
    path: str

    @cached_property
    def distinct(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the different ratings, ascending, and how many there are of each."""
        return distinct_of(self.ratings.values)

    def __len__(self) -> int:
        return len(self.ratings)

    def name(self, role: str) -> str:
        """Return how the column of a role is called, for a message."""
        use = self.reading.columns.get(role)
        if use is None:
            return f"the {role} column"
        return f"the column {visible(use.name[:30])}" if use.name else f"column {use.position}"

    def said(self, role: str) -> bool:
        """Return whether the user has said which column this is."""
        use = self.reading.columns.get(role)
        return use is not None and use.by in ("given", "form")

    def doubt(self, name: str, message: str, *options: tuple[str, str]) -> DoubtError:
        """Return a doubt with what settles it."""
        accept = (f"--accept {name}", _ACCEPT)
        return DoubtError(name, message, [*options, accept], path=self.path)


def no_ratings(seen: Seen) -> DoubtError | None:
    """Doubt ratings with the range of times, of ids or of counts."""
    values, counts = seen.distinct
    n, span = len(seen), float(values[-1] - values[0])
    whole = bool((values == np.rint(values)).all())
    low, high = float(values[0]), float(values[-1])
    if seen.how.counts or n < 5:
        return None
    other = ("--columns user=…,movie=…,rating=…", "name the columns, or give their positions")
    of_counts = ("--counts", "how often: counts are turned into grades from 1 on")
    what = f"the ratings ({seen.name('rating')}) go from {_shown(low)} to {_shown(high)}"
    if whole and span > 0 and n >= _FEW_ROWS and _YEARS[0] <= low and high <= _YEARS[1]:
        years = f"the ratings ({seen.name('rating')}) go from {low:.0f} to {high:.0f}: years?"
        return None if seen.how.accepts("times") else seen.doubt("times", years, other)
    middle = _median(values, counts)
    if span <= _MIN_RANGE:
        if not (whole and n >= _MANY_ROWS and span > _MANY_GRADES and _counted(low, high, middle, values, counts)):
            return None
        if outliers(seen) is not None:
            return None
        message = f"{what} in whole numbers, half of them up to {middle:g}, few above: counts, not ratings?"
        return None if seen.how.accepts("counts") else seen.doubt("counts", message, of_counts, other)
    for unit in (1, 1000, 10**6):
        if whole and _TIMES[0] * unit <= low and high <= _TIMES[1] * unit and len(values) > 1:
            dates = f"{date_of(int(low / unit))} to {date_of(int(high / unit))}"
            return None if seen.how.accepts("times") else seen.doubt("times", f"{what}: times, {dates}?", other)
    if n < _FEW_ROWS:
        return None
    skewed = low >= 0 and middle - low <= (high - low) / 10
    if not whole:
        heavy = low >= 0 and span > _MIN_RANGE and middle <= high / 20 and len(values) > _FEW_ROWS
        return (
            None
            if not heavy or seen.how.accepts("counts")
            else seen.doubt("counts", f"{what}, half of them below {middle:g}: amounts, not ratings?", of_counts, other)
        )
    if high - low >= 2.0**53:
        return None  # an outlier
    step = float(np.gcd.reduce(np.diff(values).astype(np.int64)))
    filled = len(values) / (span / step + 1)
    far = low > _MIN_RANGE  # no scale begins there
    dense = len(values) <= _MAX_SCALE and filled >= 0.2 and not (skewed and span > _MAX_SCALE)
    if not far and (len(values) < 15 or dense):
        return None
    if skewed:
        message = f"{what} in whole numbers, half of them up to {middle:g}: counts, not ratings?"
        return None if seen.how.accepts("counts") else seen.doubt("counts", message, of_counts, other)
    return seen.doubt("ids", f"{what}, {len(values):,} different whole numbers: ids, not ratings?", other, of_counts)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) and abs(value) < 2.0**53 else f"{value:.6g}"


def _counted(low: float, high: float, middle: float, values: NDArray[np.float64], counts: NDArray[np.int64]) -> bool:
    """Return whether whole numbers are spread as counts are: most of them few, and hardly one in the upper half."""
    tail = int(counts[values > (low + high) / 2].sum())
    return low in (0, 1) and middle - low <= 0.15 * (high - low) and tail <= 0.05 * int(counts.sum())


def _median(values: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    return float(values[np.searchsorted(np.cumsum(counts), counts.sum() / 2)])


def _ends(seen: Seen, fewest: int) -> Iterator[tuple[float, int, NDArray[np.float64], NDArray[np.int64]]]:
    """Yield the lowest and the highest rating, how many there are of it, and the same of all others.

    Nothing where there are too few to tell, or where all are said to be ratings.
    """
    values, counts = seen.distinct
    if counts.sum() < fewest or len(values) < 4 or seen.how.keeps_all:
        return
    yield float(values[0]), int(counts[0]), values[1:], counts[1:]
    yield float(values[-1]), int(counts[-1]), values[:-1], counts[:-1]


def apart(seen: Seen) -> DoubtError | None:
    """Doubt a frequent value beyond the scale of all others, or just below it where it is by far too frequent."""
    n = int(seen.distinct[1].sum())
    for value, count, rest, others in _ends(seen, _MANY_ROWS):
        if count < max(5, _FREQUENT * n) or not _stands_apart(value, count, rest, others):
            continue
        left_out = (f"--missing={value:g}", "it means not rated: leave these rows out")
        message = (
            f"the rating {value:g} is on {count:,} of {n:,} rows ({100 * count / n:.0f} %), apart from "
            f"{rest[0]:g} to {rest[-1]:g}: does it mean not rated?"
        )
        return DoubtError("missing", message, [left_out, ("--missing none", "it is a rating")], path=seen.path)
    return None


def _stands_apart(value: float, count: int, rest: NDArray[np.float64], others: NDArray[np.int64]) -> bool:
    edge = rest[0] if value < rest[0] else rest[-1]
    gap, span = abs(value - float(edge)), float(rest[-1] - rest[0])
    steps = np.diff(rest)
    near = int(others[0] if value < rest[0] else others[-1])
    step = float(np.median(steps))
    total = count + int(others.sum())
    if value < 0 <= rest[0] and len(rest) >= 3:
        return True
    if 0 < value < rest[0]:
        return False  # the lowest grade, and some between are given by nobody
    if len(rest) > 100 and gap > 20 * step:  # so many have no steps to compare with
        return gap > (0.2 if value in _SENTINELS else 0.5) * span
    far = gap >= 1.9 * float(steps.max()) and (value in _SENTINELS or gap > 0.5 * span)
    if far and (value != 0 or (count >= 0.02 * total and gap > 0.15 * span)):
        return True
    if value != 0 or count < 30:
        return False
    if len(rest) > _MANY_GRADES:
        return count >= max(0.3 * total, 5 * int(others.max()))
    return abs(gap - step) < 0.6 * step + 0.5 and count >= 3 * near


def outliers(seen: Seen) -> DoubtError | None:
    """Doubt a rare value that is absurdly far from all others."""
    n = int(seen.distinct[1].sum())
    for value, count, rest, _ in _ends(seen, _FEW_ROWS):
        span, gap = float(rest[-1] - rest[0]), max(float(rest[0]) - value, value - float(rest[-1]))
        scale = span if len(rest) <= _MAX_SCALE else 10 * span
        if gap <= 5 * scale or count >= _FREQUENT * n:
            continue
        row = int(np.flatnonzero(seen.ratings.values == np.float32(value))[0])
        line = seen.reading.header_line + row + 1
        place = f"line {line}" if seen.reading.form == "text" and not seen.reading.left_out else f"row {row + 1}"
        message = f"{place}: the rating {value:g} is far beyond all others ({rest[0]:g} to {rest[-1]:g})."
        shown = str(np.float32(value)).removesuffix(".0")
        options = [(f"--missing={shown}", "leave it out"), ("--missing none", "it is a rating")]
        return DoubtError("outliers", message, [("(correct it)", "in the file"), *options], path=seen.path)
    return None
