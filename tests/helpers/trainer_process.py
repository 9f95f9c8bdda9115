"""A trainer in a process of its own, training by NumPy: `python -m helpers.trainer_process RUN_DIR`.

It saves far oftener than a real one, so that a kill at any moment is likely to fall into a save.
FILE_SIZE_LIMIT in the environment limits every file that it writes, as a full disk would, and MEMORY_LIMIT its memory.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from helpers.numpy_training import NumpyTraining

from mftui.errors import MftuiError
from mftui.runs.store.run import Run
from mftui.runs.trainer import saving
from mftui.runs.trainer.main import train
from mftui.runs.trainer.signals import Requests


def run_trainer(directory: str) -> None:
    """Train, or go on with, the run in `directory`."""
    requests = Requests().install()
    if limit := int(os.environ.get("FILE_SIZE_LIMIT", "0")):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if limit := int(os.environ.get("MEMORY_LIMIT", "0")):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    setattr(os, "fsync", lambda _: None)  # noqa: B010  # what was written outlives a killed process anyway
    saving.FIRST_SAVE_S, saving.FACTORS_INTERVAL_S, saving.MAX_SAVING_SHARE = 0.01, 0.05, 0.5
    try:
        document = train(Run(Path(directory)), resume=True, requests=requests, make_training=NumpyTraining)
    except MftuiError as error:
        sys.exit(f"refused: {error}")
    print(document["state"])


if __name__ == "__main__":
    run_trainer(sys.argv[1])
