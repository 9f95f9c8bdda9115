"""Fields and parts that several recipes share: devices, memory, the audience block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mftui.engine.training.recipe import Field, Hyper
from mftui.errors import UsageError
from mftui.text import visible

if TYPE_CHECKING:
    from mftui.engine.training.learner import Block
    from mftui.engine.training.problem import Problem

AUTO = "auto"
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
    from mftui.engine.descent.audience_learner import AudienceLearner, audience_steps
    from mftui.engine.training.learner import Block

    steps = audience_steps(len(problem.train), hyper)
    return Block("audience", lambda: AudienceLearner(problem, hyper), steps.total)


AUDIENCE_FIELDS = (
    Field("audience", True, 0, 1, "Also learn who watched what: better neighbours and lists, ratings unchanged."),
    Field("audience_factors", 256, 1, 4096, "Numbers that describe whom a movie attracts."),
    Field("audience_steps", 100, 1, 1_000_000, "Steps of the audience block, which is trained after the ratings."),
    Field("audience_rate", 0.04, 1e-6, 10, "Size of its first steps; it falls to zero along a cosine."),
    Field("audience_prior", 0.1, 0, 10_000, "How strongly its factors are held near zero."),
    Field("audience_unobserved", 0.3, 0, 100, "How much each pair without a rating weighs beside one with a rating."),
)
"""Chosen by NDCG@10 on inner splits of ml-latest-small's training part, and by series@10 on ml-latest-small and
ml-100k with the list of series in `mftui/data/series.tsv`."""
