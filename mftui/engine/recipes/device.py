"""The fields that say what a training computes on, and how exactly; every recipe that TensorFlow trains has them."""

from __future__ import annotations

from mftui.engine.recipes.base import Field

DEVICES = ("auto", "cpu", "gpu")
PRECISIONS = ("float32", "bfloat16")

DEVICE_FIELDS = (
    Field("device", "auto", 0, 0, "What to compute on; auto takes a GPU where there is one, else the CPU.", DEVICES),
    Field(
        "precision",
        "float32",
        0,
        0,
        "Numbers that predictions and gradients of ratings are computed in; bfloat16 where a GPU has it.",
        PRECISIONS,
    ),
    Field("deterministic", False, 0, 1, "The same bits every time on a GPU too, a little slower; a CPU gives them."),
)
