"""Axes that grow in steps: between two steps a new point changes only the cells it touches."""

from __future__ import annotations

import math
from typing import NamedTuple

_FIRST_X = 32
_TOP_POWER = 307
_DIGITS = 6
"""Behind the point; what needs more is written with a power of ten."""
WIDE = 0.7
"""An axis of logarithms that spans less has ticks as a plain one."""


class Range(NamedTuple):
    """An interval of an axis, lo < hi."""

    lo: float
    hi: float

    @property
    def span(self) -> float:
        return self.hi - self.lo

    def share(self, value: float) -> float:
        """Return where `value` lies, 0 at lo and 1 at hi."""
        return (value - self.lo) / self.span


def x_range(last: float, total: float | None = None, first: float = 0.0, unit: float = 1.0) -> Range:
    """Return a range from `first` on, over `unit` times a power of two that holds `last`; but not beyond `total`."""
    span = _FIRST_X * unit
    while first + span < last:
        span *= 2
    return Range(first, max(min(first + span, total), last, first + unit) if total else first + span)


def y_range(lo: float, hi: float, before: Range | None = None) -> Range:
    """Round limits around lo and hi. `before` stays while it holds them and is not too wide by far."""
    if before and before.lo <= lo and hi <= before.hi and hi - lo >= 0.25 * before.span:
        return before
    span = hi - lo
    if span <= 1e-9 * max(abs(lo), abs(hi), 1e-9):
        span = max(abs(hi) * 0.1, 1e-3)
        lo, hi = lo - span / 2, hi + span / 2
    step = round_step(span / 8)
    bottom, top = math.floor(lo / step) * step, math.ceil(hi / step) * step
    if before and before.lo <= bottom and top <= before.hi and span >= 0.25 * before.span:
        return before
    return Range(bottom, top)


def round_step(rough: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= rough * (1 - 1e-9)), 10 * power)


def ticks(axis: Range, most: int) -> list[float]:
    """Up to about `most` round values within `axis`, but two at least."""
    rough, found = axis.span / max(most, 1), list[float]()
    while len(found) < 2 and rough > 0:
        step, rough = round_step(rough), rough / 2
        found = [i * step for i in range(math.ceil(axis.lo / step - 1e-9), math.floor(axis.hi / step + 1e-9) + 1)]
    return found


def log_ticks(axis: Range, most: int) -> list[float]:
    """Return ticks, as `ticks` does, for an axis of logarithms to base 10; as the values themselves."""
    bottom, top = max(axis.lo, -_TOP_POWER), min(axis.hi, _TOP_POWER)
    lo, hi = 10**bottom, 10**top
    if axis.span < WIDE:
        return ticks(Range(lo, hi), most)
    powers = range(math.floor(bottom), math.ceil(top) + 1)
    fine, coarse = (
        [f * 10.0**p for p in powers for f in factors if lo <= f * 10.0**p * (1 + 1e-9) and f * 10.0**p <= hi]
        for factors in ((1, 2, 5), (1,))
    )
    found = fine if len(fine) <= most + 1 or len(coarse) < 2 else coarse
    return found[:: math.ceil(len(found) / (most + 1))]


def number(value: float, step: float) -> str:
    """`value` with as many digits as a step needs: 0.85, 1.2, 5k, 2M."""
    if step >= 1:
        for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            digits = max(0, -math.floor(math.log10(step / size) + 1e-9))
            if abs(value) >= size and digits <= 2:
                text = f"{value / size:.{digits}f}"
                return (text.rstrip("0").rstrip(".") if digits else text) + sign
        return f"{value:.0f}"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if digits <= _DIGITS or not value:
        return f"{value:.{min(digits, _DIGITS)}f}"
    return f"{value:.{max(1, digits + 1 + math.floor(math.log10(abs(value)) + 1e-9))}g}"
