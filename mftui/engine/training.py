"""The training loop: steps a recipe's program and yields what happened. Writes nothing, draws nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mftui.data.dataset import Ratings, Scale
from mftui.engine.program import Arrays, Parameters, Problem, Program
from mftui.engine.recipes.base import Hyper, Recipe
from mftui.errors import TrainingError

POINTS = 1_000
"""About how many metric points a training gives, however long it is."""


@dataclass(frozen=True)
class Metrics:
    """One point of the curves. RMSE in rating units; rates per second of training time."""

    step: int
    epoch: float
    seconds: float
    """Training time so far, compilation and earlier sessions left out."""
    train_loss: float
    train_rmse: float
    valid_rmse: float | None
    """On the validation part of the training ratings; None between validations."""
    learning_rate: float
    ratings_per_second: float

    def as_dict(self) -> dict[str, Any]:
        """For `metrics.jsonl`."""
        return asdict(self)


@dataclass(frozen=True)
class Tick:
    """One step is done."""

    step: int
    epoch: int
    metrics: Metrics | None
    """A point of the curves, where one is due; else None."""


class Training:
    """One training under way. Prepare, perhaps restore, then iterate; stop by no longer iterating.

    Parameters
    ----------
    recipe, hyper: which way, with complete hyperparameters (`recipe.check`).
    ratings: the training part alone. Validation ratings are taken out of it, seeded.
    n_users, n_movies: sizes of the vocabularies.
    seed: of everything random; the same seed on the same machine gives the same bits.
    """

    def __init__(
        self,
        recipe: Recipe,
        hyper: Hyper,
        ratings: Ratings,
        n_users: int,
        n_movies: int,
        scale: Scale,
        seed: int,
    ) -> None:
        train, valid = _hold_out(ratings, float(hyper.get("validation", 0)), seed)
        self._problem = Problem(train, valid, n_users, n_movies, scale, seed)
        self._recipe, self._hyper = recipe, hyper
        self._patience = int(hyper.get("patience", 0)) or math.inf
        self._program: Program | None = None
        self.step = 0
        self.outcome = ""
        """"finished", "early-stop" or "diverged", once iteration has ended by itself."""
        self.best_epoch: int | None = None
        self.best_rmse = math.inf
        self._best: Arrays | None = None
        self._seconds = 0.0
        self._window = _Window()
        self.seconds = {"import": 0.0, "compile": 0.0}

    @property
    def n_train(self) -> int:
        """Ratings that are learned from, validation left out."""
        return len(self._problem.train)

    @property
    def n_valid(self) -> int:
        """Ratings held out of training to choose the best epoch."""
        return len(self._problem.valid)

    def prepare(self) -> None:
        """Import TensorFlow, build the program and compile its step, leaving the variables as they start."""
        began = time.perf_counter()
        import tensorflow as tf

        _configure(tf)
        imported = time.perf_counter()
        self._program = self._recipe.build(self._problem, self._hyper)
        start = self._program.state()
        self._program.begin_epoch(0)
        self._program.step(0)
        self._program.validation_rmse()
        self._program.restore(start)
        self.seconds = {"import": imported - began, "compile": time.perf_counter() - imported}

    @property
    def program(self) -> Program:
        if self._program is None:
            raise TrainingError("the training has not been prepared.")
        return self._program

    @property
    def n_epochs(self) -> int:
        return self.program.n_epochs

    @property
    def steps_per_epoch(self) -> int:
        return self.program.steps_per_epoch

    @property
    def n_steps(self) -> int:
        """Steps in all, if nothing stops them."""
        return self.n_epochs * self.steps_per_epoch

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.step // self.steps_per_epoch

    @property
    def trained_seconds(self) -> float:
        """Time spent in steps and validations, over all sessions of this run."""
        return self._seconds

    def __iter__(self) -> Iterator[Tick]:
        program, per_epoch = self.program, self.steps_per_epoch
        every = math.ceil(self.n_steps / POINTS)
        if self.step % per_epoch and self.step < self.n_steps:
            program.begin_epoch(self.step // per_epoch)
        while self.step < self.n_steps and not self.outcome:
            began = time.perf_counter()
            epoch, index = divmod(self.step, per_epoch)
            if index == 0:
                program.begin_epoch(epoch)
            loss, mse = program.step(index)
            self.step += 1
            self._window.add(loss, mse, program.ratings_per_step)
            ends_epoch = index + 1 == per_epoch
            due = self.step % every == 0 or self.step == self.n_steps or (ends_epoch and per_epoch > 1)
            metrics = self._measure(ends_epoch) if due else None
            self._count(time.perf_counter() - began)
            yield Tick(self.step, self.epoch, metrics and self._timed(metrics))
        if not self.outcome:
            self.outcome = "finished"

    def _count(self, seconds: float) -> None:
        self._seconds += seconds
        self._window.seconds += seconds

    def _measure(self, ends_epoch: bool) -> Metrics:
        """The point that is due now, its times still to be filled in."""
        loss, rmse = self._window.means()
        full_batch_mse = getattr(self.program, "training_mse", None)
        if full_batch_mse is not None:
            rmse = math.sqrt(full_batch_mse())
        valid = self.program.validation_rmse() if ends_epoch else None
        if not math.isfinite(loss) or (valid is not None and not math.isfinite(valid)):
            self.outcome = "diverged"
        elif valid is not None:
            self._compare(valid)
        rate = self.program.learning_rate(self.step - 1)
        return Metrics(self.step, self.step / self.steps_per_epoch, 0.0, loss, rmse, valid, rate, 0.0)

    def _timed(self, m: Metrics) -> Metrics:
        speed = self._window.ratings / max(self._window.seconds, 1e-9)
        self._window = _Window()
        return Metrics(m.step, m.epoch, self._seconds, m.train_loss, m.train_rmse, m.valid_rmse, m.learning_rate, speed)

    def _compare(self, valid: float) -> None:
        if valid < self.best_rmse:
            self.best_rmse, self.best_epoch = valid, self.epoch
            self._best = self.program.snapshot()
        elif self.best_epoch is not None and self.epoch - self.best_epoch >= self._patience:
            self.outcome = "early-stop"

    def parameters(self, best: bool = True) -> Parameters:
        """The model of the best validation so far (where there is validation), or as it is now."""
        diverged = self.outcome == "diverged"
        if (best or diverged) and self._best is not None:
            return self.program.parameters(self._best)
        if diverged:
            raise TrainingError(
                f"diverged at step {self.step}, before there was a model to keep.",
                hint="Lower --learning-rate.",
            )
        return self.program.parameters()

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that is needed to go on exactly from here: arrays, and numbers that JSON can hold."""
        arrays = self.program.state()
        if self._best is not None:
            arrays |= {f"best_{name}": a for name, a in self._best.items()}
        numbers = {
            "step": self.step,
            "outcome": self.outcome,
            "best_epoch": self.best_epoch,
            "best_rmse": self.best_rmse if math.isfinite(self.best_rmse) else None,
            "seconds": self._seconds,
            "window": self._window.numbers(),
        }
        return arrays, numbers

    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None:
        """Go on from what `state` gave, after `prepare`."""
        best = {name.removeprefix("best_"): a for name, a in arrays.items() if name.startswith("best_")}
        self.program.restore({n: a for n, a in arrays.items() if not n.startswith("best_")})
        self._best = best or None
        self.step, self.outcome = int(numbers["step"]), str(numbers["outcome"])
        self.best_epoch = numbers["best_epoch"]
        self.best_rmse = math.inf if numbers["best_rmse"] is None else float(numbers["best_rmse"])
        self._seconds = float(numbers["seconds"])
        self._window = _Window.of(numbers["window"])


class _Window:
    """Steps since the last metric point; losses stay on the device until they are asked for."""

    def __init__(self) -> None:
        self._losses: list[Any] = []
        self._mses: list[Any] = []
        self.ratings = 0
        self.seconds = 0.0

    def add(self, loss: Any, mse: Any, ratings: int) -> None:
        self._losses.append(loss)
        if mse is not None:
            self._mses.append(mse)
        self.ratings += ratings

    def means(self) -> tuple[float, float]:
        """Mean loss, and the root of the mean MSE."""
        loss = float(np.mean([float(x) for x in self._losses]))
        mse = float(np.mean([float(x) for x in self._mses])) if self._mses else math.nan
        return loss, math.sqrt(mse)

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


def _hold_out(ratings: Ratings, fraction: float, seed: int) -> tuple[Ratings, Ratings]:
    """Part `ratings` into training and validation, seeded, each in file order."""
    order = np.random.default_rng([seed, 1]).permutation(len(ratings))
    cut = int(len(ratings) * fraction)
    return ratings.take(np.sort(order[cut:])), ratings.take(np.sort(order[:cut]))


def _configure(tf: Any) -> None:
    """GPU memory as it is needed, not all at once."""
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:  # the device is already in use in this process: its setting stands
            return
