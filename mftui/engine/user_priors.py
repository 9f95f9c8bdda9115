"""What is believed of a user before their first rating: the prior that the recipe trained their row with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.recipes import find_recipe

if TYPE_CHECKING:
    from mftui.engine.factors import Factors

Doubles = NDArray[np.float64]
FIXED = 1e12
"""Holds at its mean what the recipe does not learn."""
LEAST = 1e-6
"""A row that nothing holds is not determined by a few ratings."""
NOISE_FROM = 100_000
"""Ratings from which the noise is measured."""


@dataclass(frozen=True)
class UserPrior:
    """Gaussian: beside Σ (rating - given)², a member's row x, its bias last, costs Σ (held + n each) (x - mean)²,
    n being the number of the user's ratings."""

    mean: Doubles
    """(k + 1,)."""
    held: Doubles
    """(k + 1,) ratios of variances: noise of a rating over spread of the users."""
    each: Doubles | float = 0.0
    """(k + 1,) more of it for each rating of the user."""

    def held_with(self, counts: NDArray[Any]) -> Doubles:
        """(n, k + 1) for users of `counts` (n,) ratings."""
        return np.asarray(np.maximum(self.held + np.maximum(counts, 1)[:, None] * self.each, LEAST))


def user_prior(model: Factors) -> UserPrior:
    """The prior of one member's user rows.

    Recipes without a Gaussian prior of their own (seed, fastai, pmf with norms, those of imported models) get the one
    that their trained rows show: their mean, and the noise of the ratings over their variance.
    """
    name, k = model.meta.get("recipe", "biased"), model.n_factors // model.parameters.members
    hyper = find_recipe(name).defaults() | dict(model.meta.get("hyper", {}))
    match name:
        case "biased":
            share = member_share(model.parameters.members)
            return _centred(_row(k, share * float(hyper["prior_factors"]), share * float(hyper["prior_biases"])))
        case "funk":
            return _centred(_row(k, 0.0, 0.0), np.full(k + 1, float(hyper["regularization"])))
        case "als":
            return _centred(_row(k, 0.0, float(hyper["reg_biases"])), _row(k, float(hyper["reg_factors"]), 0.0))
        case "pmf" if hyper["prior"] == "gaussian":
            span = model.parameters.hi - model.parameters.lo
            return _centred(_row(k, float(hyper["prior_users"]) * span**2, FIXED))
    return _measured(model, k)


def rating_noise(model: Factors) -> float:
    """Root of the mean squared error of the training ratings, of the first NOISE_FROM of them: what no row explains.

    Where the members are draws from a posterior, the noise was drawn with them.
    """
    if model.parameters.member_noise:
        return float(np.sqrt(np.mean(np.square(model.parameters.member_noise))))
    known = ~model.history.held_out[:NOISE_FROM]
    users = np.repeat(np.arange(model.n_users), model.history.counts())[:NOISE_FROM][known]
    movies, given = model.history.movies[:NOISE_FROM][known], model.history.ratings[:NOISE_FROM][known]
    errors = model.to_rating(model.logits(users, movies)) - given
    return float(np.sqrt(np.mean(errors.astype(np.float64) ** 2))) if len(errors) else 1.0


def member_share(members: int) -> float:
    """What recipe `biased` leaves of its priors where there are several members."""
    return (1 + 1 / members) / 2


def audience_hyper(model: Factors) -> Mapping[str, float]:
    """`audience_prior` and `audience_unobserved`, as the block was trained with them."""
    known = find_recipe(model.meta.get("recipe", "biased")).defaults() | dict(model.meta.get("hyper", {}))
    return {name: float(known[name]) for name in ("audience_prior", "audience_unobserved")}


def _row(k: int, factors: float, bias: float) -> Doubles:
    return np.append(np.full(k, factors), bias)


def _centred(held: Doubles, each: Doubles | float = 0.0) -> UserPrior:
    return UserPrior(np.zeros(len(held)), held, each)


def _measured(model: Factors, k: int) -> UserPrior:
    p, members = model.parameters, model.parameters.members
    known = model.user_train_counts > 0
    factors = np.asarray(p.user_factors[known], dtype=np.float64).reshape(-1, members, k) * np.sqrt(members)
    bias = p.user_bias if p.member_user_bias is None else p.member_user_bias
    rows = np.concatenate([factors, np.asarray(bias[known], dtype=np.float64).reshape(-1, members, 1)], 2)
    rows = rows.reshape(-1, k + 1)
    noise = model.rating_noise**2
    return UserPrior(rows.mean(0), np.minimum(noise / np.maximum(rows.var(0), noise / FIXED), FIXED))
