"""Where a mini-batch program's ratings are: on the device, or in a file that they are read from, ahead of the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.descent.batches import Batches
from mftui.engine.descent.shards import Shards
from mftui.engine.training.problem import Problem
from mftui.errors import UsageError

AHEAD = 2
"""Steps whose ratings are read while one is made."""
Updates = Callable[[Any, Any], tuple[Any, Any]]
"""(users, movies and values, each (m, n); (u,) which of the m batches to update by) to mean loss and MSE."""


class InputPipeline(Protocol):
    """Hands the ratings of a step to its updates, in one compiled call."""

    steps_per_call: int

    def compile(self, updates: Updates) -> None:
        """Trace the call."""

    def begin_epoch(self, epoch: int) -> None:
        """Take the batches in the order of this epoch."""

    def step(self, index: int) -> tuple[Any, Any]:
        """Make step `index` of the epoch, and all up to the next multiple of `steps_per_call`."""


def make_pipeline(problem: Problem, batches: Batches) -> InputPipeline:
    """Choose the input pipeline: distributed, in memory or out of core."""
    if problem.computing.devices.strategy is not None:
        return Distributed(problem, batches)
    if problem.stream_in is None:
        return InMemory(problem, batches)
    return OutOfCore(problem, batches, problem.stream_in)


class InMemory:
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


class Distributed:
    """Each device has its part of every batch, cut along the users; the optimizer adds up what they find."""

    steps_per_call = 1

    def __init__(self, problem: Problem, batches: Batches) -> None:
        self._batches, self._devices = batches, problem.computing.devices
        if self._devices.replicas > batches.size:
            raise UsageError(
                f"{self._devices.replicas} devices, and only {batches.size} ratings for a step.",
                hint="Use fewer of them, or a larger --batch-size if the data has more ratings.",
            )
        parts = np.array_split(np.arange(batches.size), self._devices.replicas)
        self._edges = [0, *np.cumsum([len(part) for part in parts]).tolist()]
        mine = self._devices.mine
        self._first = self._edges[mine.start]
        self._data: list[Any] = []
        self._reader: _Reader | None = None
        if problem.stream_in is None:
            self._data = [self._cut(column, 0) for column in batches.columns(problem.train)]
        else:
            part = slice(self._first, self._edges[mine.stop])
            self._reader = _Reader(problem, batches, problem.stream_in, part)
        self.begin_epoch(0)

    def _cut(self, column: NDArray[Any], first: int) -> Any:
        """Put the parts of a column of batches, which begins with rating `first` of each, on their devices."""

        def part(context: Any) -> Any:
            replica = context.replica_id_in_sync_group
            return tf.constant(column[:, self._edges[replica] - first : self._edges[replica + 1] - first])

        return self._devices.strategy.experimental_distribute_values_from_function(part)

    def compile(self, updates: Updates) -> None:
        strategy = self._devices.strategy

        def call(data: Any, number: Any) -> Any:
            found = strategy.run(lambda *columns: tf.stack(updates(columns, number)), args=data)
            return strategy.reduce("SUM", found, axis=None)

        self._call = tf.function(call, autograph=False)

    def begin_epoch(self, epoch: int) -> None:
        self._order = self._batches.order(epoch)
        if self._reader:
            self._reader.begin_epoch(epoch)

    def step(self, index: int) -> tuple[Any, Any]:
        data, numbers = self._data, self._order[index]
        if self._reader:
            data = [self._cut(column.numpy(), self._first) for column in self._reader.step(index)]
            numbers = np.arange(self._batches.updates, dtype=np.int32)
        with self._devices.worker_errors():
            found = [self._call(data, tf.constant([number])) for number in numbers]
        loss, mse = tf.unstack(tf.add_n(found) / len(found))
        return loss, mse


class OutOfCore:
    """The ratings of a step are read from a file, ahead of it."""

    steps_per_call = 1

    def __init__(self, problem: Problem, batches: Batches, directory: Path) -> None:
        self._batches = batches
        self._reader = _Reader(problem, batches, directory)
        self.begin_epoch = self._reader.begin_epoch

    def compile(self, updates: Updates) -> None:
        numbers = tf.range(self._batches.updates)
        self._call = compiled(lambda *data: updates(data, numbers), *self._reader.specs)

    def step(self, index: int) -> tuple[Any, Any]:
        loss, mse = self._call(*self._reader.step(index))
        return loss, mse


class _Reader:
    """All ratings in shards on a disk, one a batch, read ahead.

    Parameters
    ----------
    part: which ratings of each shard.
    """

    def __init__(self, problem: Problem, batches: Batches, directory: Path, part: slice = slice(None)) -> None:
        self._batches = batches
        shards = Shards(problem.train, batches.count, batches.size, batches.seed, directory)
        shape = [batches.updates, len(range(*part.indices(batches.size)))]
        self.specs = [tf.TensorSpec(shape, kind) for kind in (tf.int32, tf.int32, tf.float32)]
        self._ahead = ReadAhead(lambda numbers: shards.gather(numbers, part), self.specs)
        self.step = self._ahead.step
        self.begin_epoch(0)

    def begin_epoch(self, epoch: int) -> None:
        self._ahead.begin(self._batches.order(epoch))


class ReadAhead:
    """Makes the tensors of a step a few steps ahead, in the order of the epoch.

    Parameters
    ----------
    gather: makes arrays of a row of the order; in another thread.
    specs: their shapes and types.
    """

    def __init__(self, gather: Callable[[NDArray[Any]], tuple[NDArray[Any], ...]], specs: Sequence[Any]) -> None:
        self._gather, self._specs = gather, specs

    def begin(self, order: NDArray[Any]) -> None:
        """Take the steps from this order, a row each."""
        self._order, self._next = order, -1

    def step(self, index: int) -> tuple[Any, ...]:
        """Return the tensors of a step; those of the next one are the soonest."""
        if index != self._next:
            self._tensors = self._from(self._order[index:])
        self._next = index + 1
        return next(self._tensors)

    def _from(self, order: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
        gather, specs = self._gather, self._specs  # a reference to `self` would be a circle, which keeps the file

        def read(row: Any) -> tuple[Any, ...]:
            found = tf.numpy_function(gather, [row], [spec.dtype for spec in specs], stateful=False)
            return tuple(tf.ensure_shape(each, spec.shape) for each, spec in zip(found, specs, strict=True))

        tensors: Iterator[tuple[Any, ...]]
        tensors = iter(tf.data.Dataset.from_tensor_slices(order).map(read).prefetch(AHEAD))
        return tensors


def compiled(function: Any, *signature: Any) -> Any:
    """Compile `function` by XLA, traced now: a concrete function has half the overhead of a call."""
    return tf.function(function, jit_compile=True, autograph=False).get_concrete_function(*signature)
