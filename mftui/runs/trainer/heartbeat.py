"""Keep `status.json` current while a trainer works: on every change, and with a heartbeat between."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from mftui.runs.store.process import Process
from mftui.runs.store.status import RUNNING, Status, write_status
from mftui.runs.trainer.prepare import Trainable

log = logging.getLogger(__name__)

POLL_S = 0.5
MAX_SILENCE_S = 5.0
"""The longest time between two beats."""


class Heartbeat:
    """Write one run's status. One that cannot be written is written with the next beat."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self.status = Status(process=Process.current())
        """As it was last written."""
        self._training: Trainable | None = None
        self._from_step, self._from_seconds = 0, 0.0
        self._written = 0.0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Write the first status, and begin to beat. Raises OSError where that cannot be written."""
        write_status(self._run, replace(self.status, heartbeat=time.time()))
        self._thread.start()

    def watch(self, training: Trainable) -> None:
        """Report the step, epoch and seconds of `training` from now on."""
        self._from_step, self._from_seconds = training.step, training.trained_seconds
        self._training = training

    def update(self, **changes: Any) -> None:
        """Change the status and write it."""
        with self._lock:
            self.status = replace(self.status, **changes)
            self._write()

    def warn(self, message: str) -> None:
        """Add to the warnings (each once) and to the log."""
        log.warning(message)
        with self._lock:  # the thread that saves warns too
            if message not in self.status.warnings:
                self.status = replace(self.status, warnings=(*self.status.warnings, message))
                self._write()

    def stop(self, state: str, message: str = "", fault: str = "") -> None:
        """Write the last status. `fault`: the kind of error that ended it."""
        self._over.set()
        self._thread.join()
        with self._lock:
            self.status = replace(self.status, state=state, phase="", message=message, fault=fault)
            self._write(durable=True)

    def _beat(self) -> None:
        last = self.status
        while not self._over.wait(POLL_S):
            with self._lock:
                now = self._measured()
                if now != last or time.monotonic() - self._written > MAX_SILENCE_S:
                    last = now
                    self._write()

    def _write(self, durable: bool = False) -> None:
        self.status = self._measured()
        self._written = time.monotonic()
        # A full disk, or a directory that somebody removed: the saver is the one to report it.
        with contextlib.suppress(OSError):
            write_status(self._run, replace(self.status, heartbeat=time.time()), durable=durable)

    def _measured(self) -> Status:
        training = self._training
        if training is None:
            return self.status
        seconds, step = training.trained_seconds, training.step
        eta = None
        if self.status.state == RUNNING and step > self._from_step:
            pace = (seconds - self._from_seconds) / (step - self._from_step)
            eta = round((training.n_steps - step) * pace, 1)
        return replace(
            self.status,
            epoch=training.epoch,
            epochs=training.n_epochs,
            step=step,
            steps=training.n_steps,
            seconds=round(seconds, 3),
            eta_seconds=eta,
        )
