"""A finished run's curve, drawn once more from its first step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mftui.tui.charts.curves import Curves

LASTS_S = 6.0
"""However long the training took."""


class Replay:
    """Lays lines of metrics into curves, a part at each `advance`."""

    def __init__(self, metrics: Sequence[Mapping[str, Any]], interval_s: float) -> None:
        self._metrics = metrics
        self._parts = max(1, round(LASTS_S / interval_s))
        self._part = 0
        self.curves = Curves()
        """What has been drawn so far."""

    @property
    def over(self) -> bool:
        """Whether all of it has been drawn."""
        return self._part >= self._parts

    @property
    def share(self) -> float:
        """How much of it has been drawn, 0 to 1."""
        return self._part / self._parts

    def advance(self) -> None:
        """Draw the next part."""
        n = len(self._metrics)
        start, end = n * self._part // self._parts, n * (self._part + 1) // self._parts
        self._part += 1
        self.curves.add(self._metrics[start:end])
