"""Read the scale of ratings out of a document."""

from __future__ import annotations

from collections.abc import Iterable

from mftui.data.dataset import Scale
from mftui.data.storage.npy import LARGEST

_MOST_LEVELS = 10_000_000


def scale_of(numbers: Iterable[float]) -> Scale:
    """Return the scale of its lowest and highest rating and the step. Raises ValueError where they are none."""
    lo, hi, step = map(float, numbers)
    if not (-LARGEST < lo <= hi < LARGEST and 0 <= step < LARGEST) or (step and (hi - lo) / step > _MOST_LEVELS):
        raise ValueError(f"no scale of ratings: {lo:g} to {hi:g} in steps of {step:g}")
    return Scale(lo, hi, step)
