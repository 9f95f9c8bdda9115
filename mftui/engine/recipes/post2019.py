"""Recipe `post2019`: the 2019 post, exactly. The dense matrix, a missing rating being 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.engine.recipes.fields import DEVICE_FIELDS
from mftui.engine.training.memory import RATING_BYTES, MemoryEstimate, Sizes, model_bytes
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe
from mftui.errors import TrainingError

if TYPE_CHECKING:
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.problem import Problem


MAX_CELLS = 400_000_000
"""Largest users × movies matrix: 1.6 GB as float32, of which a step holds a few."""
MATRIX_CELL_BYTES = 16
"""Of one cell, in all its copies."""


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Descend the mean of (sigmoid(U_u·M_m + b_u + b_m + b) - t)² over all cells t of the scaled matrix."""
    cells = problem.n_users * problem.n_movies
    if cells > MAX_CELLS:
        raise TrainingError(
            f"recipe post2019 holds the whole matrix: {problem.n_users:,} × {problem.n_movies:,} cells need about "
            f"{cells * MATRIX_CELL_BYTES / 1e9:.0f} GB.",
            hint="Use recipe biased, which needs the observed ratings alone.",
        )
    from mftui.engine.descent.dense import DenseLearner

    return DenseLearner(problem, hyper)


def _estimate(sizes: Sizes, hyper: Hyper) -> MemoryEstimate:
    return MemoryEstimate(
        model=model_bytes(sizes.rows, int(hyper["factors"]) + 1, hyper),
        batch=0,
        ratings=sizes.n_ratings * RATING_BYTES,
        sizes=sizes,
        factors=int(hyper["factors"]),
        matrix=sizes.n_users * sizes.n_movies * MATRIX_CELL_BYTES,
        matrix_remedy="use a recipe that needs the observed ratings alone, such as biased",
    )


POST2019 = Recipe(
    name="post2019",
    title="the post's dense factorization",
    source="Sujit Pal's 2019 post on matrix factorization as gradient descent in TensorFlow 2 (docs/post2019.md)",
    summary="Fits every cell of the users × movies matrix, each movie's column scaled by its maximum; "
    "a missing rating counts as 0.",
    differs="Training is the post's: the biases learn, the factors hardly leave their random start (docs/post2019.md). "
    "What it predicts, a share between 0 and 1, is shown in stars by a straight line (scaling). The post took the "
    "biases away and rescaled (scaling post): the list in the post then has 4.8 for every film, one of mftui about 4, "
    "and with another seed other films.",
    caution="It learns a missing rating as 0, so it predicts how often a film is rated, not stars: its lists are "
    "mostly the most rated films; its stars are shares of 0 to 1, rescaled.",
    holds_out=False,
    fields=(
        Field("factors", 15, 1, 4096, "Numbers that describe each user and each movie."),
        Field("epochs", 5_000, 1, 10_000_000, "Steps over the whole matrix."),
        Field("learning_rate", 0.001, 1e-7, 10, "Step size of RMSprop."),
        Field("momentum", 0.9, 0, 0.9999, "Momentum of RMSprop."),
        Field(
            "scaling",
            "stars",
            0,
            0,
            "How predictions become stars: by a straight line to the mean and spread of the ratings; share × highest "
            "rating; or, as in the post, without biases, which leaves the random start, from the lowest to the "
            "highest.",
            ("stars", "highest", "post"),
            absent="highest",
        ),
        Field("validation", 0.0, 0, 0.5, "Share of the training ratings held out to watch; the post had none."),
        *DEVICE_FIELDS,
    ),
    presets=(
        Preset("post", "As in the post: 15 factors, 5,000 steps, nothing held out."),
        Preset("quick", "A tenth of the steps: to see the curve fall; not yet a good model.", {"epochs": 500}),
        Preset("watched", "A tenth of the ratings held out, to see when it learns by heart.", {"validation": 0.1}),
    ),
    build=_build,
    any_units=False,
    needs=_estimate,
)
