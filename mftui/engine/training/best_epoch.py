"""Which epoch's model is kept, by what validation says of each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.training.program import Later

CHANCE = 2.0


class KeptEpoch:
    """The epoch whose model is kept so far.

    Attributes
    ----------
    epoch: the one that is kept, and `rmse`, its validation RMSE; None and infinite before there is one.
    """

    def __init__(self) -> None:
        self.epoch: int | None = None
        self.rmse = math.inf
        self._best = np.empty(0, dtype=np.float32)

    def judge(self, epoch: int, errors: NDArray[np.float32], later: Later) -> bool:
        """Whether this epoch is to be kept, by its squared errors (n_valid,) on the validation ratings.

        `later` says what a later epoch has to show. "judged": a lower validation RMSE. "preferred": that it is
        not worse than the best one by more than chance: CHANCE standard errors of the difference, the errors being
        paired (after the one-standard-error rule of Breiman, Friedman, Olshen and Stone 1984). "kept": nothing.
        """
        rise = float(np.mean(errors - self._best)) if len(self._best) else -math.inf
        chance = float(np.std(errors - self._best)) / math.sqrt(len(errors)) if len(self._best) else 0.0
        if rise < 0:
            self._best = errors
        if rise < 0 or later == "kept" or (later == "preferred" and rise <= CHANCE * chance):
            self.epoch, self.rmse = epoch, math.sqrt(float(np.mean(errors)))
            return True
        return False

    def numbers(self) -> dict[str, Any]:
        """What JSON can hold of it."""
        return {"best_epoch": self.epoch, "best_rmse": self.rmse if math.isfinite(self.rmse) else None}

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The rest."""
        return {"validation_errors": self._best} if len(self._best) else {}

    def restore(self, arrays: dict[str, NDArray[Any]], numbers: dict[str, Any]) -> None:
        """Go on from what `arrays` and `numbers` gave."""
        self.epoch = numbers["best_epoch"]
        self.rmse = math.inf if numbers["best_rmse"] is None else float(numbers["best_rmse"])
        self._best = arrays.get("validation_errors", np.empty(0, dtype=np.float32))
