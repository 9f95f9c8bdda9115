"""How fast this machine trains: the step of recipe `biased` on ratings made up, measured in a process of its own."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mftui.child import run_child
from mftui.data.dataset import Ratings, Scale
from mftui.engine.compute.keras_settings import OWN_KERAS
from mftui.engine.compute.machine import peak_bytes

BATCHES = (10_000, 50_000, 200_000, 500_000)
FACTORS = (16, 32, 64, 128)
SIZES = (20_000, 5_000, 1_000_000)
"""Users, movies, ratings."""
SECONDS = 0.6
"""Of steps in each measurement, at least; compilation comes on top."""
ENOUGH = 0.9
"""A batch is large enough that reaches this share of the best speed: a smaller one learns more in an epoch."""


@dataclass(frozen=True)
class Speed:
    """One measurement."""

    factors: int
    batch_size: int
    """Ratings in one update, as it really was."""
    ratings_per_second: float
    peak_bytes: int
    """The most that was held so far: on a GPU of its memory, else by the process, TensorFlow included."""


@dataclass(frozen=True)
class Bench:
    """What a machine can do."""

    device: str
    speeds: list[Speed]

    def proposed(self, factors: int) -> int:
        """Return the smallest batch size that is fast enough at this many factors."""
        measured = [speed for speed in self.speeds if speed.factors == factors]
        enough = ENOUGH * max(speed.ratings_per_second for speed in measured)
        return min(speed.batch_size for speed in measured if speed.ratings_per_second >= enough)


def measure(
    on_speed: Callable[[Speed], None] = lambda speed: None,
    *,
    batches: Sequence[int] = BATCHES,
    factors: Sequence[int] = FACTORS,
    sizes: tuple[int, int, int] = SIZES,
    seconds: float = SECONDS,
) -> Bench:
    """Measure how fast this machine trains, in a child process that imports TensorFlow.

    Parameters
    ----------
    on_speed: called with each measurement as it comes.
    batches, factors: the batch sizes and numbers of factors to measure, each with each.
    sizes: users, movies and ratings of the made-up data.
    seconds: the least time that one measurement takes.

    Raises
    ------
    MftuiError: the child process failed.
    """
    asked = {"batches": list(batches), "factors": list(factors), "sizes": list(sizes), "seconds": seconds}
    devices: list[str] = []
    speeds: list[Speed] = []

    def heard(line: str) -> None:
        said = json.loads(line)
        if "device" in said:
            devices.append(str(said["device"]))
        else:
            speeds.append(Speed(**said))
            on_speed(speeds[-1])

    run_child(
        __name__,
        json.dumps(asked),
        failure="this machine could not be measured: ",
        on_line=heard,
        environment={"TF_CPP_MIN_LOG_LEVEL": "3", **OWN_KERAS},
    )
    return Bench(devices[0], speeds)


def measure_here(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the device, then each measurement, made in this process. Imports TensorFlow."""
    from mftui.engine.compute.device import set_up
    from mftui.engine.recipes import RECIPES
    from mftui.engine.training.memory import Sizes
    from mftui.engine.training.problem import Problem

    computing = set_up({})
    yield {"device": computing.name}
    users, movies, n = asked["sizes"]
    ratings, nothing = _made_up(users, movies, n), _made_up(users, movies, 0)
    recipe = RECIPES["biased"]
    for k in asked["factors"]:
        for batch in asked["batches"]:
            hyper = recipe.check({"factors": k, "members": 1, "batch_size": batch, "audience": False})
            hyper = recipe.sized(hyper, Sizes(users, movies, n))
            problem = Problem(ratings, nothing, users, movies, Scale(0.5, 5.0, 0.5), 0, computing)
            yield asdict(_speed(recipe.build(problem, hyper), k, min(batch, n), asked["seconds"]))


def _speed(learner: Any, factors: int, batch: int, seconds: float) -> Speed:
    """Measure whole epochs, after a first step that may still warm up, for at least `seconds`."""
    learner.begin_epoch(0)
    float(learner.step(0)[0])
    steps, together, done = learner.steps_per_epoch, learner.steps_per_call, 0
    began = time.perf_counter()
    while True:
        for index in range(0, steps, together):
            loss, _ = learner.step(index)
            done += together
        float(loss)  # waits for the device
        took = time.perf_counter() - began
        if took >= seconds:
            return Speed(factors, batch, done * learner.ratings_per_step / took, _peak_bytes())


def _made_up(users: int, movies: int, n: int) -> Ratings:
    """Make up n ratings, most of them of few movies, as in any real set."""
    random = np.random.default_rng(0)
    return Ratings(
        random.integers(0, users, n, dtype=np.int32),
        (movies * random.random(n) ** 3).astype(np.int32),
        (random.integers(1, 11, n) / 2).astype(np.float32),
    )


def _peak_bytes() -> int:
    import tensorflow as tf

    if tf.config.list_logical_devices("GPU"):
        return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
    return peak_bytes()


if __name__ == "__main__":
    for found in measure_here(json.loads(sys.argv[1])):
        print(json.dumps(found), flush=True)
