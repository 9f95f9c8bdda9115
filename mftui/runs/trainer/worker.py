"""A worker that is not the chief: learns in step with it, and writes nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from mftui.data.dataset import Dataset
from mftui.engine.compute.device import Computing, set_up
from mftui.engine.compute.replicas import Devices
from mftui.engine.training.training import Training
from mftui.errors import UsageError
from mftui.runs.store.checkpoint import load_checkpoint
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.runs.trainer.machine import gpu_bytes
from mftui.runs.trainer.memory_budget import Place, choose_place
from mftui.runs.trainer.prepare import describe_dataset, import_tensorflow, make_training, open_data
from mftui.runs.trainer.signals import Requests

PAUSE_LOOK_S = 0.1
"""How often a paused training looks whether it is to go on."""


def require_same(devices: Devices, config: Mapping[str, Any], step: int) -> None:
    """Raise UsageError where the workers were not started for the same training."""
    parts = [config[name] for name in ("recipe", "hyper", "seed", "split", "ratings_in")]
    if not devices.same(json.dumps([*parts, config["dataset"]["fingerprint"], step], sort_keys=True)):
        raise UsageError(
            "the workers were not started by the same command, with the same data.",
            hint="To resume, all of them need to see the run directory.",
        )


def place_on(computing: Computing, config: Mapping[str, Any], dataset: Dataset, place: Place) -> Place:
    """Where all workers have their ratings: in files, if one of them has no room for them in a device's memory.

    `place` is what this machine's own memory has room for. Raises what `choose_place` does.
    """
    if computing.device == "gpu" and (memory := gpu_bytes()):
        sizes = dataset.n_users, dataset.n_movies, dataset.n_ratings
        if choose_place(config, *sizes, memory, computing.devices.replicas) == "file":
            place = "file"
    return "file" if computing.devices.any(place == "file")[0] else "memory"


def work(request: TrainRequest, run: Run | None, requests: Requests) -> None:
    """Take this process's part in a new training, or in going on with `run`, until the chief's training ends.

    The audience block, which is not distributed, is trained by all alike. Raises what a trainer raises.
    """
    new: dict[str, Any] = {"recipe": request.recipe, "hyper": request.complete_hyper(), "seed": request.seed}
    before = run.config() if run else new
    dataset, split = open_data(request, before.get("dataset"))
    config = before | describe_dataset(dataset, split)
    place = choose_place(config, dataset.n_users, dataset.n_movies, dataset.n_ratings)
    import_tensorflow()
    computing = set_up(config["hyper"])
    devices = computing.devices
    requests.install()  # TensorFlow takes SIGTERM for itself when it joins a cluster
    config["ratings_in"] = place_on(computing, config, dataset, place)
    require_same(devices, config, 0)
    training = make_training(Training, config, dataset, split)
    training.prepare()
    checkpoint = load_checkpoint(run.checkpoint_path)[0] if run else None
    if checkpoint is not None:
        training.restore(dict(checkpoint.arrays), dict(checkpoint.numbers))
    require_same(devices, config, training.step)
    for _ in training:
        stop, pause = devices.any(requests.stop, False)
        while pause and not stop:
            time.sleep(PAUSE_LOOK_S)
            stop, pause = devices.any(requests.stop, False)
        if stop:
            break
