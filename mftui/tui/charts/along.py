"""What the x axis of the charts counts: steps, epochs, or the time spent learning."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mftui.tui.charts.points import Points

STEP, EPOCH, TIME = "step", "epoch", "time"
X_AXES = (STEP, EPOCH, TIME)
_MANY_S, _MANY_MIN = 600.0, 180.0
"""From so many on, the next larger unit of time is easier to read."""


class XAxis(NamedTuple):
    """How the steps of a training are written as x."""

    counts: str = STEP
    """One of X_AXES."""
    label: str = "step"
    per: float = 1.0
    """How much of what the metrics count makes one of its units."""
    unit: float = 1.0
    """About what lies between two points."""
    form: Callable[[float], str] = "{:,.0f}".format
    """How an x is written where values are read off."""


def x_axis(counts: str, seconds: float) -> XAxis:
    """Return the axis that counts steps, epochs or time, for curves whose last point is `seconds` from their first."""
    if counts == EPOCH:
        return XAxis(EPOCH, "epoch", unit=1 / 32, form="{:,.2f}".format)
    if counts != TIME:
        return XAxis()
    if seconds <= _MANY_S:
        return XAxis(TIME, "seconds", unit=1 / 32, form="{:.1f}".format)
    if seconds <= _MANY_MIN * 60:
        return XAxis(TIME, "minutes", per=60, unit=1 / 32, form="{:.1f}".format)
    return XAxis(TIME, "hours", per=3600, unit=1 / 32, form="{:.2f}".format)


class Along:
    """The points of `source`, each step replaced by what `scale`, which has a point for it, says of it, over `per`."""

    def __init__(self, source: Points, scale: Points, per: float) -> None:
        self._source, self._scale, self._per = source, scale, per
        self._start()

    def _start(self) -> None:
        self._points = Points()
        self._cuts = self._source.cuts, self._scale.cuts
        self._taken = 0

    def points(self) -> Points:
        """Return all of the source; only what is new is computed."""
        if self._cuts != (self._source.cuts, self._scale.cuts):
            self._start()
        for step, y in self._source.since(self._taken):
            if (at := self._scale.before(step)) is not None:
                self._points.add(at[1] / self._per, y)
        self._taken = len(self._source)
        return self._points
