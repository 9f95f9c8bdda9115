"""What a recipe builds and the training loop steps through: learners, and the blocks of factors that they train."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.parameters import Parameters

Arrays = dict[str, NDArray[Any]]
KeepMode = Literal["best", "one_standard_error", "last"]
"""Which epoch's model is kept: see `BestEpoch`."""


class Learner(Protocol):
    """Train one block of factors: hold its variables, make its steps.

    Attributes
    ----------
    steps_per_call: steps that one call of `step` makes; `steps_per_epoch` is a multiple of it.
    keep_mode: "one_standard_error" where the steps get ever smaller, "last" where every epoch only adds to the model.
    """

    n_epochs: int
    steps_per_epoch: int
    ratings_per_step: int
    steps_per_call: int = 1
    keep_mode: KeepMode = "best"

    def warm_up(self) -> None:
        """Make one step of each kind, so that all that steps need is compiled."""
        self.begin_epoch(0)
        self.step(0)

    def begin_epoch(self, epoch: int) -> None:
        """Put the ratings into the order of this epoch; the same epoch always has the same order."""
        return

    def step(self, index: int) -> tuple[Any, Any]:
        """Make step `index` of the epoch, and all up to the next multiple of `steps_per_call`.

        Returns their mean loss and training MSE in rating units, not awaited; None for what a step does not give.
        """
        ...

    def learning_rate(self, step: int) -> float:
        """Return the rate of a step, counted over all epochs; 0 where there is none."""
        return 0.0

    def training_mse(self) -> float | None:
        """Compute the MSE on all training ratings; None where the steps give it."""
        return None

    def validation_errors(self) -> NDArray[np.float32] | None:
        """Return (n_valid,) squared errors of the clipped predictions; None where nothing is validated."""
        return None

    def measures(self) -> Mapping[str, float]:
        """Return what this learner alone measures, by name."""
        return {}

    def state(self) -> Arrays:
        """Copy all variables: parameters and optimizer. The copies never change: they are written while steps go on."""
        ...

    def snapshot(self) -> Arrays:
        """Copy the model's own variables, the first of `state`."""
        ...

    def restore(self, arrays: Arrays) -> None:
        """Set all variables from what `state` gave."""

    def release(self) -> None:
        """Let go of all but the model after the last step; from here on `state` is the model alone."""


class RatingsLearner(Learner, Protocol):
    """Train the block that predicts ratings."""

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        """Return the model as it is now, or as it was in a `snapshot`."""
        ...


class AudienceBlockLearner(Learner, Protocol):
    """Train the block of who watches what."""

    def added_to(self, parameters: Parameters, arrays: Arrays) -> Parameters:
        """Return a model of ratings with this block, as it was in a `snapshot`."""
        ...


@dataclass(frozen=True)
class Block:
    """A block of factors to be trained.

    Parameters
    ----------
    name: "taste" or "audience"; metric points carry it.
    build: makes the learner, when the block's turn comes.
    n_steps: steps that are planned.
    """

    name: str
    build: Callable[[], Learner]
    n_steps: int


def with_prefix(prefix: str, arrays: Arrays) -> Arrays:
    """Return the arrays with `prefix` before their names."""
    return {prefix + name: array for name, array in arrays.items()}


def without_prefix(prefix: str, arrays: Arrays) -> Arrays:
    """Return the arrays whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
