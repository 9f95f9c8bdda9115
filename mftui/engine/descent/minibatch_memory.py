"""What `MinibatchLearner` holds in memory. No TensorFlow."""

from __future__ import annotations

from mftui.engine.descent.batches import PART_NUMBERS
from mftui.engine.training.memory import (
    AUDIENCE_RATING_BYTES,
    RATING_BYTES,
    MemoryEstimate,
    Sizes,
    audience_factors,
    model_bytes,
)
from mftui.engine.training.recipe import Hyper

COPIES_OF_BATCH = 4
BATCHED_RATING_BYTES = 12
"""Of one rating of a batch: its user, its movie, its value."""
BATCHES_AHEAD = 4
"""Read from a file: those that wait, the one that is learned from, the one that is being read."""
STREAMED_RATING_BYTES = 6
"""Of one rating that is read from a file: which part it is in, the order that the parts were drawn in."""


def minibatch_estimate(sizes: Sizes, hyper: Hyper, batch_size: int, *, adds_up: bool = False) -> MemoryEstimate:
    """Estimate a training by mini-batches, with its audience block.

    Parameters
    ----------
    batch_size, adds_up: as in the recipe's `Objective`.
    """
    members, audience, n = int(hyper.get("members", 1)), audience_factors(hyper), sizes.n_ratings
    width, batch = int(hyper["factors"]) * members, min(n, batch_size)
    part = max(1, min(batch, PART_NUMBERS // (width + members))) if adds_up and not sizes.whole_batches else batch
    batch_bytes = part * max(width + 1, audience) * 4 * COPIES_OF_BATCH + batch * BATCHED_RATING_BYTES
    of_audience = AUDIENCE_RATING_BYTES if audience else 0
    streamed = (
        batch_bytes + batch * BATCHED_RATING_BYTES * BATCHES_AHEAD,
        n * (of_audience or STREAMED_RATING_BYTES),
    )
    return MemoryEstimate(
        model=model_bytes(sizes.rows, width + 1 + audience, hyper),
        batch=batch_bytes,
        ratings=n * (RATING_BYTES + of_audience),
        sizes=sizes,
        factors=width + audience,
        streamed=streamed if "memory" in hyper else None,
    )
