"""The curves of one training, grown from the lines of its metrics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from mftui.tui.charts.along import EPOCH, STEP, TIME, Along, XAxis
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
        """The audience block's loss, of one batch each: it goes up and down with what is in the batch."""
        self.audience_passes = Points()
        """Its mean over each pass."""
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
        self.epochs = Points()
        """Epochs after so many steps, over all blocks."""
        self.seconds = Points()
        """Seconds of learning after so many steps."""
        self._epochs_before = 0.0
        """Epochs of the blocks before the present one, which counts its own."""
        self._pass = _Pass()
        self._along: dict[tuple[Points, str, float], Along] = {}

    @property
    def in_audience(self) -> bool:
        """Return whether the newest line is about the audience block."""
        return self.block == AUDIENCE

    @property
    def ratings_per_second(self) -> float | None:
        """Return the newest speed."""
        return self.speed.last[1] if self.speed.last else None

    @property
    def counted(self) -> tuple[str, ...]:
        """Return those of X_AXES that the metrics tell."""
        return (STEP, *[EPOCH] * bool(len(self.epochs)), *[TIME] * bool(len(self.seconds)))

    def along(self, points: Points, axis: XAxis) -> Points:
        """Return points of this training with another x: those given where that counts steps."""
        if axis.counts == STEP:
            return points
        key = points, axis.counts, axis.per
        if key not in self._along:
            self._along[key] = Along(points, self.epochs if axis.counts == EPOCH else self.seconds, axis.per)
        return self._along[key].points()

    def at(self, step: float, axis: XAxis) -> float:
        """Return a step as another x."""
        if axis.counts == STEP:
            return step
        found = (self.epochs if axis.counts == EPOCH else self.seconds).before(step)
        return found[1] / axis.per if found else 0.0

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
            self._epochs_before = self.epochs.last[1] if self.epochs.last else 0.0
            self._pass = _Pass()
        elif not self.in_audience:
            self.ratings_steps, self._epochs_before = None, 0.0
        epoch = _number(line.get("epoch"))
        self.epochs.add(step, None if epoch is None else self._epochs_before + epoch)
        self.seconds.add(step, _number(line.get("seconds")))
        measure = "train_loss" if self.in_audience else "train_rmse"
        self.n_broken += measure in line and _number(line[measure]) is None
        self.train.add(step, _number(line.get("train_rmse")))
        loss = _number(line.get("train_loss"))
        (self.audience_loss if self.in_audience else self.loss).add(step, loss)
        if self.in_audience and loss is not None and epoch is not None:
            self._pass.add(self.audience_passes, step, epoch, loss)
        self.learning_rate.add(step, _number(line.get("learning_rate")))
        self.speed.add(step, _number(line.get("ratings_per_second")))
        self.draw.add(step, _number(line.get("draw_valid_rmse")))
        valid = _number(line.get("valid_rmse"))
        self.valid.add(step, valid)
        if self.best and step <= self.best[0]:
            self.best = self.best_epoch = None  # resumed from before: the best is yet to be repeated
        if valid is not None and (self.best is None or valid < self.best[1]):
            self.best, self.best_epoch = (step, valid), epoch


class _Pass:
    """The pass over the ratings that is under way, in a block whose loss is that of a batch."""

    def __init__(self) -> None:
        self._number, self._losses = 0, list[float]()

    def add(self, into: Points, step: float, epoch: float, loss: float) -> None:
        """Take the loss of a batch; at the end of a pass, its mean goes `into` the points."""
        number = math.ceil(epoch - 1e-6)
        if number != self._number:
            self._number, self._losses = number, []
        self._losses.append(loss)
        if epoch > number - 1e-6:
            into.add(step, sum(self._losses) / len(self._losses))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
