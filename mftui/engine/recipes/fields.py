"""The fields that say what a training computes on, and how exactly."""

from __future__ import annotations

from mftui.engine.recipes.sizes import AUTO, bytes_in
from mftui.engine.training.recipe import Field

DEVICE = Field(
    "device",
    "auto",
    0,
    0,
    "What to compute on; auto takes a GPU where there is one, else the CPU.",
    ("auto", "cpu", "gpu"),
)
DETERMINISTIC = Field(
    "deterministic", False, 0, 1, "The same bits every time on a GPU too, a little slower; a CPU gives them anyway."
)
PRECISION = Field(
    "precision",
    "float32",
    0,
    0,
    "Numbers that predictions and gradients of ratings are computed in; bfloat16 where a GPU has it.",
    ("float32", "bfloat16"),
)
DEVICE_FIELDS = (DEVICE, PRECISION, DETERMINISTIC)
"""For every recipe that descends; one that computes in float32 whatever it is told has the others alone."""
STRATEGY = Field(
    "strategy",
    "auto",
    0,
    0,
    "Which devices share the work; auto: all workers of a cluster, else all GPUs of this machine, else one.",
    ("auto", "one-device", "mirrored", "multi-worker"),
)
"""For a recipe whose gradients can be summed over devices."""
MEMORY = Field(
    "memory",
    AUTO,
    0,
    0,
    "What the training may hold beside TensorFlow, such as 600MB; what does not fit is read from a file.",
    check=bytes_in,
)
"""For every recipe that learns from one mini-batch at a time."""
