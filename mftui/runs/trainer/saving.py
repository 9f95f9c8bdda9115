"""Save a training under way: checkpoints to resume from, and the model to browse."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from typing import Self

import numpy as np

from mftui.data.allocator import malloc_trim
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
_NO_CHECKPOINT = "could not save a checkpoint: {}"


class Saver:
    """Save a training under way into its run directory.

    What is due while it learns is written in a thread of its own, one save at a time, from copies: the steps go on,
    unless there is `little_memory`. What cannot be written is reported to `warn` and tried again later; what was saved
    before stays.
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
        little_memory: bool = False,
    ) -> None:
        self._run, self._training, self._metrics = run, training, metrics
        self._assemble, self._warn, self._waits = assemble, warn, little_memory
        self._every_s, self._store = request.checkpoint_seconds, request.store
        self._factors: Factors | None = None
        self._checkpoint_due = time.monotonic() + FIRST_SAVE_S
        self._factors_due = self._checkpoint_due
        self._thread = ThreadPoolExecutor(1, "saving")
        self._saving: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.shutdown()

    def after_step(self) -> None:
        """Begin to save what is due, unless a save is still under way."""
        if self._saving is not None and not self._saving.done():
            return
        self._wait()
        now = time.monotonic()
        if now < self._factors_due and now < self._checkpoint_due:
            return
        if not (self._run.path / "config.json").exists():
            raise TrainingError(f"{self._run.path}: the run directory has been removed.", hint="Train again.")
        parameters = self._training.parameters()
        checkpoint = self._checkpoint() if now >= self._checkpoint_due else None
        self._saving = self._thread.submit(self._save, parameters, checkpoint)
        if self._waits:
            self._wait()

    def _save(self, parameters: Parameters, checkpoint: Checkpoint | None) -> None:
        """Write both. The model first: where there is a checkpoint, there is a model to load."""
        began = time.monotonic()
        self._publish_made(parameters)
        saved = time.monotonic()
        self._factors_due = saved + max(FACTORS_INTERVAL_S, (saved - began) / MAX_SAVING_SHARE)
        if checkpoint is not None:
            self._write(checkpoint)
            self._checkpoint_due = began + max(self._every_s, (time.monotonic() - saved) / MAX_SAVING_SHARE)
        del parameters, checkpoint
        malloc_trim()

    def _wait(self) -> None:
        """Wait for the save under way; raise what went wrong in it beside what cannot be written."""
        if self._saving is not None:
            saving, self._saving = self._saving, None
            saving.result()

    def save(self) -> None:
        """Save the best model so far, and the state to resume from, now."""
        self._wait()
        self._publish_made(self._training.parameters())
        self.save_checkpoint()

    def save_checkpoint(self) -> None:
        """Save the state to resume from, now."""
        self._wait()
        self._write(self._checkpoint())

    def _checkpoint(self) -> Checkpoint | None:
        """Return the state to resume from; None if it is not finite, or the metrics cannot be written."""
        arrays, numbers = self._training.state()
        if not all(np.isfinite(a).all() for a in arrays.values() if a.dtype.kind == "f"):
            return None
        try:
            return Checkpoint(arrays, numbers, self._metrics.sync())
        except OSError as error:
            self._warn(_NO_CHECKPOINT.format(reason(error)))
            return None

    def _write(self, checkpoint: Checkpoint | None) -> None:
        if checkpoint is None:
            return
        try:
            save_checkpoint(self._run.checkpoint_path, checkpoint)
        except OSError as error:
            self._warn(_NO_CHECKPOINT.format(reason(error)))

    def _publish_made(self, parameters: Parameters) -> None:
        factors = self._made(parameters)
        if factors is None:
            return
        try:
            self._publish(factors)
        except OSError as error:
            self._warn(f"could not refresh the model: {reason(error)}")

    def publish(self, factors: Factors) -> None:
        """Publish this model; raises OSError."""
        self._wait()
        self._publish(factors)

    def _publish(self, factors: Factors) -> None:
        link = self._run.factors_path
        before = published(link)
        publish(link, lambda directory: save_factors(factors, directory, reuse=before, store=self._store))

    def model(self) -> Factors | None:
        """Return the best model so far; None if it is not finite."""
        self._wait()
        return self._made(self._training.parameters())

    def _made(self, parameters: Parameters) -> Factors | None:
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
