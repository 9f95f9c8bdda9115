"""Groups of users as the devices take them: a step's groups on one device, or shared between several."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.audience_block.user_groups import UserGroups
from mftui.engine.compute.replicas import Devices
from mftui.engine.descent.input_pipeline import ReadAhead


class GroupInput:
    """Hands the groups of a step to what is compiled; each of several devices takes an equal number of them.

    Which groups are a step does not depend on the devices, so they find the same sums.

    Parameters
    ----------
    streamed: whether the groups are read from a file, ahead of the steps.

    Attributes
    ----------
    parts: groups of a step that one device takes; the last may get empty ones.
    """

    def __init__(self, groups: UserGroups, steps: int, devices: Devices, seed: int, streamed: bool) -> None:
        self._groups, self._steps, self._devices, self._seed = groups, steps, devices, seed
        together = len(groups) // steps
        self.parts = math.ceil(together / devices.replicas)
        specs = [tf.TensorSpec([together * groups.size], kind) for kind in (tf.int32, tf.int32, tf.float32)]
        self._ahead = ReadAhead(groups.gather, specs) if streamed and devices.strategy is None else None
        self._order = np.empty((0, 0), dtype=np.int64)

    def compiled(self, function: Callable[..., Any]) -> Any:
        """Compile what each of several devices does by itself; on one it is compiled with what it is part of."""
        return function if self._devices.strategy is None else tf.function(function, jit_compile=True, autograph=False)

    def call(self, function: Callable[..., Any]) -> Any:
        """Compile (tensors, columns of a step) to what `function` makes of them, summed over the devices."""
        strategy = self._devices.strategy
        if strategy is None:
            return tf.function(lambda given, columns: function(*given, *columns), jit_compile=True, autograph=False)

        def by_device(*tensors: Any) -> Any:  # a tf.function itself would be compiled for all of them together
            return function(*tensors)

        def everywhere(given: Any, columns: Any) -> Any:
            each = strategy.run(by_device, (*given, *columns))
            return strategy.reduce("SUM", each, axis=None)

        summed = tf.function(everywhere, autograph=False)

        def call(given: Any, columns: Any) -> Any:
            with self._devices.worker_errors():
                return summed(given, columns)

        return call

    def begin_epoch(self, epoch: int) -> None:
        """Shuffle the groups, seeded by the epoch."""
        order = np.random.default_rng([self._seed, 5, epoch]).permutation(len(self._groups))
        self._order = order.reshape(self._steps, -1)
        if self._ahead is not None:
            self._ahead.begin(self._order)

    def columns(self, index: int) -> tuple[Any, ...]:
        """Return places, movies and gladness of step `index` of the epoch."""
        if self._devices.strategy is not None:
            return self._shared(self._order[index])
        if self._ahead is not None:
            return self._ahead.step(index)
        return tuple(map(tf.constant, self._groups.gather(self._order[index])))

    def _shared(self, groups: NDArray[np.int64]) -> tuple[Any, ...]:
        """Put each device's groups on it."""
        padded = np.full(self.parts * self._devices.replicas, -1)
        padded[: len(groups)] = groups
        mine = {number: self._groups.gather(padded.reshape(-1, self.parts)[number]) for number in self._devices.mine}

        def column(at: int) -> Any:
            return self._devices.strategy.experimental_distribute_values_from_function(
                lambda context: tf.constant(mine[context.replica_id_in_sync_group][at])
            )

        return column(0), column(1), column(2)
