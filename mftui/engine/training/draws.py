"""What a training draws of its ratings before it begins: those to validate on, and the batches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.shuffles import shuffle_ahead, shuffled
from mftui.engine.training.recipe import Hyper


def n_validated(hyper: Hyper, n_train: int) -> int:
    """Count the training ratings that are held out to choose the best epoch."""
    return int(n_train * float(hyper.get("validation", 0)))


def validated(hyper: Hyper, n_train: int, seed: int) -> NDArray[np.bool_]:
    """Return (n_train,) which training ratings these are."""
    held_out = np.zeros(n_train, dtype=bool)
    if n := n_validated(hyper, n_train):
        held_out[shuffled([seed, 1], n_train)[:n]] = True
    return held_out


def batch_order(n: int, seed: int) -> NDArray[Any]:
    """Return (n,) the ratings to learn from, in the order in which they fill batches."""
    return shuffled([seed, 2], n)


def draw_ahead(hyper: Hyper, n_train: int, seed: int, batches: bool) -> None:
    """Begin to draw what `validated` and, where there will be batches in memory, `batch_order` will be asked for."""
    n = n_validated(hyper, n_train)
    if n:
        shuffle_ahead([seed, 1], n_train)
    if batches:
        shuffle_ahead([seed, 2], n_train - n)
