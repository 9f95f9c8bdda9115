"""Take a run through its phases, from reading the data to writing the result."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mftui.data.dataset import Dataset
from mftui.engine.compute.cluster import find_cluster
from mftui.engine.compute.device import Computing
from mftui.engine.compute.machine import peak_bytes, resident_bytes
from mftui.engine.compute.replicas import ALONE
from mftui.engine.model.factors import Factors
from mftui.engine.query.held_out_errors import held_out_errors
from mftui.engine.recipes import find_recipe
from mftui.errors import RunError, TrainingError
from mftui.runs.store import status as states
from mftui.runs.store.checkpoint import load_checkpoint
from mftui.runs.store.config import IN_FILE, RunConfig, how_read, write_config
from mftui.runs.store.metrics import MetricsWriter
from mftui.runs.store.publish import reason, write_json
from mftui.runs.store.run import Run
from mftui.runs.trainer.heartbeat import Heartbeat
from mftui.runs.trainer.preparation import Preparation
from mftui.runs.trainer.prepare import Trainable, assembler, how_long, with_data
from mftui.runs.trainer.result import describe_data, describe_run, describe_training, measure, worse_than_mean
from mftui.runs.trainer.saving import Saver
from mftui.runs.trainer.signals import Requests
from mftui.runs.trainer.tensorboard import Events
from mftui.runs.trainer.worker import PAUSE_POLL_S, agree_on_location, require_same
from mftui.text import shell_word
from mftui.version import __version__

log = logging.getLogger(__name__)

OnMetrics = Callable[[dict[str, Any]], None]
OnPhase = Callable[[str], None]
_LOG_INTERVAL_S = 1.0


class StoppedEarly(Exception):  # no error: what was asked for
    """Is raised if a stop is asked for before there is anything to evaluate."""


class Session:
    """Is one process's work on one run."""

    def __init__(
        self,
        run: Run,
        requests: Requests,
        on_metrics: OnMetrics | None,
        on_phase: OnPhase | None,
        preparation: Preparation,
    ) -> None:
        self._run, self._requests = run, requests
        self._on_metrics, self._on_phase = on_metrics, on_phase
        self._preparation, self._compiled_before = preparation, preparation.compile_seconds
        self.heartbeat = Heartbeat(run.path)
        self._config = RunConfig()
        self._began = self._phase_began = time.perf_counter()
        self._phase = ""
        self._seconds = dict.fromkeys(("import", "load", "compile", "train", "evaluate"), 0.0)
        self._logged = 0.0
        self._loss: float | None = None
        """The last that the taste block had."""
        self._base = self._most_resident = 0
        """Bytes that TensorFlow took when it was imported, and the most memory that was resident."""
        self._events: Events | None = None
        self._devices = ALONE

    def _enter(self, phase: str) -> None:
        now = time.perf_counter()
        if self._phase:
            self._seconds[self._phase] += now - self._phase_began
        self._phase, self._phase_began = phase, now
        log.info("%s", phase)
        self.heartbeat.update(phase=phase)
        if self._on_phase:
            self._on_phase(phase)

    def train(self) -> dict[str, Any]:
        """Go through all phases; return the object of `result.json`."""
        try:
            return self._phases()
        except StoppedEarly:
            document = describe_run(self._run, self._config)
            return self._concluded(document, states.STOPPED)

    def _phases(self) -> dict[str, Any]:
        self._enter("load")
        self._config = self._run.config()
        request = self._config.train_request()
        dataset, split = self._preparation.data(self._config)
        self._keep(with_data(self._config, dataset, split))
        for sentence in how_read(self._config.dataset or {}):
            log.info("%s", sentence)
        if long := how_long(self._config):
            log.info("%s", long)
        for warning in dataset.reading.warnings:
            self.heartbeat.warn(warning)
        location = self._preparation.location(self._config)
        if find_cluster() is None:  # workers must have joined before they can agree on it
            self._check_stop()
        training = self._prepared(dataset, location)
        self._check_stop()
        with self._metrics_at_checkpoint(training) as metrics:
            require_same(self._devices, self._config, training.step)
            self._events = Events(self._run, self.heartbeat.warn) if request.tensorboard else None
            assemble = assembler(self._config, dataset, split)
            waits = self._config.ratings_in == IN_FILE
            with Saver(self._run, request, training, metrics, assemble, self.heartbeat.warn, waits) as saver:
                self._loop(training, metrics, saver)
            self._enter("evaluate")
            state = self._state_after(training)
            model = self._last_model(training, saver, state)
            document = describe_run(self._run, self._config) | describe_data(dataset, split)
            document |= describe_training(training, self._config, self._loss) | measure(model)
            model = model and replace(model, errors=held_out_errors(model))
            if worse := worse_than_mean(model, document):
                self.heartbeat.warn(worse)
            blocks = training.block_seconds
            self._seconds["train"] = blocks.pop("taste")
            self._seconds |= blocks | {"compile": training.seconds["compile"] - self._compiled_before}
            self._save_last(saver, model, state, metrics)
            if kept := self._preparation.keep_programs():
                log.info("compiled programs kept for the next training: %d", kept)
            if self._events is not None:
                self._events.finish(model, document)
        return self._concluded(document, state)

    def _keep(self, config: RunConfig) -> None:
        """Write `config` to the run directory."""
        self._config = config
        write_config(self._run.path, config)

    def _prepared(self, dataset: Dataset, location: str) -> Trainable:
        """Choose the device, write down what is really computed on and with, and compile."""
        config = self._config
        if self._preparation.computes:
            self._enter("import")
            self._most_resident = self._base = self._preparation.import_tensorflow()
            computing = self._set_up(config)
            location = agree_on_location(computing, config, dataset, location)
            self._check_stop()
            names = ("tensorflow", "keras", "numpy")
            found = {name: str(sys.modules[name].__version__) for name in names if name in sys.modules}
            config = replace(
                config,
                versions={**config.versions, "mftui": __version__, **found},
                device=computing.name,
                precision=computing.precision,
                strategy=computing.devices.kind,
                replicas=computing.devices.replicas,
            )
        if location == IN_FILE:
            log.info("the ratings do not fit into memory (%s): read from a file", config.hyper["memory"])
        self._keep(replace(config, ratings_in=location))
        self._enter("compile")
        require_same(self._devices, self._config, 0)
        return self._preparation.training(self._config)

    def _set_up(self, config: RunConfig) -> Computing:
        """Choose the device, and warn if it is not what was asked for."""
        computing = self._preparation.computing(config)
        for note in computing.notes:
            self.heartbeat.warn(note)
        self._devices = computing.devices
        if self._devices.workers > 1:
            self._requests.install()  # TensorFlow takes SIGTERM for itself when it joins a cluster
        if self._devices.strategy is not None:
            log.info("%s: %d replicas", self._devices.kind, self._devices.replicas)
        return computing

    def _metrics_at_checkpoint(self, training: Trainable) -> MetricsWriter:
        """Restore the last checkpoint, if there is one, and cut the metrics back to that moment."""
        checkpoint, wrong = load_checkpoint(self._run.checkpoint_path)
        for message in wrong:
            self.heartbeat.warn(f"used an older checkpoint: {message}")
        if checkpoint is None:
            return self._metrics()
        training.restore(dict(checkpoint.arrays), dict(checkpoint.numbers))
        log.info("resumed at step %d", training.step)
        return self._metrics(checkpoint.metrics_offset)

    def _metrics(self, offset: int = 0) -> MetricsWriter:
        path = self._run.metrics_path
        try:
            return MetricsWriter(path, offset)
        except OSError as error:
            raise RunError(f"{path}: cannot be written ({reason(error)}).", hint="Remove it.") from error

    def _loop(self, training: Trainable, metrics: MetricsWriter, saver: Saver) -> None:
        self.heartbeat.watch(training)
        self.heartbeat.update(state=states.RUNNING)
        self._enter("train")
        requests = self._requests
        for tick in training:
            if tick.metrics is not None:
                self._most_resident = max(self._most_resident, resident_bytes())
                self._record(tick.metrics.as_dict(), metrics)
            saver.after_step()
            stop, pause = self._devices.any(requests.stop, requests.pause)
            if pause and not stop:
                stop = self._wait_paused(saver)
            if requests.hung_up:
                requests.hung_up = False
                log.info("the terminal is gone; the training goes on")
            if stop:
                break

    def _record(self, line: dict[str, Any], metrics: MetricsWriter) -> None:
        if line["block"] == "taste":
            self._loss = line["train_loss"]
        try:
            metrics.append(line)
        except OSError as error:
            self.heartbeat.warn(f"could not write metrics: {reason(error)}; they will be written later.")
        if self._events is not None:
            self._events.append(line)
        if self._on_metrics:
            self._on_metrics(line)
        if line["valid_rmse"] is not None and time.monotonic() - self._logged > _LOG_INTERVAL_S:
            self._logged = time.monotonic()
            log.info("epoch %.6g: validation RMSE %.4f", line["epoch"], line["valid_rmse"])

    def _wait_paused(self, saver: Saver) -> bool:
        """Wait until the pause ends; return whether to stop then."""
        saver.save()
        self.heartbeat.update(state=states.PAUSED)
        log.info("paused")
        stop, pause = False, True
        while pause and not stop:
            time.sleep(PAUSE_POLL_S)
            stop, pause = self._devices.any(self._requests.stop, self._requests.pause)
        self.heartbeat.update(state=states.RUNNING)
        log.info("continued")
        return stop

    # -- the end -----------------------------------------------------------------------------

    def _state_after(self, training: Trainable) -> str:
        if training.outcome == "diverged":
            return states.DIVERGED
        if training.outcome:
            return states.FINISHED
        self.heartbeat.update(state=states.STOPPING)
        return states.STOPPED

    def _last_model(self, training: Trainable, saver: Saver, state: str) -> Factors | None:
        """Return the model to keep; None if none is better than what has been published."""
        if training.step == 0:
            return None
        try:
            return saver.model()
        except TrainingError:
            if state != states.DIVERGED:
                raise
            return None

    def _save_last(self, saver: Saver, model: Factors | None, state: str, metrics: MetricsWriter) -> None:
        """Write what must not be missing at the end. Raises TrainingError if some of it cannot be written."""
        steps: list[tuple[str, Callable[[], object]]] = [("the metrics", metrics.sync)]
        if model is not None:
            steps.insert(0, ("the model", lambda: saver.publish(model)))
        missing = []
        for what, write in steps:
            try:
                write()
            except OSError as error:
                missing.append(f"{what} ({reason(error)})")
        if state == states.STOPPED:
            saver.save_checkpoint()
        if missing:
            raise TrainingError(
                f"could not write {' and '.join(missing)}; the last saved state is kept.",
                hint=f"Free some space, then: mftui train --resume {shell_word(self._run.id)}",
            )

    def _concluded(self, document: dict[str, Any], state: str) -> dict[str, Any]:
        if self._phase != "train":
            self._seconds[self._phase] += time.perf_counter() - self._phase_began
        seconds = self._seconds | {"total": time.perf_counter() - self._began}
        document |= {
            "state": state,
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
            "peak_rss_mb": round(peak_bytes() / 2**20, 1),
            "peak_data_mb": round((max(self._most_resident, resident_bytes()) - self._base) / 1e6, 1),
            "warnings": list(self.heartbeat.status.warnings),
        }
        log.info("%.1f s; at most %.0f MB held", seconds["total"], document["peak_rss_mb"])
        log.info("%.0f MB of them are the training's own data", document["peak_data_mb"])
        try:
            write_json(self._run.path / "result.json", document, durable=True)
        except OSError as error:
            self.heartbeat.warn(f"could not write result.json: {reason(error)}")
        return document

    def _check_stop(self) -> None:
        """Raise StoppedEarly if any worker was asked to stop. All must call this at the same point."""
        if self._devices.any(self._requests.stop)[0]:
            raise StoppedEarly

    def ending(self, document: dict[str, Any]) -> str:
        """Return why it ended, for the status."""
        if document["state"] == states.DIVERGED:
            kept = "the last good model is kept" if self._run.has_factors else "there was no good model to keep"
            return f"the loss is no longer a number; {kept}. {find_recipe(self._config.recipe).remedy}".strip()
        if document["state"] == states.STOPPED:
            return "interrupted" if self._requests.interrupted else "stopped on request"
        return "no better validation RMSE for some epochs" if document["outcome"] == "early-stop" else ""
