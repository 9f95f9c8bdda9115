"""One process's work on one run: the phases from reading the data to writing the result."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from mftui.data.dataset import Dataset
from mftui.data.splits import Split
from mftui.engine.compute.device import set_up
from mftui.engine.compute.replicas import ALONE
from mftui.engine.model.factors import Factors
from mftui.engine.training.training import Training
from mftui.errors import TrainingError
from mftui.runs.store import status as states
from mftui.runs.store.checkpoint import load_checkpoint
from mftui.runs.store.metrics import MetricsWriter
from mftui.runs.store.publish import reason, write_json
from mftui.runs.store.run import Run
from mftui.runs.trainer.heartbeat import Heart
from mftui.runs.trainer.memory_budget import Place, choose_place, held_bytes
from mftui.runs.trainer.prepare import assembler, describe_dataset, import_tensorflow, make_training, open_data
from mftui.runs.trainer.protocol import MakeTraining, Trainable
from mftui.runs.trainer.result import describe_data, describe_run, describe_training, measure, peak_rss_mb
from mftui.runs.trainer.saving import Saver
from mftui.runs.trainer.signals import Requests
from mftui.runs.trainer.tensorboard import Events
from mftui.runs.trainer.worker import PAUSE_LOOK_S, place_on, require_same
from mftui.version import __version__

log = logging.getLogger(__name__)

OnMetrics = Callable[[dict[str, Any]], None]
OnPhase = Callable[[str], None]
_LOG_EVERY_S = 1.0


class StoppedEarly(Exception):  # no error: what was asked for
    """A stop was asked for before there was anything to evaluate."""


class Session:
    """One process's work on one run."""

    def __init__(
        self,
        run: Run,
        requests: Requests,
        on_metrics: OnMetrics | None,
        on_phase: OnPhase | None,
        make_training: MakeTraining | None,
    ) -> None:
        self._run, self._requests = run, requests
        self._on_metrics, self._on_phase = on_metrics, on_phase
        self._make_training = make_training
        self.heart = Heart(run.path)
        self._began = self._phase_began = time.perf_counter()
        self._phase = ""
        self._seconds = dict.fromkeys(("import", "load", "compile", "train", "evaluate"), 0.0)
        self._logged = 0.0
        self._base = self._held = 0
        """Bytes that TensorFlow took when it was imported, and the most that was held."""
        self._events: Events | None = None
        self._devices = ALONE

    def _enter(self, phase: str) -> None:
        now = time.perf_counter()
        if self._phase:
            self._seconds[self._phase] += now - self._phase_began
        self._phase, self._phase_began = phase, now
        log.info("%s", phase)
        self.heart.update(phase=phase)
        if self._on_phase:
            self._on_phase(phase)

    def train(self) -> dict[str, Any]:
        """All phases; returns the document of `result.json`."""
        try:
            return self._phases()
        except StoppedEarly:
            document = describe_run(self._run, self._run.config())
            return self._concluded(document, states.STOPPED)

    def _phases(self) -> dict[str, Any]:
        self._enter("load")
        config, request = self._run.config(), self._run.request()
        dataset, split = open_data(request, config.get("dataset"))
        config = self._run.update_config(**describe_dataset(dataset, split))
        place = choose_place(config, dataset.n_users, dataset.n_movies, dataset.n_ratings)
        self._check_stop()
        training = self._prepared(config, dataset, split, place)
        self._check_stop()
        with self._metrics_at_checkpoint(training) as metrics:
            require_same(self._devices, config, training.step)
            self._events = Events(self._run, self.heart.warn) if request.tensorboard else None
            assemble = assembler(dataset, split, config)
            saver = Saver(
                self._run,
                training,
                metrics,
                assemble,
                every_s=request.checkpoint_seconds,
                warn=self.heart.warn,
            )
            self._loop(training, metrics, saver)
            self._enter("evaluate")
            state = self._state_after(training)
            model = self._last_model(training, saver, state)
            document = describe_run(self._run, config) | describe_data(dataset, split)
            document |= describe_training(training, config) | measure(model)
            blocks = training.block_seconds
            self._seconds["train"] = blocks.pop("taste")
            self._seconds |= blocks | {"compile": training.seconds["compile"]}
            self._save_last(saver, model, state, metrics)
            if self._events is not None:
                self._events.finish(model, document)
        return self._concluded(document, state)

    def _prepared(self, config: dict[str, Any], dataset: Dataset, split: Split, place: Place) -> Trainable:
        make = self._make_training
        if make is None:
            self._enter("import")
            self._held = self._base = import_tensorflow()
            place = self._note_device(config, dataset, place)
            self._check_stop()
            make = Training
        if place == "file":
            log.info("the ratings do not fit into memory (%s): read from a file", config["hyper"]["memory"])
        config |= self._run.update_config(ratings_in=place)
        self._enter("compile")
        require_same(self._devices, config, 0)
        training = make_training(make, config, dataset, split)
        training.prepare()
        return training

    def _note_device(self, config: dict[str, Any], dataset: Dataset, place: Place) -> Place:
        """Choose the device; keep what is really computed on and with, and say where it is not what was asked for.

        Returns where the ratings are to be, which the device has a say in.
        """
        computing = set_up(config["hyper"])
        for note in computing.notes:
            self.heart.warn(note)
        names = ("tensorflow", "keras", "numpy")
        found = {name: str(sys.modules[name].__version__) for name in names if name in sys.modules}
        config |= self._run.update_config(
            versions={**config.get("versions", {}), "mftui": __version__, **found},
            device=computing.name,
            precision=computing.precision,
            strategy=computing.devices.kind,
            replicas=computing.devices.replicas,
        )
        self._devices = computing.devices
        if self._devices.workers > 1:
            self._requests.install()  # TensorFlow takes SIGTERM for itself when it joins a cluster
        if computing.devices.strategy is not None:
            log.info("%s: %d replicas", computing.devices.kind, computing.devices.replicas)
        return place_on(computing, config, dataset, place)

    def _metrics_at_checkpoint(self, training: Trainable) -> MetricsWriter:
        """Restore the last checkpoint, where there is one; the metrics are cut back to that moment."""
        checkpoint, wrong = load_checkpoint(self._run.checkpoint_path)
        for message in wrong:
            self.heart.warn(f"used an older checkpoint: {message}")
        if checkpoint is None:
            return MetricsWriter(self._run.metrics_path)
        training.restore(dict(checkpoint.arrays), dict(checkpoint.numbers))
        log.info("resumed at step %d", training.step)
        return MetricsWriter(self._run.metrics_path, checkpoint.metrics_offset)

    def _loop(self, training: Trainable, metrics: MetricsWriter, saver: Saver) -> None:
        self.heart.watch(training)
        self.heart.update(state=states.RUNNING)
        self._enter("train")
        requests = self._requests
        for tick in training:
            if tick.metrics is not None:
                self._held = max(self._held, held_bytes())
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
        try:
            metrics.append(line)
        except OSError as error:
            self.heart.warn(f"could not write metrics: {reason(error)}; they are kept and tried again.")
        if self._events is not None:
            self._events.append(line)
        if self._on_metrics:
            self._on_metrics(line)
        if line["valid_rmse"] is not None and time.monotonic() - self._logged > _LOG_EVERY_S:
            self._logged = time.monotonic()
            log.info("epoch %.6g: validation RMSE %.4f", line["epoch"], line["valid_rmse"])

    def _wait_paused(self, saver: Saver) -> bool:
        """Returns whether it is then to stop."""
        saver.save_factors()
        saver.save_checkpoint()
        self.heart.update(state=states.PAUSED)
        log.info("paused")
        stop, pause = False, True
        while pause and not stop:
            time.sleep(PAUSE_LOOK_S)
            stop, pause = self._devices.any(self._requests.stop, self._requests.pause)
        self.heart.update(state=states.RUNNING)
        log.info("continued")
        return stop

    # -- the end -----------------------------------------------------------------------------

    def _state_after(self, training: Trainable) -> str:
        if training.outcome == "diverged":
            return states.DIVERGED
        if training.outcome:
            return states.FINISHED
        self.heart.update(state=states.STOPPING)
        return states.STOPPED

    def _last_model(self, training: Trainable, saver: Saver, state: str) -> Factors | None:
        """The model to keep; None where none is better than what has been published already."""
        if training.step == 0:
            return None
        try:
            return saver.model()
        except TrainingError:
            if state != states.DIVERGED:
                raise
            return None

    def _save_last(self, saver: Saver, model: Factors | None, state: str, metrics: MetricsWriter) -> None:
        """Write what must not be missing at the end; raises TrainingError where some of it cannot be."""
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
                f"could not write {' and '.join(missing)}; what was saved before is kept.",
                hint=f"Make room, then: mftui train --resume {self._run.id}",
            )

    def _concluded(self, document: dict[str, Any], state: str) -> dict[str, Any]:
        if self._phase != "train":
            self._seconds[self._phase] += time.perf_counter() - self._phase_began
        seconds = self._seconds | {"total": time.perf_counter() - self._began}
        document |= {
            "state": state,
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
            "peak_rss_mb": peak_rss_mb(),
            "peak_data_mb": round((max(self._held, held_bytes()) - self._base) / 1e6, 1),
            "warnings": list(self.heart.status.warnings),
        }
        log.info("%.1f s; at most %.0f MB held", seconds["total"], document["peak_rss_mb"])
        log.info("%.0f MB of them are the training's own data", document["peak_data_mb"])
        try:
            write_json(self._run.path / "result.json", document, durable=True)
        except OSError as error:
            self.heart.warn(f"could not write result.json: {reason(error)}")
        return document

    def _check_stop(self) -> None:
        if self._requests.stop:
            raise StoppedEarly

    def ending(self, document: dict[str, Any]) -> str:
        """Why it ended as it did, for the status."""
        if document["state"] == states.DIVERGED:
            return "the loss is no longer a number; the last good model is kept. Lower --learning-rate."
        if document["state"] == states.STOPPED:
            return "interrupted" if self._requests.interrupted else "stopped on request"
        return "no better validation RMSE for some epochs" if document["outcome"] == "early-stop" else ""
