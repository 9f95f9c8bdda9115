"""Recipe `funk`: biased SGD as Simon Funk wrote it in 2006, and as Surprise ships it under the name SVD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mftui.engine.model.priors import PriorPrecision
from mftui.engine.recipes.fields import DEVICE_FIELDS, MEMORY
from mftui.engine.training.memory import minibatch_estimate
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe

if TYPE_CHECKING:
    from mftui.engine.descent.objective import Batch
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.problem import Problem

INIT_STDDEV = 0.1
"""Standard deviation of the factors at the start."""


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Descend, for every rating of the batch, with r̂ = mean + b_u + b_m + U_u·M_m,

        ½ (r̂ - r)² + ½ regularization (b_u² + b_m² + |U_u|² + |M_m|²)

    summed, so that a batch of one is Funk's update: b_u += rate · (error - regularization · b_u), and so on.
    """
    import tensorflow as tf

    from mftui.engine.descent.minibatch import MinibatchLearner
    from mftui.engine.descent.objective import Objective

    rate, l2 = float(hyper["learning_rate"]), float(hyper["regularization"])

    def loss(model: Any, batch: Batch) -> Any:
        touched = (
            tf.nn.l2_loss(tf.gather(table, rows))
            for table, rows in (
                (model.user_factors, batch.users),
                (model.movie_factors, batch.movies),
                (model.user_bias, batch.users),
                (model.movie_bias, batch.movies),
            )
        )
        return tf.nn.l2_loss(batch.error) + l2 * sum(touched)

    objective = Objective(
        factors=int(hyper["factors"]),
        epochs=int(hyper["epochs"]),
        batch_size=int(hyper["batch_size"]),
        lo=problem.scale.lo,
        hi=problem.scale.hi,
        link="linear",
        global_bias=float(problem.train.values.mean(dtype="float64")),
        draw=lambda shape, part: tf.random.stateless_normal(shape, [problem.seed, part], stddev=INIT_STDDEV),
        loss=loss,
        descent=lambda updates: (tf.keras.optimizers.SGD(rate), rate),
        learned=("user_factors", "movie_factors", "user_bias", "movie_bias"),
    )
    return MinibatchLearner(problem, objective)


def _user_prior(hyper: Hyper, span: float, unit: float) -> PriorPrecision:
    each = float(hyper["regularization"])
    return PriorPrecision(factors_per_rating=each, bias_per_rating=each)


FUNK = Recipe(
    name="funk",
    title="Funk's SVD",
    source="Funk 2006; Koren, Bell, Volinsky 2009; Surprise's SVD",
    summary="Plain gradient descent with a small fixed step, without a sigmoid: Surprise's SVD and its settings.",
    differs="Updates are summed over small batches in random order, not made one by one in the order of the users: "
    "with a batch size of 1 they are the same; with the default the test RMSE is Surprise's within noise.",
    fields=(
        Field("factors", 100, 1, 4096, "Numbers that describe each user and each movie.", search=(10, 200)),
        Field("epochs", 20, 1, 100_000, "Passes over all training ratings.", search=(10, 60)),
        Field("learning_rate", 0.005, 1e-7, 1, "Step size for one rating; it stays the same.", search=(0.001, 0.02)),
        Field("batch_size", 250, 1, 100_000, "Ratings whose updates are summed; too many at this rate diverge."),
        Field(
            "regularization",
            0.02,
            0,
            100,
            "How strongly each rating pulls its factors and biases to zero.",
            search=(0.005, 0.2),
        ),
        Field("validation", 0.0, 0, 0.5, "Share of the training ratings held out to choose the best epoch."),
        Field("patience", 3, 1, 1_000, "Epochs without a better validation RMSE before training stops."),
        *DEVICE_FIELDS,
        MEMORY,
    ),
    presets=(
        Preset("usual", "As Surprise's SVD: 100 factors, 20 epochs, a weak pull to zero."),
        Preset(
            "held",
            "Fewer factors, a stronger pull, more epochs: overfits less.",
            {"factors": 50, "regularization": 0.08, "epochs": 40},
        ),
        Preset("single", "One rating at a time, as Funk wrote it; many times slower.", {"batch_size": 1}),
    ),
    build=_build,
    needs=lambda sizes, hyper: minibatch_estimate(sizes, hyper, int(hyper["batch_size"])),
    user_prior=_user_prior,
)
