"""Recipe `biased`: the default. Observed ratings, scaled sigmoid, Gaussian priors, Adam in mini-batches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mftui.engine.model.priors import PriorPrecision
from mftui.engine.recipes import sizes
from mftui.engine.recipes.fields import AUDIENCE_FIELDS, DEVICE_FIELDS, MEMORY, STRATEGY, audience_block
from mftui.engine.training.memory import minibatch_estimate
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe

if TYPE_CHECKING:
    from mftui.engine.descent.objective import Batch
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.problem import Problem

MARGIN = 0.5
"""How far the output range goes beyond the rating scale, so that its ends can be reached."""
INIT_STDDEV = 0.05
"""Standard deviation of the factors at the start."""
EPSILON = 1e-15
"""Adam's: the loss being a mean, gradients are small, and only those that are zero shall feel it."""
ADAPTS = 0.7
"""What a row adds to the confidence in an adaptive prior, as a share of the ratings' variance."""


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Descend, for each member and per rating,

        n/batch · sum over the batch of (r̂ - r)² + prior_factors (|U|² + |M|²) + prior_biases (|b_u|² + |b_m|²)

    which is the negative log posterior times 2σ², the priors being σ²/σ_U² and so on: one default
    holds for any number of ratings (Salakhutdinov and Mnih 2007). With several members both priors are
    weaker, half as strong with very many: what one member learns too much of, the mean of all takes back.

    With adaptive priors each axis of a side, a column t of its table, has a variance of its own, and what is left
    when that is integrated out (by a Gamma prior of its inverse) is a Student-t prior: prior_factors |t|² becomes

        c · log(1 + prior_factors |t|² / c), c being ADAPTS · the ratings' variance · the rows of the table.

    So an axis that ratings bear out is hardly held, and one that only noise would fill stays near zero
    (Salakhutdinov and Mnih 2007, section 3, and Tipping 2001, without steps of its own for the variances).
    """
    import tensorflow as tf

    from mftui.engine.descent.minibatch import MinibatchLearner
    from mftui.engine.descent.objective import Objective
    from mftui.engine.descent.optimizers import make_optimizer

    n = len(problem.train)
    lo, hi = problem.scale.lo - MARGIN, problem.scale.hi + MARGIN
    mean = problem.train.mean()
    members = int(hyper["members"])
    priors = _priors(hyper)
    confidence = ADAPTS * problem.train.variance() if hyper["adaptive_priors"] else 0.0

    def bound(table: Any) -> Any:
        if not confidence:
            return priors.factors * tf.reduce_sum(tf.square(table))
        c = confidence * int(table.shape[0])
        return c * tf.reduce_sum(tf.math.log1p(priors.factors / c * tf.reduce_sum(tf.square(table), 0)))

    def loss(model: Any, batch: Batch) -> Any:
        total = tf.reduce_sum(batch.error**2) / batch.share
        if batch.priors:
            factors = bound(model.user_factors) + bound(model.movie_factors)
            biases = tf.reduce_sum(tf.square(model.user_bias)) + tf.reduce_sum(tf.square(model.movie_bias))
            total += batch.priors * (factors + priors.bias * biases)
        return total / (n * members)

    def descent(updates: int) -> tuple[Any, Any]:
        decay = tf.keras.optimizers.schedules.CosineDecay(float(hyper["learning_rate"]), updates)
        return make_optimizer(str(hyper["optimizer"]), decay, epsilon=EPSILON), decay

    objective = Objective(
        factors=int(hyper["factors"]),
        members=members,
        epochs=int(hyper["epochs"]),
        batch_size=int(hyper["batch_size"]),
        lo=lo,
        hi=hi,
        global_bias=math.log((mean - lo) / (hi - mean)),
        draw=lambda shape, part: tf.random.stateless_normal(shape, [problem.seed, part], stddev=INIT_STDDEV),
        loss=loss,
        descent=descent,
        adds_up=True,
    )
    return MinibatchLearner(problem, objective)


def _priors(hyper: Hyper) -> PriorPrecision:
    """Return the priors of users and movies alike; see `_build`."""
    share = (1 + 1 / int(hyper["members"])) / 2
    return PriorPrecision(share * float(hyper["prior_factors"]), share * float(hyper["prior_biases"]))


def _user_prior(hyper: Hyper, span: float, unit: float) -> PriorPrecision | None:
    """Return the Gaussian prior, if it is that: of logits, beside errors in the units that were learned in."""
    priors = _priors(hyper)
    return None if hyper["adaptive_priors"] else PriorPrecision(priors.factors * unit**2, priors.bias * unit**2)


BIASED = Recipe(
    name="biased",
    title="biased matrix factorization",
    source="Koren, Bell, Volinsky 2009, with the sigmoid of the 2019 post",
    summary="Learns from the observed ratings alone, in mini-batches, with Gaussian priors on factors and biases.",
    differs="Output range a little beyond the scale; Adam with cosine decay to zero instead of plain SGD; several "
    "members from different starts, which are together exactly one wider model.",
    fields=(
        Field(
            "members",
            8,
            1,
            64,
            "Models trained side by side from different starts and averaged into one; fewer for many ratings.",
            rule=sizes.members,
            by_rule=True,
        ),
        Field(
            "factors",
            12,
            1,
            4096,
            "Numbers that describe each user and each movie, in each member; up to 24 with more ratings, a third more "
            "in a single member.",
            search=(6, 32),
            rule=sizes.factors,
            by_rule=True,
        ),
        Field(
            "adaptive_priors",
            False,
            0,
            1,
            "Hold each axis by its own prior: hardly where ratings bear it out, near zero where only noise fills it.",
            rule=sizes.adaptive_priors,
            absent=False,
            by_rule=True,
        ),
        Field(
            "optimizer",
            "adam",
            0,
            0,
            "How the descent steps, in both blocks; adafactor keeps hardly any state beside the tables.",
            ("adam", "adafactor"),
        ),
        Field(
            "epochs",
            6,
            1,
            100_000,
            "Passes over all training ratings; 8 from ten million ratings on.",
            search=(5, 15),
            rule=sizes.epochs,
            by_rule=True,
        ),
        Field(
            "learning_rate",
            0.07,
            1e-6,
            10,
            "Size of the first steps; it falls to zero along a cosine.",
            search=(0.02, 0.3),
            rule=sizes.learning_rate,
            by_rule=True,
        ),
        Field(
            "batch_size",
            5_000,
            1,
            100_000_000,
            "Ratings in one step; a twentieth of them, between 2,000 and 500,000.",
            rule=sizes.batch_size,
            zero_asks=True,
            by_rule=True,
        ),
        Field(
            "prior_factors",
            13.0,
            0,
            10_000,
            "How strongly one member's factors are held near zero (ratio of variances); 25 or 60 with adaptive priors.",
            search=(4.0, 40.0),
            rule=sizes.prior_factors,
            by_rule=True,
        ),
        Field(
            "prior_biases",
            5.0,
            0,
            10_000,
            "How strongly one member's biases are held near zero (ratio of variances); 2 from ten million ratings on.",
            search=(1.0, 20.0),
            rule=sizes.prior_biases,
            by_rule=True,
        ),
        Field(
            "validation",
            0.01,
            0,
            0.5,
            "Share of the training ratings held out to choose the epoch whose model is kept.",
        ),
        Field("patience", 3, 1, 1_000, "Epochs without a better validation RMSE before training stops."),
        *AUDIENCE_FIELDS,
        *DEVICE_FIELDS,
        MEMORY,
        STRATEGY,
    ),
    presets=(
        Preset("default", "Small error, good neighbours and lists; all sizes follow from the data."),
        Preset(
            "fast",
            "One member and no audience block: a fraction of the work, a slightly larger error, plainer neighbours.",
            {"members": 1, "audience": False},
        ),
        Preset(
            "careful",
            "Twice the members and more patience: twice the work for a little less error.",
            {"members": "2*auto", "patience": 6},
        ),
    ),
    renamed={"large": "default", "wide": "default"},
    build=_build,
    needs=lambda sizes, hyper: minibatch_estimate(sizes, hyper, int(hyper["batch_size"]), adds_up=True),
    audience=audience_block,
    user_prior=_user_prior,
)
