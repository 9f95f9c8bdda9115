"""Points that grow while a training runs, thinned to what a chart can show."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right

_MOST = 100_000
"""So many points are kept, far more than a chart has columns; of more, about the half."""


class Points:
    """A growing series of (x, y), x ascending. What is not finite is left out and counted."""

    def __init__(self) -> None:
        self._xs = array("d")
        self._ys = array("d")
        self._lo, self._hi = math.inf, -math.inf
        self.dropped = 0
        """Values that were not numbers or not finite."""
        self.cuts = 0
        """How often points were taken back, or thinned."""

    def __len__(self) -> int:
        return len(self._xs)

    @property
    def last(self) -> tuple[float, float] | None:
        """Return the newest point."""
        return (self._xs[-1], self._ys[-1]) if self._xs else None

    @property
    def first(self) -> tuple[float, float] | None:
        """Return the oldest point."""
        return (self._xs[0], self._ys[0]) if self._xs else None

    def since(self, n: int) -> list[tuple[float, float]]:
        """Return all points but the first `n`."""
        return list(zip(self._xs[n:], self._ys[n:], strict=True))

    def before(self, x: float) -> tuple[float, float] | None:
        """Return the last point that is not beyond `x`."""
        at = bisect_right(self._xs, x) - 1
        return (self._xs[at], self._ys[at]) if at >= 0 else None

    def step_from(self, x: float, by: int, least: float) -> float | None:
        """Return the x of a point at least `least` further on (by > 0) or back; else of the last or first point."""
        if not self._xs:
            return None
        at = bisect_left(self._xs, x + least) if by > 0 else bisect_right(self._xs, x - least) - 1
        return self._xs[min(max(at, 0), len(self._xs) - 1)]

    def add(self, x: float, y: float | None) -> None:
        """Append one point; None is no point. An x that is not beyond the last one takes the place of
        all from there on: a resumed training repeats the steps after its checkpoint."""
        if y is None:
            return
        if not (math.isfinite(x) and math.isfinite(y)):
            self.dropped += 1
            return
        if self._xs and x <= self._xs[-1]:
            cut = bisect_left(self._xs, x)
            self.cuts += 1
            del self._xs[cut:], self._ys[cut:]
            self._lo, self._hi = (min(self._ys), max(self._ys)) if self._ys else (math.inf, -math.inf)
        self._xs.append(x)
        self._ys.append(y)
        self._lo, self._hi = min(self._lo, y), max(self._hi, y)
        if len(self._xs) > _MOST:
            xs, ys = self.thinned(self._xs[0], self._xs[-1], _MOST // 4)
            self._xs, self._ys = array("d", xs), array("d", [*ys[:-1], y])
            self.cuts += 1

    def thinned(self, lo: float, hi: float, columns: int) -> tuple[list[float], list[float]]:
        """Return the points with lo <= x <= hi, at most two (lowest and highest) for each of `columns`.

        The columns depend on the axis alone, so a new point changes the last column only.
        """
        import numpy as np

        if not self._xs or hi <= lo or columns < 1:
            return [], []
        first, end = bisect_left(self._xs, lo), bisect_left(self._xs, math.nextafter(hi, math.inf))
        if end - first <= columns // 2:
            return self._xs[first:end].tolist(), self._ys[first:end].tolist()
        xs, ys = np.frombuffer(self._xs)[first:end], np.frombuffer(self._ys)[first:end]
        edges = lo + (hi - lo) / columns * np.arange(columns)
        starts = np.unique(np.searchsorted(xs, edges))
        starts = starts[starts < len(xs)]
        ends = np.append(starts[1:], len(xs)) - 1
        low, high = np.minimum.reduceat(ys, starts), np.maximum.reduceat(ys, starts)
        falling = ys[starts] >= ys[ends]
        pairs_x = np.stack([xs[starts], xs[ends]], axis=1).ravel()
        pairs_y = np.stack([np.where(falling, high, low), np.where(falling, low, high)], axis=1).ravel()
        several = np.stack([np.ones(len(starts), dtype=bool), starts != ends], axis=1).ravel()
        return pairs_x[several].tolist(), pairs_y[several].tolist()

    def bounds(
        self, lo: float = -math.inf, hi: float = math.inf, above: float = -math.inf
    ) -> tuple[float, float] | None:
        """Lowest and highest y of the points with lo <= x <= hi and y > above, None where there is none."""
        if not self._xs or hi < self._xs[0] or lo > self._xs[-1]:
            return None
        if lo <= self._xs[0] and self._xs[-1] <= hi and self._lo > above:
            return (self._lo, self._hi)
        import numpy as np

        ys = np.frombuffer(self._ys)[bisect_left(self._xs, lo) : bisect_right(self._xs, hi)]
        ys = ys[ys > above]
        return (float(ys.min()), float(ys.max())) if len(ys) else None


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
        """Return all of the source, smoothed; only what is new is computed."""
        if self._source.cuts != self._cuts:
            self._start()
        for x, y in self._source.since(self._taken):
            self._sum = self.strength * self._sum + (1 - self.strength) * y
            self._weight = self.strength * self._weight + (1 - self.strength)
            self._points.add(x, self._sum / self._weight)
        self._taken = len(self._source)
        return self._points
