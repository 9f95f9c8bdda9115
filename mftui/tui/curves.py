"""The curves of one training, grown from the lines of its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mftui.tui.charts.points import Points


class Curves:
    """Training and validation RMSE over steps, the best validation, and the newest rates."""

    def __init__(self) -> None:
        self.train = Points()
        self.valid = Points()
        self.best: tuple[float, float] | None = None
        """(step, validation RMSE) of the best validation so far."""
        self.learning_rate: float | None = None
        self.ratings_per_second: float | None = None

    def add(self, metrics: Iterable[Mapping[str, Any]]) -> None:
        """Take lines of `metrics.jsonl`; a part that is missing or no number is left out."""
        for line in metrics:
            step = _number(line.get("step"))
            if step is None:
                continue
            self.train.add(step, _number(line.get("train_rmse")))
            valid = _number(line.get("valid_rmse"))
            self.valid.add(step, valid)
            if self.best and step <= self.best[0]:
                self.best = None  # resumed from before: the best is yet to be repeated
            if valid is not None and (self.best is None or valid < self.best[1]):
                self.best = (step, valid)
            self.learning_rate = _number(line.get("learning_rate"))
            self.ratings_per_second = _number(line.get("ratings_per_second"))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
