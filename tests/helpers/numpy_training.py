"""A stand-in for the engine's `Training`, in NumPy: the same interface, quick to start, exactly resumable."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from mftui.engine.model.parameters import Parameters
from mftui.engine.training.block import Metrics, Tick
from mftui.engine.training.learner import Arrays
from mftui.engine.training.spec import TrainingSpec

STEPS_PER_EPOCH = 4


class NumpyTraining:
    """Gradient descent with momentum, a quarter of the ratings a step. `epochs` and `learning_rate` count.

    A learning rate above 1 makes the loss NaN at once.
    """

    def __init__(self, spec: TrainingSpec) -> None:
        hyper, seed, n_users, n_movies = spec.hyper, spec.seed, spec.n_users, spec.n_movies
        self._ratings, self._scale, self._seed = spec.ratings, spec.scale, seed
        self._rate, self.n_epochs = float(hyper["learning_rate"]), int(hyper["epochs"])
        random = np.random.default_rng(seed)
        shapes = {"users": (n_users, 4), "movies": (n_movies, 4), "user_bias": (n_users, 1)}
        self._arrays = {name: random.normal(0, 0.1, shape) for name, shape in shapes.items()}
        self._arrays |= {f"momentum/{name}": np.zeros(shape) for name, shape in shapes.items()}
        self.step, self.outcome, self.trained_seconds = 0, "", 0.0
        self.seconds = {"import": 0.0, "compile": 0.0}

    @property
    def n_train(self) -> int:
        return len(self._ratings)

    @property
    def n_valid(self) -> int:
        return 0

    @property
    def n_steps(self) -> int:
        return self.n_epochs * STEPS_PER_EPOCH

    @property
    def epoch(self) -> int:
        return self.step // STEPS_PER_EPOCH

    @property
    def block_seconds(self) -> dict[str, float]:
        return {"taste": self.trained_seconds}

    @property
    def ratings_learned(self) -> int:
        return self.step * len(self._ratings) // STEPS_PER_EPOCH

    def prepare(self) -> None:
        pass

    def prepare_later_blocks(self) -> None:
        pass

    def __iter__(self) -> Iterator[Tick]:
        while self.step < self.n_steps and not self.outcome:
            began = time.perf_counter()
            epoch, index = divmod(self.step, STEPS_PER_EPOCH)
            order = np.random.default_rng([self._seed, epoch]).permutation(len(self._ratings))
            loss = self._update(order[index::STEPS_PER_EPOCH])
            self.step += 1
            if not math.isfinite(loss):
                self.outcome = "diverged"
            self.trained_seconds += time.perf_counter() - began
            yield Tick(self.step, self.epoch, self._metrics(loss) if index + 1 == STEPS_PER_EPOCH else None)
        self.outcome = self.outcome or "finished"

    def _update(self, rows: np.ndarray) -> float:
        a, r = self._arrays, self._ratings
        users, movies = r.users[rows], r.movies[rows]
        guess = (a["users"][users] * a["movies"][movies]).sum(1) + a["user_bias"][users, 0]
        error = guess - (r.values[rows] - 3.0)
        slopes = {name: np.zeros_like(a[name]) for name in ("users", "movies", "user_bias")}
        np.add.at(slopes["users"], users, error[:, None] * a["movies"][movies])
        np.add.at(slopes["movies"], movies, error[:, None] * a["users"][users])
        np.add.at(slopes["user_bias"], users, error[:, None])
        for name, slope in slopes.items():
            a[f"momentum/{name}"] = 0.5 * a[f"momentum/{name}"] + slope
            a[name] = a[name] - self._rate * a[f"momentum/{name}"]
        if self._rate > 1:
            a["users"][:] = math.nan
            return math.nan
        return float(np.mean(error**2))

    def _metrics(self, loss: float) -> Metrics:
        rmse, epoch = math.sqrt(loss), self.step / STEPS_PER_EPOCH
        return Metrics(self.step, epoch, self.trained_seconds, loss, rmse, None, self._rate, 1.0, "taste")

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        arrays = {name: array.copy() for name, array in self._arrays.items()}
        return arrays, {"step": self.step, "outcome": self.outcome, "seconds": self.trained_seconds}

    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None:
        self._arrays = {name: array.copy() for name, array in arrays.items()}
        self.step, self.outcome = numbers["step"], numbers["outcome"]
        self.trained_seconds = numbers["seconds"]

    def parameters(self, best: bool = True) -> Parameters:
        a = {name: array.astype(np.float32) for name, array in self._arrays.items()}
        bias = np.zeros(len(a["movies"]), np.float32)
        lo, hi = self._scale.lo - 0.2, self._scale.hi + 0.2
        return Parameters(a["users"], a["movies"], a["user_bias"][:, 0], bias, 0.0, lo, hi)
