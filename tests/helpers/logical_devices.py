"""A training by one device and by several logical ones: `python -m helpers.logical_devices N [FIELD=VALUE …]`.

With `stream_in=DIRECTORY`, both out of core.

Prints their loss curves, the largest difference of the predicted logits, and that of the vectors of the audience block
beside their largest number, as one JSON document.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from helpers.trainings import planted_training

TASTE = {"members": 2, "factors": 4, "epochs": 3, "patience": 99, "batch_size": 500}
SMALL = TASTE | {"audience_factors": 5, "audience_epochs": 3}


def compared(devices: int, given: dict[str, Any]) -> dict[str, Any]:
    """One device, then `devices` logical CPUs, which must not have been used yet."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)
    found: dict[str, Any] = {}
    logits, audiences = [], []
    stream_in = given.pop("stream_in", None)
    for strategy in ("one-device", "mirrored"):
        fields: dict[str, Any] = SMALL | given | {"strategy": strategy}
        training = planted_training("biased", stream_in=stream_in and Path(stream_in), **fields)
        points = [tick.metrics for tick in training if tick.metrics and tick.metrics.train_rmse is not None]
        found[strategy] = [[p.train_loss, p.train_rmse, p.valid_rmse or 0.0] for p in points]
        model = training.parameters()
        logits.append(model.user_factors @ model.movie_factors.T + model.user_bias[:, None] + model.movie_bias)
        assert model.audience_movie_factors is not None and model.audience_movie_weights is not None
        vectors = model.audience_movie_factors
        audiences.append((vectors @ vectors.T) * model.audience_movie_weights)  # axes may be turned
    apart = {
        "difference": float(np.abs(logits[0] - logits[1]).max()),
        "audience": float(np.abs(audiences[0] - audiences[1]).max() / np.abs(audiences[0]).max()),
    }
    return found | apart


if __name__ == "__main__":
    print(json.dumps(compared(int(sys.argv[1]), dict(field.split("=") for field in sys.argv[2:]))))
