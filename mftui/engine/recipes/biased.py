"""Recipe `biased`: the default. Observed ratings, scaled sigmoid, Gaussian priors, Adam in mini-batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.engine.recipes.base import Field, Hyper, Recipe

if TYPE_CHECKING:
    from mftui.engine.program import Problem, Program


def _build(problem: Problem, hyper: Hyper) -> Program:
    from mftui.engine.minibatch import MinibatchProgram

    return MinibatchProgram(problem, hyper)


BIASED = Recipe(
    name="biased",
    title="biased matrix factorization",
    source="Koren, Bell, Volinsky 2009, with the sigmoid of the 2019 post",
    summary="Learns from the observed ratings alone, in mini-batches, with Gaussian priors on factors and biases.",
    differs="Output range a little beyond the scale; Adam with cosine decay to zero instead of plain SGD.",
    full_batch=False,
    fields=(
        Field("factors", 32, 1, 4096, "Numbers that describe each user and each movie: more can express more."),
        Field("epochs", 7, 1, 100_000, "Passes over all training ratings."),
        Field("learning_rate", 0.08, 1e-6, 10, "Size of the first steps; it falls to zero along a cosine."),
        Field("batch_size", 0, 0, 100_000_000, "Ratings in one step; 0 chooses by the size of the data."),
        Field("prior_factors", 13.0, 0, 10_000, "How strongly factors are held near zero (ratio of variances)."),
        Field("prior_biases", 5.0, 0, 10_000, "How strongly biases are held near zero (ratio of variances)."),
        Field("members", 1, 1, 64, "Models trained side by side from different starts and averaged into one."),
        Field("validation", 0.02, 0, 0.5, "Share of the training ratings held out to choose the best epoch."),
        Field("patience", 3, 1, 1_000, "Epochs without a better validation RMSE before training stops."),
    ),
    build=_build,
)
