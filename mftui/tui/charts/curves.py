"""The curves of one training, grown from the lines of its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mftui.tui.charts.points import Points

AUDIENCE = "audience"
"""The block of a training that predicts no ratings: its points have a loss and no RMSE."""


class Curves:
    """What is measured over the steps of a training, and the best validation."""

    def __init__(self) -> None:
        self.train = Points()
        """RMSE on training ratings."""
        self.valid = Points()
        self.draw = Points()
        """Validation RMSE of the newest draw alone, where the model is the mean of many."""
        self.loss = Points()
        """What the taste block descends."""
        self.audience_loss = Points()
        self.learning_rate = Points()
        self.speed = Points()
        """Ratings a second."""
        self.best: tuple[float, float] | None = None
        """(step, validation RMSE) of the best validation so far."""
        self.best_epoch: float | None = None
        self.n_broken = 0
        """Lines whose RMSE, or loss of the audience block, was not finite: a file of JSON has null there."""
        self.block = ""
        """The block that the newest line is about, "" where it does not say."""
        self.ratings_steps: int | None = None
        """Steps of the ratings' block, once the audience block has begun: the curves of RMSE end there."""

    @property
    def in_audience(self) -> bool:
        """Return whether the newest line is about the audience block."""
        return self.block == AUDIENCE

    @property
    def ratings_per_second(self) -> float | None:
        """Return the newest speed."""
        return self.speed.last[1] if self.speed.last else None

    def add(self, metrics: Iterable[Mapping[str, Any]]) -> None:
        """Take lines of `metrics.jsonl`; a part that is missing or no number is left out."""
        for line in metrics:
            step = _number(line.get("step"))
            if step is not None:
                self._take(step, line)

    def _take(self, step: float, line: Mapping[str, Any]) -> None:
        block = line.get("block")
        self.block = block if isinstance(block, str) else ""
        if self.in_audience and self.ratings_steps is None:
            self.ratings_steps = round(self.train.last[0]) if self.train.last else 0
        elif not self.in_audience:
            self.ratings_steps = None
        measure = "train_loss" if self.in_audience else "train_rmse"
        self.n_broken += measure in line and _number(line[measure]) is None
        self.train.add(step, _number(line.get("train_rmse")))
        (self.audience_loss if self.in_audience else self.loss).add(step, _number(line.get("train_loss")))
        self.learning_rate.add(step, _number(line.get("learning_rate")))
        self.speed.add(step, _number(line.get("ratings_per_second")))
        self.draw.add(step, _number(line.get("draw_valid_rmse")))
        valid = _number(line.get("valid_rmse"))
        self.valid.add(step, valid)
        if self.best and step <= self.best[0]:
            self.best = self.best_epoch = None  # resumed from before: the best is yet to be repeated
        if valid is not None and (self.best is None or valid < self.best[1]):
            self.best, self.best_epoch = (step, valid), _number(line.get("epoch"))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
