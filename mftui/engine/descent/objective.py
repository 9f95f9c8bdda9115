"""What a mini-batch recipe decides: the model's shape and start, the objective, the optimizer, the schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mftui.engine.model.response import Link

Tensor = Any
ALL = ("user_factors", "movie_factors", "user_bias", "movie_bias", "global_bias")
"""The five variables of the formula."""


@dataclass(frozen=True)
class Batch:
    """One mini-batch, as the objective sees it."""

    users: Tensor
    """(n,) user indices."""
    movies: Tensor
    """(n,) movie indices."""
    error: Tensor
    """(n, members) predicted less given, in rating units, unclipped."""
    share: float
    """Ratings of this batch, on all devices, as a share of all training ratings."""
    priors: float = 1.0
    """The part of the priors that this part of the batch bears; over all its parts they sum to 1."""


@dataclass(frozen=True)
class Objective:
    """Everything about a training that the mini-batch program does not decide itself."""

    factors: int
    """Per member."""
    epochs: int
    batch_size: int
    """Ratings in one update; the program rounds so that all updates of an epoch are equally large."""
    lo: float
    """Lower end of the output range."""
    hi: float
    """Upper end of the output range."""
    draw: Callable[[tuple[int, int], int], Tensor]
    """Factors at the start: the shape, and a number that differs for each table, to a (rows, columns) tensor."""
    loss: Callable[[Any, Batch], Tensor]
    """The model (a MatrixFactorization) and a batch to the loss that is descended, a mean per rating."""
    descent: Callable[[int], tuple[Any, Any]]
    """The number of updates in the whole training to a Keras optimizer and its schedule: a Keras schedule
    (updates done so far to the rate), or a constant rate."""
    link: Link = "sigmoid"
    global_bias: float = 0.0
    """Where the global bias starts: a logit, or with a linear link a rating."""
    draw_biases: bool = False
    """Whether user and movie biases start as factors do; else they start at zero."""
    members: int = 1
    adds_up: bool = False
    """Whether the objective of a batch is the sum of those of its parts, by `Batch.priors`."""
    learned: tuple[str, ...] = ALL
    """The variables that are trained; the others stay as they start."""
