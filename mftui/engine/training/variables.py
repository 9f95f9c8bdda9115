"""Learners whose state is TensorFlow variables: copied out as NumPy arrays, and set again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mftui.engine.training.learner import Arrays, Learner
from mftui.errors import FormatError


class VariableLearner(Learner):
    """Save and restore the variables of a model and of its Keras optimizer."""

    _model_variables: Sequence[Any]
    _optimizer: Any

    def _variables(self) -> list[Any]:
        return [*self._model_variables, *(self._optimizer.variables if self._optimizer else ())]

    def state(self) -> Arrays:
        """Copy all variables, named by position and variable: `00_user_factors`, `05_iteration`, …"""
        return {name: v.numpy() for name, v in _named(self._variables()).items()}

    def snapshot(self) -> Arrays:
        """Copy the model's own variables, the first of `state`."""
        return {name: v.numpy() for name, v in _named(self._model_variables).items()}

    def restore(self, arrays: Arrays) -> None:
        """Set all variables from what `state` gave. Raises FormatError where a name or a shape does not fit."""
        for name, variable in _named(self._variables()).items():
            if name not in arrays or arrays[name].shape != tuple(variable.shape):
                raise FormatError(f"the checkpoint does not fit this model: {name} is missing or has another shape.")
            variable.assign(arrays[name])

    def release(self) -> None:
        """Let go of the optimizer; a learner with data on the device lets go of that, too."""
        self._optimizer = None


def _named(variables: Sequence[Any]) -> dict[str, Any]:
    return {f"{i:02d}_{v.name.split(':')[0].split('/')[-1]}": v for i, v in enumerate(variables)}
