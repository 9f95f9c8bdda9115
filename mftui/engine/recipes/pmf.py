"""Recipe `pmf`: probabilistic matrix factorization, the most probable factors under a prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mftui.engine.model.priors import NOT_LEARNED, PriorPrecision
from mftui.engine.recipes.fields import DEVICE_FIELDS
from mftui.engine.training.memory import minibatch_estimate
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe

if TYPE_CHECKING:
    from mftui.engine.descent.objective import Batch
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.problem import Problem

INIT_STDDEV = 0.1
"""Standard deviation of the factors at the start."""
STEPS = {"gaussian": 100, "norm": 1_000}
"""Steps where none are asked for: those of the variant's source; with the Gaussian prior those after which
held-out ratings of ml-100k's training parts were predicted best, long before the optimum is reached."""


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Descend, over all ratings t, mapped to 0..1, which are sigmoid(U_u·M_m) with Gaussian noise,

        Σ (sigmoid(U_u·M_m) - t)² + prior_users Σ |U_u|² + prior_movies Σ |M_m|²

    or, with the prior `norm`, the same with |U_u| and |M_m| in place of their squares.
    """
    import tensorflow as tf

    from mftui.engine.descent.minibatch import MinibatchLearner
    from mftui.engine.descent.objective import Objective

    lo, hi = problem.scale.lo, problem.scale.hi
    rate, squares = float(hyper["learning_rate"]), hyper["prior"] == "gaussian"
    of_users, of_movies = float(hyper["prior_users"]), float(hyper["prior_movies"])

    def sizes(rows: Any) -> Any:
        squared = tf.reduce_sum(rows**2, 1)
        return tf.reduce_sum(squared if squares else tf.sqrt(squared + 1e-12))

    def loss(model: Any, batch: Batch) -> Any:
        priors = of_users * sizes(model.user_factors) + of_movies * sizes(model.movie_factors)
        return tf.reduce_sum((batch.error / (hi - lo or 1.0)) ** 2) + batch.priors * priors

    objective = Objective(
        factors=int(hyper["factors"]),
        epochs=int(hyper["epochs"]) or STEPS[str(hyper["prior"])],
        batch_size=len(problem.train),
        lo=lo,
        hi=hi,
        draw=lambda shape, part: tf.random.stateless_normal(shape, [problem.seed, part], stddev=INIT_STDDEV),
        loss=loss,
        descent=lambda updates: (tf.keras.optimizers.Adam(rate), rate),
        adds_up=True,
        learned=("user_factors", "movie_factors"),
    )
    return MinibatchLearner(problem, objective)


def _user_prior(hyper: Hyper, span: float, unit: float) -> PriorPrecision | None:
    """Return the Gaussian prior, if it is that; ratings are mapped to 0..1, and there are no biases."""
    if hyper["prior"] != "gaussian":
        return None
    return PriorPrecision(factors=float(hyper["prior_users"]) * span**2, bias=NOT_LEARNED)


PMF = Recipe(
    name="pmf",
    title="probabilistic matrix factorization",
    source="Salakhutdinov and Mnih 2007; with the prior `norm`, the variant in the comment below the 2019 post",
    summary="Ratings mapped to 0..1 as the sigmoid of a dot product, no biases, factors held by a prior.",
    differs="The paper descends by mini-batches with momentum, stopped by a validation set; here full-batch Adam, as "
    "the variant does, stopped after a fixed number of steps.",
    fields=(
        Field("factors", 30, 1, 4096, "Numbers that describe each user and each movie.", search=(5, 60)),
        Field("epochs", 0, 0, 10_000_000, "Steps over all training ratings; 0: 100, or 1,000 with the prior norm."),
        Field("learning_rate", 0.01, 1e-7, 10, "Step size of Adam."),
        Field(
            "prior",
            "gaussian",
            0,
            0,
            "What holds factors near zero: their squares, or their norms.",
            ("gaussian", "norm"),
        ),
        Field(
            "prior_users",
            0.6,
            0,
            10_000,
            "How strongly users' factors are held (ratio of variances).",
            search=(0.1, 3.0),
        ),
        Field(
            "prior_movies",
            0.6,
            0,
            10_000,
            "How strongly movies' factors are held (ratio of variances).",
            search=(0.1, 3.0),
        ),
        Field("validation", 0.0, 0, 0.5, "Share of the training ratings held out to choose the best step."),
        Field("patience", 20, 1, 100_000, "Steps without a better validation RMSE before training stops."),
        *DEVICE_FIELDS,
    ),
    presets=(
        Preset("paper", "As in the paper: a prior on the squares of the factors, 100 steps."),
        Preset(
            "norm", "The variant in the comment below the post: a prior on the norms, 1,000 steps.", {"prior": "norm"}
        ),
    ),
    build=_build,
    needs=lambda sizes, hyper: minibatch_estimate(sizes, hyper, sizes.n_ratings, adds_up=True),
    user_prior=_user_prior,
)
