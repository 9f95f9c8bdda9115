"""The prior of a user's row before their first rating: the one that the recipe trained with; and what biases add to it,
in stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats
from mftui.engine.model.factors import Factors, once_per_model
from mftui.engine.model.priors import NOT_LEARNED

MIN_PRECISION = 1e-6
"""Without any, a few ratings would not determine a row."""
NOISE_RATINGS = 100_000
"""Ratings from which the noise is measured."""


@dataclass(frozen=True)
class UserPrior:
    """A Gaussian prior. Beside Σ (rating - given)², a member's row x, its bias last, costs
    Σ (precision + n · precision_per_rating) (x - mean)² for a user of n ratings."""

    mean: Doubles
    """(k + 1,)."""
    precision: Doubles
    """(k + 1,) ratios of variances: noise of a rating over spread of the users."""
    precision_per_rating: Doubles | float = 0.0
    """(k + 1,) added for each rating of the user."""

    def precisions(self, counts: NDArray[Any]) -> Doubles:
        """Return the (n, k + 1) precisions for users of `counts` (n,) ratings."""
        added = np.maximum(counts, 1)[:, None] * self.precision_per_rating
        return np.asarray(np.maximum(self.precision + added, MIN_PRECISION))


@once_per_model
def user_prior(model: Factors) -> UserPrior:
    """Return the prior of one member's user rows: the one that the model was trained with.

    Without a Gaussian one, estimate it from the trained rows: their mean, and the noise of the ratings over their
    variance.
    """
    k, taste = model.n_factors // model.parameters.members, model.priors.taste
    if taste is None:
        return _estimated(model, k)
    return UserPrior(
        np.zeros(k + 1),
        np.append(np.full(k, taste.factors), taste.bias),
        np.append(np.full(k, taste.factors_per_rating), taste.bias_per_rating),
    )


@once_per_model
def rating_noise(model: Factors) -> float:
    """Return how far ratings scatter around their predictions, in rating units: what no row explains.

    It is the RMSE of the first NOISE_RATINGS training ratings; where the members are draws from a posterior, the
    noise was drawn with them.
    """
    if model.parameters.member_noise:
        return float(np.sqrt(np.mean(np.square(model.parameters.member_noise))))
    rows = np.flatnonzero(~model.history.held_out[:NOISE_RATINGS])
    users = np.searchsorted(model.history.offsets, rows, side="right") - 1
    movies, given = model.history.movies[rows], model.history.ratings[rows]
    errors = model.to_rating(model.logits(users, movies)) - given
    return float(np.sqrt(np.mean(errors.astype(np.float64) ** 2))) if len(errors) else 1.0


@once_per_model
def everybody(model: Factors) -> tuple[float, float]:
    """Return the biases (logits) that stand for everybody: of a user of whom nothing is known, and the mean bias of
    movies over the training ratings. With both, the model predicts about the mean rating."""
    p, trained, counts = model.parameters, model.user_train_counts > 0, model.movie_train_counts
    user = float(p.user_bias[trained].mean()) if model.priors.taste is None and trained.any() else 0.0  # `user_prior`
    return user, float(np.average(p.movie_bias, weights=counts)) if counts.any() else 0.0


def movie_bias_in_stars(model: Factors, movies: NDArray[Any]) -> Floats:
    """Return (n,) how much more somebody of whom nothing is known rates these movies (indices) than movies on average,
    in rating units."""
    user, mean = everybody(model)
    return _more(model, user + mean, user + model.parameters.movie_bias[movies])


def user_bias_in_stars(model: Factors, users: NDArray[Any]) -> Floats:
    """Return (n,) how much more these users (indices) rate movies on average than somebody of whom nothing is known, in
    rating units."""
    user, mean = everybody(model)
    return _more(model, user + mean, model.parameters.user_bias[users] + mean)


def _more(model: Factors, usual: float, biases: Floats) -> Floats:
    start, rating = model.parameters.global_bias, model.parameters.response.rating
    return np.asarray(rating(start + biases) - rating(np.array([start + usual])), dtype=np.float32)


def _estimated(model: Factors, k: int) -> UserPrior:
    p, members = model.parameters, model.parameters.members
    trained = model.user_train_counts > 0
    factors = np.asarray(p.user_factors[trained], dtype=np.float64).reshape(-1, members, k) * np.sqrt(members)
    bias = p.user_bias if p.member_user_bias is None else p.member_user_bias
    rows = np.concatenate([factors, np.asarray(bias[trained], dtype=np.float64).reshape(-1, members, 1)], 2)
    rows = rows.reshape(-1, k + 1)
    noise = rating_noise(model) ** 2
    return UserPrior(rows.mean(0), np.minimum(noise / np.maximum(rows.var(0), noise / NOT_LEARNED), NOT_LEARNED))
