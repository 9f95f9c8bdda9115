"""Recipe `als`: biased alternating least squares, regularized in proportion to the number of ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.engine.model.priors import PriorPrecision
from mftui.engine.training.memory import rows_estimate
from mftui.engine.training.recipe import Field, Hyper, Recipe

if TYPE_CHECKING:
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.problem import Problem


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Minimise, each side exactly given the other, with r̂ = mean + b_u + b_m + U_u·M_m,

        Σ (r̂ - r)² + Σ_u (reg_factors n_u |U_u|² + reg_biases b_u²) + the same for movies

    n_u being the user's number of ratings.
    """
    from mftui.engine.alternating.least_squares import AlsLearner

    return AlsLearner(problem, hyper)


ALS = Recipe(
    name="als",
    title="biased alternating least squares",
    source="Zhou, Wilkinson, Schreiber, Pan 2008 (ALS-WR), with the biases of Koren, Bell, Volinsky 2009",
    summary="Solves all users exactly given the movies, then all movies given the users: no learning rate, a handful "
    "of passes.",
    differs="Biases are solved together with the factors, held by a constant; the factors by one that grows with the "
    "number of ratings, as in the source.",
    fields=(
        Field("factors", 40, 1, 512, "Numbers that describe each user and each movie.", search=(8, 100)),
        Field("epochs", 20, 1, 100_000, "Passes: in each all users are solved, then all movies."),
        Field("reg_factors", 0.15, 0, 100, "How strongly each rating pulls its factors to zero.", search=(0.02, 0.5)),
        Field("reg_biases", 3.0, 0, 10_000, "How strongly biases are held near zero.", search=(1.0, 20.0)),
        Field("validation", 0.0, 0, 0.5, "Share of the training ratings held out to choose the best epoch."),
        Field("patience", 3, 1, 1_000, "Epochs without a better validation RMSE before training stops."),
    ),
    build=_build,
    needs=rows_estimate,
    user_prior=lambda hyper, span, unit: PriorPrecision(
        bias=float(hyper["reg_biases"]), factors_per_rating=float(hyper["reg_factors"])
    ),
)
