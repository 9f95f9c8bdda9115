"""Which part of its curves a chart shows, and how: smoothed, logarithmic, the newest part, a window of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mftui.tui.charts.along import STEP
from mftui.tui.charts.axes import Range, x_range

SMOOTHING = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98)
"""Strengths to choose from: the weight of what came before."""
MIN_SPAN = 4.0
"""Of a part that is zoomed to, in units of the x axis."""


class View(NamedTuple):
    """How curves are looked at; the same for all charts of a training."""

    smooth: float = 0.0
    log: bool = False
    tail: bool = False
    """Only the newest part."""
    window: Range | None = None
    """The part zoomed to, None for all."""
    y: Range | None = None
    """The values zoomed to, None for all; logarithms where `log` is set."""
    x: str = STEP
    """What the x axis counts: one of X_AXES."""
    cursor: float | None = None
    """Where values are read off, None while nowhere."""

    @property
    def words(self) -> tuple[str, ...]:
        """Return what is not as at first, for the chart's title."""
        part = "zoom" if self.window else "tail" if self.tail else ""
        smooth = f"smooth {self.smooth:g}" if self.smooth else ""
        return tuple(word for word in (smooth, "log" if self.log else "", part, "y zoom" if self.y else "") if word)

    def range(self, first: float, last: float, total: float | None, unit: float = 1.0) -> Range:
        """Return the x axis for points from `first` to `last`, about `unit` apart; at `total` all will be done."""
        if self.window:
            return self.window
        return tail_range(first, last, unit) if self.tail else x_range(last, total, first, unit)


def tail_range(first: float, last: float, unit: float = 1.0) -> Range:
    """About the last quarter of the points; it moves on in steps, so that a new point seldom moves it."""
    width = 32.0 * unit
    while width * 4 <= last - first:
        width *= 2
    low = max((last // (width / 2) - 1) * (width / 2), min(first, last - width / 2))
    return Range(low, low + width)


def zoomed(now: Range, by: float, around: float, whole: Range, least: float = MIN_SPAN) -> Range | None:
    """`now`, `by` times as wide (but not below `least`), `around` staying where it is; None once it holds all of
    `whole`."""
    span = max(now.span * by, least)
    if span >= whole.span:
        return None
    low = around - (around - now.lo) / now.span * span
    low = min(max(low, whole.lo), whole.hi - span)
    return Range(low, low + span)


def follow(window: Range, x: float, whole: Range) -> Range:
    """`window` moved so that `x` is in it, by half its width."""
    low = window.lo
    if x < window.lo:
        low = max(whole.lo, x - window.span / 2)
    elif x > window.hi:
        low = min(whole.hi - window.span, x - window.span / 2)
    return window if low == window.lo else Range(low, low + window.span)


def next_of(choices: Sequence[float], now: float) -> float:
    """Return the choice after `now`, around."""
    return choices[(choices.index(now) + 1) % len(choices)] if now in choices else choices[0]
