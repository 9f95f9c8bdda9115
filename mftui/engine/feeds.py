"""Where a mini-batch program's ratings are: on the device, or in a file that they are read from, ahead of the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.batches import Batches
from mftui.engine.program import Problem
from mftui.engine.shards import Shards
from mftui.errors import UsageError

AHEAD = 2
"""Steps whose ratings are read while one is made."""
Updates = Callable[[Any, Any], tuple[Any, Any]]
"""(users, movies and values, each (m, n); (u,) which of the m batches to update by) to mean loss and MSE."""


class Feed(Protocol):
    """Hands the ratings of a step to its updates, in one compiled call."""

    steps_per_call: int

    def compile(self, updates: Updates) -> None:
        """Trace the call."""

    def begin_epoch(self, epoch: int) -> None:
        """Take the batches in the order of this epoch."""

    def step(self, index: int) -> tuple[Any, Any]:
        """Make step `index` of the epoch, and all up to the next multiple of `steps_per_call`."""


def feed_of(problem: Problem, batches: Batches) -> Feed:
    """The feed that the problem asks for."""
    if problem.computing.devices.strategy is not None:
        return Replicated(problem, batches)
    if problem.stream_in is None:
        return Resident(problem, batches)
    return Streamed(problem, batches, problem.stream_in)


class Resident:
    """All ratings on the device; a step gathers its own by their numbers."""

    def __init__(self, problem: Problem, batches: Batches) -> None:
        self._batches = batches
        self.steps_per_call = batches.run if problem.computing.loops else 1
        self._data = [tf.constant(column) for column in batches.columns(problem.train)]
        self._order = batches.order(0)

    def compile(self, updates: Updates) -> None:
        length = self._batches.updates if self.steps_per_call == 1 else None
        self._call = compiled(lambda numbers: updates(self._data, numbers), tf.TensorSpec([length], tf.int32))

    def begin_epoch(self, epoch: int) -> None:
        self._order = self._batches.order(epoch)

    def step(self, index: int) -> tuple[Any, Any]:
        end = index + self.steps_per_call - index % self.steps_per_call
        loss, mse = self._call(tf.constant(self._order[index:end].ravel()))
        return loss, mse


class Replicated:
    """Each device has its part of every batch, cut along the users; the optimizer adds up what they find."""

    steps_per_call = 1

    def __init__(self, problem: Problem, batches: Batches) -> None:
        if problem.stream_in is not None:
            raise UsageError(
                "ratings that are read from a file are learned from on one device.",
                hint="Give --memory more, or --strategy one-device.",
            )
        self._batches, self._devices = batches, problem.computing.devices
        self._data = [self._parts(column) for column in batches.columns(problem.train)]
        self._order = batches.order(0)

    def _parts(self, column: NDArray[Any]) -> Any:
        parts = np.array_split(column, self._devices.replicas, axis=1)
        return self._devices.strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(parts[context.replica_id_in_sync_group])
        )

    def compile(self, updates: Updates) -> None:
        strategy = self._devices.strategy

        def call(number: Any) -> Any:
            found = strategy.run(lambda *data: tf.stack(updates(data, number)), args=self._data)
            return strategy.reduce("SUM", found, axis=None)

        self._call = tf.function(call).get_concrete_function(tf.TensorSpec([1], tf.int32))

    def begin_epoch(self, epoch: int) -> None:
        self._order = self._batches.order(epoch)

    def step(self, index: int) -> tuple[Any, Any]:
        with self._devices.heard():
            found = [self._call(tf.constant([number])) for number in self._order[index]]
        loss, mse = tf.unstack(tf.add_n(found) / len(found))
        return loss, mse


class Streamed:
    """All ratings in shards on a disk, one a batch; a tf.data pipeline reads them ahead, in the order of the epoch."""

    steps_per_call = 1

    def __init__(self, problem: Problem, batches: Batches, directory: Path) -> None:
        self._batches = batches
        self._shards = Shards(problem.train, batches.count, batches.size, batches.seed, directory)
        self.begin_epoch(0)

    def compile(self, updates: Updates) -> None:
        shape = [self._batches.updates, self._batches.size]
        numbers = tf.range(self._batches.updates)
        specs = [tf.TensorSpec(shape, kind) for kind in (tf.int32, tf.int32, tf.float32)]
        self._call = compiled(lambda *data: updates(data, numbers), *specs)

    def begin_epoch(self, epoch: int) -> None:
        self._order = self._batches.order(epoch)
        self._next = -1

    def step(self, index: int) -> tuple[Any, Any]:
        if index != self._next:
            self._steps = self._read_ahead(self._order[index:])
        self._next = index + 1
        loss, mse = self._call(*next(self._steps))
        return loss, mse

    def _read_ahead(self, order: NDArray[np.int32]) -> Iterator[tuple[Any, Any, Any]]:
        kinds, shape = (tf.int32, tf.int32, tf.float32), [self._batches.updates, self._batches.size]

        def read(indices: Any) -> tuple[Any, ...]:
            columns = tf.numpy_function(self._shards.take, [indices], kinds, stateful=False)
            return tuple(tf.ensure_shape(column, shape) for column in columns)

        steps: Iterator[tuple[Any, Any, Any]]
        steps = iter(tf.data.Dataset.from_tensor_slices(order).map(read).prefetch(AHEAD))
        return steps


def compiled(function: Any, *signature: Any) -> Any:
    """`function` through XLA, traced now: a concrete function has half the overhead of a call."""
    return tf.function(function, jit_compile=True).get_concrete_function(*signature)
