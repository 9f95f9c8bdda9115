"""Best-epoch selection: which epoch's model is kept, by its errors on the validation ratings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.training.learner import KeepMode

STANDARD_ERRORS = 2.0


class BestEpoch:
    """Remember the epoch whose model is kept.

    Attributes
    ----------
    epoch: the one that is kept; None before there is one.
    rmse: its validation RMSE; infinite before there is one.
    """

    def __init__(self) -> None:
        self.epoch: int | None = None
        self.rmse = math.inf
        self._best = np.empty(0, dtype=np.float32)

    def judge(self, epoch: int, errors: NDArray[np.float32], mode: KeepMode) -> bool:
        """Decide whether to keep this epoch's model, and remember it if so.

        Parameters
        ----------
        errors: (n_valid,) squared errors on the validation ratings.
        mode: what a later epoch must show to be kept. "best": a lower RMSE. "one_standard_error": an RMSE that is not
            worse than the best by more than STANDARD_ERRORS of the paired difference (after the one-standard-error
            rule of Breiman, Friedman, Olshen and Stone 1984). "last": nothing.
        """
        rise = float(np.mean(errors - self._best)) if len(self._best) else -math.inf
        error = float(np.std(errors - self._best)) / math.sqrt(len(errors)) if len(self._best) else 0.0
        if rise < 0:
            self._best = errors
        if rise < 0 or mode == "last" or (mode == "one_standard_error" and rise <= STANDARD_ERRORS * error):
            self.epoch, self.rmse = epoch, math.sqrt(float(np.mean(errors)))
            return True
        return False

    def numbers(self) -> dict[str, Any]:
        """Return the part of its state that JSON can hold."""
        return {"best_epoch": self.epoch, "best_rmse": self.rmse if math.isfinite(self.rmse) else None}

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the rest of its state."""
        return {"validation_errors": self._best} if len(self._best) else {}

    def restore(self, arrays: dict[str, NDArray[Any]], numbers: dict[str, Any]) -> None:
        """Set what `arrays` and `numbers` gave."""
        self.epoch = numbers["best_epoch"]
        self.rmse = math.inf if numbers["best_rmse"] is None else float(numbers["best_rmse"])
        self._best = arrays.get("validation_errors", np.empty(0, dtype=np.float32))
