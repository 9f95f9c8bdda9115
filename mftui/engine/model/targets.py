"""What the audience block is trained towards, and how its prior grows; shared with folding in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Scale

COUNT_POWER = 0.5
"""ν: how the prior grows with a row's count."""


def targets(ratings: NDArray[np.float32], scale: Scale) -> NDArray[np.float32]:
    """(n,) how far up the scale each rating is: 1 for the highest, one step above 0 for the lowest."""
    step = scale.step or (scale.hi - scale.lo) / 10
    return np.asarray((ratings - scale.lo + step) / (scale.hi - scale.lo + step), dtype=np.float32)


def row_weights(rows: NDArray[np.int32], size: int, others: int, unobserved: float) -> NDArray[np.float32]:
    """(size,) how strongly each row is held near zero: (count + a0 · others)^ν."""
    counts = np.bincount(rows, minlength=size) + unobserved * others
    return np.asarray(counts**COUNT_POWER, dtype=np.float32)
