"""Fields and parts that several recipes share: devices, memory, the audience block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mftui.engine.training.audience_size import (
    MOST_EPOCHS,
    MOST_FACTORS,
    RATES,
    audience_size,
    epochs_by_rule,
    factors_by_rule,
    rate_by_rule,
)
from mftui.engine.training.recipe import AUTO, Field, Hyper
from mftui.errors import UsageError
from mftui.text import visible

if TYPE_CHECKING:
    from mftui.engine.training.learner import Block
    from mftui.engine.training.problem import Problem

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def bytes_in(text: str) -> int | None:
    """Return how many bytes `text` says; None for "auto" or nothing. Raises UsageError where it cannot be read."""
    if text.strip().lower() in ("", AUTO):
        return None
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,9})?)\s*([kmgt]i?|)b?", text.strip().lower())
    if found is None or (size := int(float(found[1]) * _UNITS[found[2]])) < 1:
        raise UsageError(f"memory: {visible(text)} is not a size.", hint="Write 600MB, 2GB or auto.")
    return size


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


def audience_block(problem: Problem, hyper: Hyper) -> Block:
    """Return the audience block, for recipes that train one after their model of ratings."""
    from mftui.engine.audience_block.audience_learner import AudienceLearner
    from mftui.engine.training.learner import Block

    size = audience_size(hyper, len(problem.train), problem.n_users, problem.n_movies)
    return Block("audience", lambda: AudienceLearner(problem, hyper), size.total)


AUDIENCE_FIELDS = (
    Field("audience", True, 0, 1, "Also learn who watched what: better neighbours and lists, ratings unchanged."),
    Field(
        "audience_factors",
        MOST_FACTORS,
        1,
        4096,
        "Numbers that describe whom a movie attracts; 384 up to 1.5 million ratings, then fewer.",
        rule=lambda hyper, sizes: factors_by_rule(sizes.n_ratings, sizes.n_users, sizes.n_movies),
        zero_asks=True,
        by_rule=True,
    ),
    Field(
        "audience_epochs",
        MOST_EPOCHS,
        1,
        10_000,
        "Passes of the audience block, after those that find where it starts; 4 up to 1.5 million ratings, then fewer.",
        rule=lambda hyper, sizes: epochs_by_rule(sizes.n_ratings),
        zero_asks=True,
        by_rule=True,
    ),
    Field(
        "audience_learning_rate",
        RATES[0],
        1e-6,
        10,
        "Size of its first steps, beside the usual size of its factors; it falls to zero. From 0.02 to 0.1.",
        rule=lambda hyper, sizes: rate_by_rule(int(hyper["audience_factors"]), sizes.n_users, sizes.n_movies),
        zero_asks=True,
        by_rule=True,
    ),
    Field(
        "audience_ridge",
        50.0,
        0,
        1_000_000,
        "How strongly the likeness of two movies is held near zero, beside the root of the ratings of a movie.",
    ),
)
"""Chosen by NDCG@10 on inner splits of the training parts of ml-100k and ml-latest-small, and by series@10 with the
list of series in `mftui/data/series.tsv`."""
