"""Predicted against actual ratings, by bins of the prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10


def calibration(predicted: NDArray[Any], actual: NDArray[Any], bins: int = BINS) -> list[dict[str, float | int]]:
    """Mean predicted and mean actual rating of each of `bins` equally full bins, from the lowest predictions up.

    Parameters: n predictions and the n ratings given, in rating units. Where a model is calibrated the
    two means agree in every bin.
    """
    order = np.argsort(predicted, kind="stable")
    return [
        {
            "n": len(rows),
            "predicted": float(np.mean(predicted[rows], dtype=float)),
            "actual": float(np.mean(actual[rows], dtype=float)),
        }
        for rows in np.array_split(order, min(bins, len(order)))
    ]
