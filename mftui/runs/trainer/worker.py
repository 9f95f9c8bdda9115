"""Take part in a distributed training as a worker that is not the chief: learn in step with it, write nothing."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace

from mftui.data.dataset import Dataset
from mftui.engine.compute.device import Computing, set_up
from mftui.engine.compute.machine import gpu_bytes
from mftui.engine.compute.replicas import Devices
from mftui.engine.training.training import Training
from mftui.errors import UsageError
from mftui.runs.store.checkpoint import load_checkpoint
from mftui.runs.store.config import IN_FILE, IN_MEMORY, RunConfig
from mftui.runs.store.run import Run
from mftui.runs.trainer.memory_budget import choose_location
from mftui.runs.trainer.prepare import import_tensorflow, open_data, training_spec, with_data
from mftui.runs.trainer.signals import Requests

PAUSE_POLL_S = 0.1
"""How often a paused training looks whether it is to continue."""

log = logging.getLogger(__name__)


def require_same(devices: Devices, config: RunConfig, step: int) -> None:
    """Raise UsageError if the workers were not started for the same training."""
    c = config
    parts = [c.recipe, dict(c.hyper), c.seed, c.split, c.ratings_in, c.fingerprint, step]
    if not devices.same(json.dumps(parts, sort_keys=True)):
        raise UsageError(
            "the workers were not started by the same command, with the same data.",
            hint="To resume, all of them need to see the run directory.",
        )


def agree_on_location(computing: Computing, config: RunConfig, dataset: Dataset, location: str) -> str:
    """Return where all workers keep their ratings: in a file if one of them has too little device memory.

    `location` is what this machine's own memory has room for. Raises what `choose_location` raises.
    """
    if computing.device == "gpu" and (memory := gpu_bytes()):
        sizes = dataset.n_users, dataset.n_movies, dataset.n_ratings
        if choose_location(config, *sizes, memory, computing.devices.replicas) == IN_FILE:
            location = IN_FILE
    return IN_FILE if computing.devices.any(location == IN_FILE)[0] else IN_MEMORY


def work(config: RunConfig, run: Run | None, requests: Requests) -> None:
    """Train as one of several workers until the chief's training ends.

    Parameters
    ----------
    config: what is trained.
    run: the run to resume; None for a new one.
    requests: what this process is asked for by signals.

    Raises what a trainer raises.
    """
    dataset, split = open_data(config.train_request(), config.fingerprint)
    config = with_data(config, dataset, split)
    location = choose_location(config, dataset.n_users, dataset.n_movies, dataset.n_ratings)
    import_tensorflow(True)
    computing = set_up(config.hyper)
    for note in computing.notes:
        log.warning(note)  # nothing handles it: it goes to standard error
    devices = computing.devices
    requests.install()  # TensorFlow takes SIGTERM for itself when it joins a cluster
    config = replace(config, ratings_in=agree_on_location(computing, config, dataset, location))
    if devices.any(requests.stop)[0]:
        return
    require_same(devices, config, 0)
    training = Training(training_spec(config, dataset, split, computing))
    training.prepare()
    if devices.any(requests.stop)[0]:
        return
    checkpoint = load_checkpoint(run.checkpoint_path)[0] if run else None
    if checkpoint is not None:
        training.restore(dict(checkpoint.arrays), dict(checkpoint.numbers))
    require_same(devices, config, training.step)
    for _ in training:
        stop, pause = devices.any(requests.stop, False)
        while pause and not stop:
            time.sleep(PAUSE_POLL_S)
            stop, pause = devices.any(requests.stop, False)
        if stop:
            break
