"""Event files: the curves of a training, and at its end the model, as TensorBoard reads them. Needs TensorFlow."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mftui.data.storage.regular import create_own, list_own, make_own
from mftui.engine.export.projector import export_projector
from mftui.engine.model.factors import Factors

TAGS = {
    "train_loss": "loss",
    "train_rmse": "rmse/training",
    "valid_rmse": "rmse/validation",
    "learning_rate": "learning_rate",
    "ratings_per_second": "ratings_per_second",
}
_FORMAT = "brain.Event:2"
_FLUSH_S = 1.0


class EventLog:
    """One event file in a directory of its own.

    A scalar is called by the block of factors being trained and what was measured: `taste/rmse/validation`. Its time is
    that of the training's own clock, pauses and restarts left out.
    """

    def __init__(self, directory: Path, lines: Iterable[Mapping[str, Any]] = ()) -> None:
        """Begin anew with these lines of `metrics.jsonl`: what a training that is gone on with had written.

        Raises OSError where the directory cannot be written.
        """
        import tensorflow as tf

        self._tf, self._flushed = tf, 0.0
        self.directory = directory
        lines = list(lines)
        make_own(directory)
        for old in list_own(directory):
            if old.name.startswith("events.out.tfevents."):
                old.unlink()
        learned = lines[-1].get("seconds") if lines else 0.0
        self._began = time.time() - (learned if isinstance(learned, int | float) else 0.0)
        file = directory / f"events.out.tfevents.{int(self._began)}.mftui"
        create_own(file).close()  # an error of the file system, not of TensorFlow; and TensorFlow follows no link
        self._writer = tf.io.TFRecordWriter(str(file))
        self._write(tf.compat.v1.Event(wall_time=self._began, file_version=_FORMAT))
        for line in lines:
            self.append(line)

    def append(self, line: Mapping[str, Any]) -> None:
        """Append a line of `metrics.jsonl`. Raises OSError where it cannot be written."""
        found = {f"{line.get('block', 'taste')}/{tag}": line.get(name) for name, tag in TAGS.items()}
        step, seconds = line.get("step"), line.get("seconds")
        if isinstance(step, int | float) and isinstance(seconds, int | float):  # else of a damaged line
            self._scalars(int(step), float(seconds), found)

    def finish(self, model: Factors | None, measured: Mapping[str, Any]) -> None:
        """Write the RMSE of the last model as `rmse/training` and `rmse/test`, and its factors for the projector.

        Raises OSError where they cannot be written.
        """
        found = {
            f"rmse/{part}": measured.get(name) for part, name in (("training", "train_rmse"), ("test", "test_rmse"))
        }
        self._scalars(int(measured["steps"]), time.time() - self._began, found)
        self._checked(self._writer.close)
        if model is not None:
            for old in list_own(self.directory):
                if old.suffix == ".tsv":
                    old.unlink()
            export_projector(model, self.directory)

    def _scalars(self, step: int, seconds: float, values: Mapping[str, object]) -> None:
        summary = self._tf.compat.v1.Summary
        points = [
            summary.Value(tag=tag, simple_value=value)
            for tag, value in values.items()
            if isinstance(value, int | float) and math.isfinite(value)
        ]
        self._write(self._tf.compat.v1.Event(wall_time=self._began + seconds, step=step, summary=summary(value=points)))

    def _write(self, event: Any) -> None:
        self._checked(self._writer.write, event.SerializeToString())
        if time.monotonic() - self._flushed > _FLUSH_S:
            self._checked(self._writer.flush)
            self._flushed = time.monotonic()

    def _checked(self, call: Any, *arguments: Any) -> None:
        try:
            call(*arguments)
        except self._tf.errors.OpError as error:
            raise OSError(str(error.message)) from error
