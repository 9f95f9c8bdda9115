"""One block's training: steps a learner, measures it, keeps its best epoch, can be gone on with elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import collect_and_trim, disable_trim, malloc_trim, restore_trim
from mftui.engine.training.best_epoch import BestEpoch
from mftui.engine.training.learner import Arrays, Block, Learner, with_prefix, without_prefix
from mftui.errors import TrainingError

POINTS = 1_000
"""About how many metric points a block gives, however long its training is."""


@dataclass(frozen=True)
class Metrics:
    """One point of the curves. RMSE in rating units; rates per second of training time."""

    step: int
    epoch: float
    seconds: float
    """Training time so far, over all blocks and sessions, compilation left out."""
    train_loss: float
    """In the units that are learned in: see `Units`."""
    train_rmse: float | None
    """None for a block that predicts no ratings."""
    valid_rmse: float | None
    """On the validation part of the training ratings; None between validations."""
    learning_rate: float
    ratings_per_second: float
    block: str
    """"taste" or "audience": which factors are being trained."""
    more: Mapping[str, float] = field(default_factory=dict)
    """What this recipe alone measures, by name."""

    def in_units(self, unit: float) -> Metrics:
        """Return the same with errors in rating units, of one with errors in `unit` of them; the loss stays."""
        train, valid = (rmse if rmse is None else unit * rmse for rmse in (self.train_rmse, self.valid_rmse))
        more = {name: unit * value if name.endswith("_rmse") else value for name, value in self.more.items()}
        return replace(self, train_rmse=train, valid_rmse=valid, more=more)

    def as_dict(self) -> dict[str, Any]:
        """Return the line for `metrics.jsonl`."""
        numbers = asdict(self)
        more: dict[str, float] = numbers.pop("more")
        return numbers | more


@dataclass(frozen=True)
class Tick:
    """One step is done, or as many as one compiled call makes."""

    step: int
    epoch: int
    metrics: Metrics | None
    """A point of the curves, where one is due; else None."""


class BlockTrainer:
    """Run the steps of one block, record metrics, keep the best epoch's model, save and restore.

    The learner is built when its turn comes; when it is over it keeps the model alone, so that what one block needs
    to be trained is not in memory while another is.

    Parameters
    ----------
    patience: epochs without a better validation RMSE before it stops.

    Attributes
    ----------
    outcome: "finished", "early-stop" or "diverged", once it is over.
    seconds: spent in steps and validations, over all sessions.
    """

    def __init__(self, block: Block, patience: float) -> None:
        self.name, self._build, self._planned, self._patience = block.name, block.build, block.n_steps, patience
        self._built: Learner | None = None
        self.step = 0
        self.outcome = ""
        self.seconds = 0.0
        self.kept = BestEpoch()
        self._best: Arrays | None = None
        self._window = _Window()
        self._copied = True
        """Whether arrays were copied since the last step: they took memory between two steps' own."""

    @property
    def n_steps(self) -> int:
        """Count the steps in all: as planned, or as done once it is over."""
        return self.step if self.outcome else self._planned

    @property
    def epoch(self) -> int:
        """Count the epochs completed."""
        return self.step // self.learner.steps_per_epoch

    @property
    def learner(self) -> Learner:
        """Return the learner; raises TrainingError before `prepare`."""
        if self._built is None:
            raise TrainingError(f"the {self.name} block has not been prepared.")
        return self._built

    def prepare(self) -> float:
        """Build the learner and compile its step, unless that is done, leaving the variables as they start.

        Returns the seconds that it took.
        """
        began = time.perf_counter()
        if self._built is None:
            self._built = self._build()
            start = {name: _small(array) for name, array in self._built.state().items()}
            collect_and_trim()
            self._built.warm_up()
            self._built.validation_errors()
            collect_and_trim()
            self._built.restore({name: array() for name, array in start.items()})
        return time.perf_counter() - began

    def __iter__(self) -> Iterator[Tick]:
        learner, per_epoch, n_steps = self.learner, self.learner.steps_per_epoch, self.n_steps
        every, together = math.ceil(n_steps / POINTS), learner.steps_per_call
        disable_trim()
        if self.step % per_epoch and self.step < n_steps:
            learner.begin_epoch(self.step // per_epoch)
        while self.step < n_steps and not self.outcome:
            began = time.perf_counter()
            epoch, index = divmod(self.step, per_epoch)
            if index == 0:
                learner.begin_epoch(epoch)
            if self._copied:
                self._copied = False
                malloc_trim()
            loss, mse = learner.step(index)
            done = together - index % together
            due = (self.step + done) // every > self.step // every
            self.step += done
            self._window.add(loss, mse, done * learner.ratings_per_step)
            ends_epoch = index + done == per_epoch
            due = (due or self.step == n_steps or (ends_epoch and per_epoch > 1)) and self._window.has_losses
            metrics = self._measure(ends_epoch) if due else None
            took = time.perf_counter() - began
            self.seconds, self._window.seconds = self.seconds + took, self._window.seconds + took
            if self.step == n_steps and not self.outcome:
                self.outcome = "finished"
            if self.outcome:
                learner.release()
                restore_trim()
                collect_and_trim()
            yield Tick(self.step, self.epoch, metrics and self._timed(metrics))

    def _measure(self, ends_epoch: bool) -> Metrics:
        """Return the metric point that is due now, its times still to be filled in."""
        loss, rmse = self._window.means()
        if (mse := self.learner.training_mse()) is not None:
            rmse = math.sqrt(mse)
        errors = self.learner.validation_errors() if ends_epoch else None
        valid = None if errors is None else math.sqrt(float(np.mean(errors)))
        if not math.isfinite(loss) or (valid is not None and not math.isfinite(valid)):
            self.outcome = "diverged"
        elif errors is not None:
            self._compare(errors)
        rate = self.learner.learning_rate(self.step - 1)
        epoch = self.step / self.learner.steps_per_epoch
        return Metrics(self.step, epoch, 0.0, loss, rmse, valid, rate, 0.0, self.name, self.learner.measures())

    def _timed(self, point: Metrics) -> Metrics:
        speed = self._window.ratings / max(self._window.seconds, 1e-9)
        self._window = _Window()
        return replace(point, seconds=self.seconds, ratings_per_second=speed)

    def _compare(self, errors: NDArray[np.float32]) -> None:
        if self.kept.judge(self.epoch, errors, self.learner.keep_mode):
            if self.learner.keep_mode != "last":
                self._copied = True
                self._best = self.learner.snapshot()
        elif self.kept.epoch is not None and self.epoch - self.kept.epoch >= self._patience:
            self.outcome = "early-stop"

    def snapshot(self, best: bool) -> Arrays | None:
        """Return the model's variables at the epoch that is kept, or (without one) now; None if it diverged before
        there was anything to keep."""
        self._copied = True
        if (best or self.outcome == "diverged") and self._best is not None:
            return self._best
        return None if self.outcome == "diverged" else self.learner.snapshot()

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays, and numbers that JSON can hold: all that `restore` needs to continue exactly from here."""
        self._copied = True
        arrays = self.learner.state()
        if self._best is not None:
            arrays |= with_prefix("best_", self._best)
        arrays |= self.kept.arrays()
        numbers = {
            "step": self.step,
            "outcome": self.outcome,
            "seconds": self.seconds,
            "window": self._window.numbers(),
        } | self.kept.numbers()
        return arrays, numbers

    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._best = without_prefix("best_", arrays) or None
        self.step, self.outcome = int(numbers["step"]), str(numbers["outcome"])
        self.prepare()
        if self.outcome:
            self.learner.release()
        self.learner.restore({n: a for n, a in arrays.items() if not n.startswith("best_")})
        self.kept.restore(arrays, numbers)
        self.seconds = float(numbers["seconds"])
        self._window = _Window.of(numbers["window"])


def _small(array: NDArray[Any]) -> Callable[[], NDArray[Any]]:
    """Return a function that makes the array again; one with equal cells, as a fresh optimizer's, is not kept."""
    if array.size and (array == array.flat[0]).all():
        return partial(np.broadcast_to, array.flat[0], array.shape)
    return lambda: array


class _Window:
    """Steps since the last metric point; losses stay on the device until they are asked for."""

    def __init__(self) -> None:
        self._losses: list[Any] = []
        self._mses: list[Any] = []
        self.ratings = 0
        self.seconds = 0.0

    @property
    def has_losses(self) -> bool:
        return bool(self._losses)

    def add(self, loss: Any, mse: Any, ratings: int) -> None:
        if loss is not None:
            self._losses.append(loss)
        if mse is not None:
            self._mses.append(mse)
        self.ratings += ratings

    def means(self) -> tuple[float, float | None]:
        """Return the mean loss, and the root of the mean MSE (None where the steps gave none)."""
        loss = float(np.mean([float(x) for x in self._losses]))
        return loss, math.sqrt(np.mean([float(x) for x in self._mses])) if self._mses else None

    def numbers(self) -> dict[str, Any]:
        return {
            "losses": [float(x) for x in self._losses],
            "mses": [float(x) for x in self._mses],
            "ratings": self.ratings,
            "seconds": self.seconds,
        }

    @classmethod
    def of(cls, numbers: dict[str, Any]) -> _Window:
        window = cls()
        window._losses, window._mses = list(numbers["losses"]), list(numbers["mses"])
        window.ratings, window.seconds = int(numbers["ratings"]), float(numbers["seconds"])
        return window
