"""The one-cycle policy as fastai has it: the rate up and down again, the momentum the other way round."""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

WARM = 0.25
"""Share of the updates on which the rate rises."""
RATE = (1 / 25, 1.0, 1e-5)
"""Learning rate at the start, at the peak, at the end, as shares of the highest."""
MOMENTUM = (0.95, 0.85, 0.95)


class OneCycle(tf.keras.optimizers.schedules.LearningRateSchedule):
    """A value that goes from the first of `points` to the second and on to the third, along half cosines.

    Smith 2018, "A disciplined approach to neural network hyper-parameters"; fastai's `fit_one_cycle`.
    """

    def __init__(self, points: tuple[float, float, float], updates: int) -> None:
        self.points, self.updates = points, updates

    def __call__(self, step: Any) -> Any:
        done = tf.cast(step, tf.float32) / self.updates
        start, peak, end = self.points
        up, down = done / WARM, (done - WARM) / (1 - WARM)
        return tf.where(done < WARM, _between(start, peak, up), _between(peak, end, down))

    def get_config(self) -> dict[str, Any]:
        return {"points": self.points, "updates": self.updates}


class OneCycleAdamW(tf.keras.optimizers.AdamW):
    """Adam with true weight decay, its first momentum following the cycle."""

    def __init__(self, highest_rate: float, weight_decay: float, updates: int) -> None:
        rate = OneCycle((highest_rate * RATE[0], highest_rate * RATE[1], highest_rate * RATE[2]), updates)
        super().__init__(rate, weight_decay=weight_decay, beta_2=0.99, epsilon=1e-5)
        self.rate = rate
        self._momentum = OneCycle(MOMENTUM, updates)

    @property
    def beta_1(self) -> Any:
        """Return the momentum of the coming update."""
        return self._momentum(self.iterations)

    @beta_1.setter
    def beta_1(self, value: float) -> None:
        """Ignore the default that Keras sets: the cycle decides."""


def _between(a: float, b: float, share: Any) -> Any:
    return b + (a - b) * 0.5 * (1 + tf.cos(math.pi * share))
