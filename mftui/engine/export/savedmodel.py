"""SavedModel: the model for TensorFlow and TensorFlow Serving, written by a child process."""

from __future__ import annotations

import sys
from pathlib import Path

from mftui.child import run_child
from mftui.engine.compute.keras_settings import OWN_KERAS
from mftui.engine.model.store import load_factors
from mftui.engine.recipes import row_priors


def export_savedmodel(factors: Path, directory: Path) -> None:
    """Write a model as a SavedModel, in a child process that imports TensorFlow.

    Parameters
    ----------
    factors: the directory of the model.
    directory: an empty directory, which gets `saved_model.pb` and its variables.

    Raises
    ------
    MftuiError: the child process failed.
    """
    run_child(
        __name__,
        str(factors),
        str(directory),
        failure="the SavedModel could not be written: ",
        environment={"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2", **OWN_KERAS},
    )


def next_version(directory: Path) -> int:
    """Return the next version number, from 1, for a directory of versions as TensorFlow Serving reads it."""
    found = [int(one.name) for one in directory.iterdir() if one.name.isdigit()] if directory.is_dir() else []
    return max(found, default=0) + 1


def write_here(factors: Path, directory: Path) -> None:
    """Write the SavedModel in this process, which imports TensorFlow."""
    import tensorflow as tf

    from mftui.engine.export.signatures import build

    module, signatures = build(load_factors(factors, row_priors))
    tf.saved_model.save(module, str(directory), signatures=signatures)


if __name__ == "__main__":
    write_here(*map(Path, sys.argv[1:]))
