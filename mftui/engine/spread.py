"""How far the members of a model disagree: a first, honest ± for its predictions. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.program import Parameters

BLOCK = 1_000_000
"""Numbers held at once: 4 MB."""


def member_logits(p: Parameters, users: NDArray[Any], movies: NDArray[Any]) -> NDArray[np.float32]:
    """(n, members) logits of n pairs of indices, their mean over the members being the model's own logit.

    A member's factors are its block of columns, scaled by sqrt(members) back to what they were.
    """
    if p.member_user_bias is None or p.member_movie_bias is None:
        raise ValueError("the model has one member: nothing to compare.")
    n, members = len(users), p.members
    products = (p.user_factors[users] * p.movie_factors[movies]).reshape(n, members, -1).sum(2) * members
    biases = p.member_user_bias[users] + p.member_movie_bias[movies] + np.array(p.member_global_bias)
    return np.asarray(products + biases, dtype=np.float32)


def member_std(p: Parameters, users: NDArray[Any], movies: NDArray[Any]) -> NDArray[np.float32] | None:
    """(n,) standard deviation of the members' predictions of n pairs of indices, in rating units, unclipped.

    It says how much the start of the training matters for a prediction, not how much people's ratings
    scatter around it. None for a model of one member.
    """
    if p.members == 1:
        return None
    block = max(1, BLOCK // p.user_factors.shape[1])
    parts = [
        _ratings(p, member_logits(p, users[at : at + block], movies[at : at + block])).std(1, ddof=1)
        for at in range(0, len(users), block)
    ]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, dtype=np.float32)


def _ratings(p: Parameters, logits: NDArray[np.float32]) -> NDArray[np.float32]:
    if p.link == "linear":
        return logits
    return np.asarray(p.lo + (p.hi - p.lo) / (1 + np.exp(-logits)), dtype=np.float32)
