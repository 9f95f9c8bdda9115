"""Recipe `fastai`: the dot product with biases of fast.ai's lecture on collaborative filtering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mftui.engine.recipes.fields import DEVICE_FIELDS, MEMORY
from mftui.engine.training.memory import minibatch_estimate
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe

if TYPE_CHECKING:
    from mftui.data.dataset import Scale
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.problem import Problem

BEYOND = 1.1
"""The output range ends this many times beyond the scale: 0 to 5.5 for five stars."""
INIT_STDDEV = 0.01
"""Standard deviation of all embeddings at the start, biases included, cut off at twice that."""


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Descend the mean squared error of lo + (hi - lo) · sigmoid(U_u·M_m + b_u + b_m) over each batch."""
    import tensorflow as tf

    from mftui.engine.descent.minibatch import MinibatchLearner
    from mftui.engine.descent.objective import Objective
    from mftui.engine.descent.one_cycle import OneCycleAdamW

    rate, decay = float(hyper["learning_rate"]), float(hyper["weight_decay"])

    def descent(updates: int) -> tuple[Any, Any]:
        optimizer = OneCycleAdamW(rate, decay, updates)
        return optimizer, optimizer.rate

    lo, hi = _output_range(problem.scale, problem.train.mean())
    objective = Objective(
        factors=int(hyper["factors"]),
        epochs=int(hyper["epochs"]),
        batch_size=int(hyper["batch_size"]),
        lo=lo,
        hi=hi,
        draw=lambda shape, part: tf.random.stateless_truncated_normal(shape, [problem.seed, part], stddev=INIT_STDDEV),
        draw_biases=True,
        loss=lambda model, batch: tf.reduce_mean(batch.error**2),
        descent=descent,
        learned=("user_factors", "movie_factors", "user_bias", "movie_bias"),
    )
    return MinibatchLearner(problem, objective)


def _output_range(scale: Scale, mean: float) -> tuple[float, float]:
    """Return its ends: more room on the side with few ratings, which for stars is below; so stars that are counted the
    other way round lead to the same model."""
    lo, hi = min(0.0, BEYOND * scale.lo), BEYOND * scale.hi
    if mean >= (scale.lo + scale.hi) / 2:
        return lo, hi
    return scale.lo + scale.hi - hi, scale.lo + scale.hi - lo


FASTAI = Recipe(
    name="fastai",
    title="fast.ai's dot product with biases",
    source="fast.ai, Practical Deep Learning, lecture 4 and fastbook chapter 8: EmbeddingDotBias, fit_one_cycle",
    summary="Small batches, AdamW with true weight decay, one cycle of the learning rate, output range 0 to 5.5.",
    differs="Which ratings make a batch is drawn once; their order is drawn anew every epoch.",
    fields=(
        Field("factors", 50, 1, 4096, "Numbers that describe each user and each movie.", search=(10, 150)),
        Field("epochs", 5, 1, 100_000, "Passes over all training ratings.", search=(3, 15)),
        Field("learning_rate", 0.005, 1e-7, 1, "The highest step size, a quarter of the way.", search=(0.001, 0.05)),
        Field(
            "weight_decay",
            0.1,
            0,
            10,
            "How much of itself each parameter loses, times the step size, each update.",
            search=(0.01, 1.0),
        ),
        Field("batch_size", 64, 1, 1_000_000, "Ratings in one update."),
        Field("validation", 0.0, 0, 0.5, "Share of the training ratings held out to choose the best epoch."),
        *DEVICE_FIELDS,
        MEMORY,
    ),
    presets=(
        Preset("lecture", "As in the lecture: batches of 64, five epochs."),
        Preset(
            "large",
            "For a million ratings and more: batches of 1,024 with larger steps, many times faster.",
            {"batch_size": 1024, "learning_rate": 0.02},
        ),
    ),
    build=_build,
    needs=lambda sizes, hyper: minibatch_estimate(sizes, hyper, int(hyper["batch_size"])),
)
