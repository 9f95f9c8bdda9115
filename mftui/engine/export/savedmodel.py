"""SavedModel: the model for TensorFlow and TensorFlow Serving, written by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mftui.engine.model.store import load_factors
from mftui.engine.recipes import row_priors
from mftui.errors import MftuiError

_LAST_CHARACTERS = 300


def export_savedmodel(factors: Path, directory: Path) -> None:
    """Write the model at `factors` into `directory`, which is empty: as `saved_model.pb` and its variables.

    TensorFlow is imported by a child process. Raises MftuiError where that fails.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-m", "mftui.engine.export.savedmodel", str(factors), str(directory)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    if done.returncode != 0 or not (directory / "saved_model.pb").is_file():
        said = done.stderr.strip()[-_LAST_CHARACTERS:] or "no reason given"
        raise MftuiError(f"the SavedModel could not be written: {said}")


def next_version(directory: Path) -> int:
    """The number of the next version in a directory of versions as TensorFlow Serving reads them: from 1."""
    found = [int(one.name) for one in directory.iterdir() if one.name.isdigit()] if directory.is_dir() else []
    return max(found, default=0) + 1


def write_here(factors: Path, directory: Path) -> None:
    """In this process. Imports TensorFlow."""
    import tensorflow as tf

    from mftui.engine.export.signatures import build

    module, signatures = build(load_factors(factors, row_priors))
    tf.saved_model.save(module, str(directory), signatures=signatures)


if __name__ == "__main__":
    write_here(*map(Path, sys.argv[1:]))
