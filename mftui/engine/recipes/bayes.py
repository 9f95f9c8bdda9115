"""Recipe `bayes`: Bayesian probabilistic matrix factorization with biases, by Gibbs sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.engine.alternating.feature_names import ALL, DATE, FEATURES, MOST_LEVELS, fits
from mftui.engine.recipes.fields import AUDIENCE_FIELDS, audience_block
from mftui.engine.training.memory import rows_estimate
from mftui.engine.training.recipe import NONE, Field, Hyper, Preset, Recipe
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.training.learner import RatingsLearner
    from mftui.engine.training.memory import Sizes
    from mftui.engine.training.problem import Problem

ROOM = 64 << 20
"""Bytes of the draws that are kept where no number is asked for."""
LEAST_KEPT = 20
"""… but so many at least."""
SWEEP_S, RATING_S, ROW_S, LATENT_S, AXIS_S, DATE_S = 1.2e-2, 2e-10, 3e-10, 6e-7, 5e-11, 3e-8
"""Seconds on two cores: of a sweep, of a rating and a number of its Gram matrix, of a row and a number of its root, of
a latent rating, of a cell of who rated what and a factor, of the residual of a rating."""
FACTORS = 24
"""Of 10, 16, 24 and 32 that with the highest predictive density on inner splits of the training parts of ml-100k's u1,
ml-latest-small and the sample; the RMSE hardly depends on it."""


def _build(problem: Problem, hyper: Hyper) -> RatingsLearner:
    """Draw from the posterior of

        r ~ N(mean + U_u·M_m + b_u + b_m, 1/α),    α ~ Gamma(1, 1)
        (U_u, b_u) ~ N(μ + Bᵀx_u, Λ⁻¹),  (μ, Λ) Gaussian-Wishart;  the same for movies, with their own μ and Λ

    with x_u what else is known of the user (`features`) and B as in Macau (Simm et al. 2017; see `prior_means`),

    by drawing each in turn, given all others. What the date of a rating says is found from the residuals of the draws
    (see `LeftOver`). With an ordinal likelihood the first line is an ordered probit.
    """
    from mftui.engine.alternating.gibbs import GibbsLearner, GibbsSettings

    draws, burn_in = int(hyper["epochs"]), int(hyper["burn_in"])
    if burn_in >= draws:
        raise UsageError(f"burn_in: {burn_in} leaves none of {draws} draws.", hint="Lower it, or raise epochs.")
    plan = GibbsSettings(
        int(hyper["factors"]),
        draws,
        burn_in,
        _kept(hyper),
        int(hyper["chains"]),
        ordinal=hyper.get("likelihood") == "ordinal",
        features=str(hyper.get("features", NONE)),
    )
    return GibbsLearner(problem, plan)


def _drawn(hyper: Hyper) -> int:
    """Return how many draws count, of all chains."""
    return (int(hyper["epochs"]) - int(hyper["burn_in"])) * int(hyper["chains"])


def _kept(hyper: Hyper) -> int:
    """Return how many of them a complete training keeps."""
    return min(int(hyper["keep"]), _drawn(hyper))


def _keep(hyper: Hyper, sizes: Sizes) -> int:
    """Return all draws, or as many as ROOM can hold."""
    fitting = ROOM // (4 * sizes.rows * (int(hyper["factors"]) + 1))
    return max(1, min(max(LEAST_KEPT, fitting), _drawn(hyper)))


def _features(hyper: Hyper, sizes: Sizes) -> str:
    """Return every feature that the data has and that is small enough; where that is not known, the word for it."""
    if sizes.features is None:
        return ALL
    there = {*sizes.features(), *(("implicit",) if fits(sizes.n_users, sizes.n_movies) else ())}
    return ",".join(name for name in FEATURES if name in there) or NONE


def _likelihood(hyper: Hyper, sizes: Sizes) -> str:
    """Return ordinal where the scale has steps, and not too many."""
    return "ordinal" if 2 <= sizes.levels <= MOST_LEVELS else "gaussian"


def _seconds(sizes: Sizes, hyper: Hyper) -> float:
    """Return about how long all sweeps take on two cores: sums over ratings, a root of each row, what each sweep costs
    whatever its size. Within a factor of two of what was measured with 80,000 and 900,000 ratings, 10 and 24 factors.
    """
    width = int(hyper["factors"]) + 1
    sweep = SWEEP_S + RATING_S * sizes.n_ratings * width**2 + ROW_S * sizes.rows * width**3
    if hyper["likelihood"] == "ordinal":
        sweep += LATENT_S * sizes.n_ratings
    if "implicit" in str(hyper["features"]):
        sweep += AXIS_S * (sizes.n_users + sizes.n_movies) * min(sizes.n_users, sizes.n_movies) * width
    if DATE in str(hyper["features"]):
        sweep += DATE_S * sizes.n_ratings
    return sweep * int(hyper["epochs"]) * int(hyper["chains"])


BAYES = Recipe(
    name="bayes",
    title="Bayesian matrix factorization",
    source="Salakhutdinov and Mnih 2008: Bayesian probabilistic matrix factorization by Markov chain Monte Carlo",
    summary="Draws from all models that explain the ratings and averages them: nothing to tune, and each prediction "
    "knows how uncertain it is.",
    differs="Biases, drawn together with the factors under one prior; the precision of the noise is drawn too; the "
    "ratings are fitted as they are, without a sigmoid.",
    fields=(
        Field("factors", FACTORS, 1, 256, "Numbers that describe each user and movie, in each draw.", search=(6, 48)),
        Field("epochs", 300, 2, 1_000_000, "Draws in all: each draws every user, every movie and the noise once."),
        Field("burn_in", 10, 0, 1_000_000, "The first draws, which are not counted."),
        Field(
            "chains",
            1,
            1,
            16,
            "Samplers side by side, each from its own start; with several, R-hat shows if they agree.",
        ),
        Field(
            "keep",
            290,
            1,
            10_000,
            "Draws kept, evenly spaced: they are the model; all, or as many as 64 MB can hold.",
            rule=_keep,
            zero_asks=True,
            by_rule=True,
        ),
        Field(
            "features",
            NONE,
            0,
            0,
            "What else to learn from, with commas: genres, year (of movies), user (age, gender, occupation), "
            "implicit (who rated what), date (of a rating); or all that the data has.",
            words=FEATURES,
            rule=_features,
            open=ALL,
        ),
        Field(
            "likelihood",
            "gaussian",
            0,
            0,
            "gaussian: a rating is a number, and noise; ordinal: a step of the scale, with a probability for each; "
            "auto chooses by the scale.",
            choices=("auto", "gaussian", "ordinal"),
            rule=_likelihood,
        ),
        Field("validation", 0.01, 0, 0.5, "Share of the training ratings held out, for the curve alone."),
        *AUDIENCE_FIELDS,
    ),
    presets=(
        Preset("default", "24 factors, which make held-out ratings most probable; Gaussian noise, no features."),
        Preset(
            "fast",
            "Ten factors, as is usual: a third of the work and the same error.",
            {"factors": 10},
        ),
        Preset(
            "best",
            "The smallest error that the data allows: all features that it has, ratings as steps where they are.",
            {"features": ALL, "likelihood": "auto"},
        ),
    ),
    build=_build,
    needs=lambda sizes, hyper: rows_estimate(sizes, hyper, _kept(hyper)),
    seconds=_seconds,
    audience=audience_block,
)
