"""TensorFlow variables to NumPy arrays and back, for checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mftui.engine.program import Arrays
from mftui.errors import FormatError


def copy_variables(variables: Sequence[Any]) -> Arrays:
    """Copies, named by position and variable: `00_user_factors`, `05_iteration`, …"""
    return {name: v.numpy().copy() for name, v in _named(variables).items()}


def set_variables(variables: Sequence[Any], arrays: Arrays) -> None:
    """Assign what `copy_variables` gave. Raises FormatError where a name or a shape does not fit."""
    for name, variable in _named(variables).items():
        if name not in arrays or arrays[name].shape != tuple(variable.shape):
            raise FormatError(f"the checkpoint does not fit this model: {name} is missing or has another shape.")
        variable.assign(arrays[name])


def _named(variables: Sequence[Any]) -> dict[str, Any]:
    return {f"{i:02d}_{v.name.split(':')[0].split('/')[-1]}": v for i, v in enumerate(variables)}
