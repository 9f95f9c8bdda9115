"""Save a training under way: checkpoints to resume from, and the model to browse."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields

import numpy as np

from mftui.engine.model.factors import Factors
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.store import save_factors
from mftui.errors import TrainingError
from mftui.runs.store.checkpoint import Checkpoint, save_checkpoint
from mftui.runs.store.metrics import MetricsWriter
from mftui.runs.store.publish import publish, published, reason
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.runs.trainer.prepare import Trainable

FIRST_SAVE_S = 1.0
FACTORS_INTERVAL_S = 2.0
MAX_SAVING_SHARE = 0.05
"""Largest share of the time that may go into saving."""


class Saver:
    """Save a training under way into its run directory.

    What cannot be written is reported to `warn` and tried again later; what was saved before stays.
    Saving never changes what is learned.
    """

    def __init__(
        self,
        run: Run,
        request: TrainRequest,
        training: Trainable,
        metrics: MetricsWriter,
        assemble: Callable[[Parameters], Factors],
        warn: Callable[[str], None],
    ) -> None:
        self._run, self._training, self._metrics = run, training, metrics
        self._assemble, self._warn = assemble, warn
        self._every_s, self._store = request.checkpoint_seconds, request.store
        self._factors: Factors | None = None
        self._checkpoint_due = time.monotonic() + FIRST_SAVE_S
        self._factors_due = self._checkpoint_due

    def after_step(self) -> None:
        """Save what is due."""
        now = time.monotonic()
        if now < self._factors_due and now < self._checkpoint_due:
            return
        if not (self._run.path / "config.json").exists():
            raise TrainingError(f"{self._run.path}: the run directory has been removed.", hint="Train again.")
        # The model first: where there is a checkpoint, there is a model to load.
        self.save_factors()
        saved = time.monotonic()
        self._factors_due = saved + max(FACTORS_INTERVAL_S, (saved - now) / MAX_SAVING_SHARE)
        if now >= self._checkpoint_due:
            self.save_checkpoint()
            self._checkpoint_due = now + max(self._every_s, (time.monotonic() - saved) / MAX_SAVING_SHARE)

    def save_checkpoint(self) -> None:
        """Save the state to resume from."""
        arrays, numbers = self._training.state()
        if not all(np.isfinite(a).all() for a in arrays.values() if a.dtype.kind == "f"):
            return
        try:
            save_checkpoint(self._run.checkpoint_path, Checkpoint(arrays, numbers, self._metrics.sync()))
        except OSError as error:
            self._warn(f"could not save a checkpoint: {reason(error)}")

    def save_factors(self) -> None:
        """Publish the best model so far."""
        factors = self.model()
        if factors is None:
            return
        try:
            self.publish(factors)
        except OSError as error:
            self._warn(f"could not refresh the model: {reason(error)}")

    def publish(self, factors: Factors) -> None:
        """Publish this model; raises OSError."""
        link = self._run.factors_path
        before = published(link)
        publish(link, lambda directory: save_factors(factors, directory, reuse=before, store=self._store))

    def model(self) -> Factors | None:
        """Return the best model so far; None if it is not finite."""
        parameters = self._training.parameters()
        if not _finite(parameters):
            return None
        if self._factors is None:
            self._factors = self._assemble(parameters)
        else:
            self._factors = self._factors.with_parameters(parameters)
        return self._factors


def _finite(parameters: Parameters) -> bool:
    values = (getattr(parameters, f.name) for f in fields(parameters))
    return all(np.isfinite(value).all() for value in values if isinstance(value, np.ndarray | float))
