"""Exponential smoothing of points that grow."""

from __future__ import annotations

from mftui.tui.charts.points import Points


class Smoothed:
    """`source`, each value mixed with those before it: strength 0.9 gives them nine tenths of the weight.

    The weights of the first points are corrected so that they sum to one (as in Adam), or the curve would
    begin near zero.
    """

    def __init__(self, source: Points, strength: float) -> None:
        self._source, self.strength = source, strength
        self._start()

    def _start(self) -> None:
        self._points = Points()
        self._cuts = self._source.cuts
        self._sum = self._weight = 0.0
        self._taken = 0

    def points(self) -> Points:
        """All of the source, smoothed; only what is new is computed."""
        if self._source.cuts != self._cuts:
            self._start()
        for x, y in self._source.since(self._taken):
            self._sum = self.strength * self._sum + (1 - self.strength) * y
            self._weight = self.strength * self._weight + (1 - self.strength)
            self._points.add(x, self._sum / self._weight)
        self._taken = len(self._source)
        return self._points
