"""A search for settings whose trials are trained in NumPy, in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from unittest import mock

from helpers.numpy_training import NumpyTraining

from mftui.engine.training.block import Metrics
from mftui.runs.results import tune as tuning
from mftui.runs.trainer.main import train


class Measured(NumpyTraining):
    """Knows a validation RMSE."""

    def _metrics(self, loss: float) -> Metrics:
        metrics = super()._metrics(loss)
        return replace(metrics, valid_rmse=metrics.train_rmse)


@contextmanager
def quick_trials() -> Iterator[None]:
    """Let `tune` train so meanwhile."""
    with mock.patch.object(tuning, "train", partial(train, make_training=Measured)):
        yield
