"""TensorFlow variables to NumPy arrays and back, for checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mftui.engine.training.program import Arrays
from mftui.errors import FormatError


class Stored:
    """A program whose variables can be copied out and set again."""

    _model_variables: Sequence[Any]
    """The model's own variables."""
    _optimizer: Any

    @property
    def _variables(self) -> list[Any]:
        return [*self._model_variables, *(self._optimizer.variables if self._optimizer else ())]

    def state(self) -> Arrays:
        """Copies of all variables: the model's, then the optimizer's."""
        return copy_variables(self._variables)

    def snapshot(self) -> Arrays:
        """Copies of the model's own variables, the first of `state`."""
        return copy_variables(self._model_variables)

    def restore(self, arrays: Arrays) -> None:
        """Set all variables from what `state` gave."""
        set_variables(self._variables, arrays)

    def release(self) -> None:
        """Let go of the optimizer; a program with data on the device lets go of that too."""
        self._optimizer = None


def copy_variables(variables: Sequence[Any]) -> Arrays:
    """Copies, named by position and variable: `00_user_factors`, `05_iteration`, …"""
    return {name: v.numpy() for name, v in _named(variables).items()}


def set_variables(variables: Sequence[Any], arrays: Arrays) -> None:
    """Assign what `copy_variables` gave. Raises FormatError where a name or a shape does not fit."""
    for name, variable in _named(variables).items():
        if name not in arrays or arrays[name].shape != tuple(variable.shape):
            raise FormatError(f"the checkpoint does not fit this model: {name} is missing or has another shape.")
        variable.assign(arrays[name])


def _named(variables: Sequence[Any]) -> dict[str, Any]:
    return {f"{i:02d}_{v.name.split(':')[0].split('/')[-1]}": v for i, v in enumerate(variables)}
