"""The optimizers that a recipe can be descended with: Keras's own, the state of tables as small as it can be."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

EPSILON_ADAFACTOR = 1.0
"""Steps are as large as the rate says, not in proportion to the tables, which start near zero."""


class Adafactor(tf.keras.optimizers.Adafactor):  # type: ignore[misc]  # Keras ships no types
    """Keras's Adafactor (Shazeer and Stern 2018), without the table that it keeps and never reads.

    The second moment of a table is the product of a mean for each row and one for each column. Keras works it out
    anew in every step, yet keeps it in a variable as large as the table; here it is passed on within the step. The
    updates are the same, and the state of an (n, k) table is n + k numbers.
    """

    def add_variable_from_reference(self, reference_variable: Any, *args: Any, **kwargs: Any) -> Any:
        """Make a variable for vectors alone."""
        if len(reference_variable.shape) < 2:
            return super().add_variable_from_reference(reference_variable, *args, **kwargs)
        return _Passing(reference_variable.dtype)


class _Passing:
    """What is assigned and read within one step, and kept no longer."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self._value: Any = None

    def assign(self, value: Any) -> None:
        self._value = value

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        return self._value


def make_optimizer(kind: str, rate: Any, *, epsilon: float) -> Any:
    """Make "adam" or "adafactor". `rate`: a number or a Keras schedule. `epsilon`: Adam's, in units of the gradient."""
    if kind == "adafactor":
        return Adafactor(rate, epsilon_2=EPSILON_ADAFACTOR, relative_step=False)
    return tf.keras.optimizers.Adam(rate, beta_1=0.8, beta_2=0.99, epsilon=epsilon)
