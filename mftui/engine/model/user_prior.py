"""What is believed of a user before their first rating: the prior that the recipe trained their row with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.recipes import Recipe, Value, find_recipe
from mftui.engine.training.recipe import NOT_LEARNED

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Doubles = NDArray[np.float64]
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
    """The prior of one member's user rows: the recipe's own (`Recipe.user_prior`).

    Where the recipe has no Gaussian one, it is the one that the trained rows show: their mean, and the noise of the
    ratings over their variance.
    """
    (recipe, hyper), p = _trained_by(model), model.parameters
    k = model.n_factors // p.members
    # A model's own members count, whatever its fields say.
    held = recipe.user_prior(hyper | {"members": p.members}, p.hi - p.lo)
    if held is None:
        return _measured(model, k)
    return UserPrior(
        np.zeros(k + 1), _row(k, held.factors, held.bias), each=_row(k, held.factors_per_rating, held.bias_per_rating)
    )


def rating_noise(model: Factors) -> float:
    """Root of the mean squared error of the training ratings, of the first NOISE_FROM of them: what no row explains.

    Where the members are draws from a posterior, the noise was drawn with them.
    """
    if model.parameters.member_noise:
        return float(np.sqrt(np.mean(np.square(model.parameters.member_noise))))
    rows = np.flatnonzero(~model.history.held_out[:NOISE_FROM])
    users = np.searchsorted(model.history.offsets, rows, side="right") - 1
    movies, given = model.history.movies[rows], model.history.ratings[rows]
    errors = model.to_rating(model.logits(users, movies)) - given
    return float(np.sqrt(np.mean(errors.astype(np.float64) ** 2))) if len(errors) else 1.0


def audience_hyper(model: Factors) -> Mapping[str, float]:
    """`audience_prior` and `audience_unobserved`, as the block was trained with them."""
    _, hyper = _trained_by(model)
    return {name: float(hyper[name]) for name in ("audience_prior", "audience_unobserved")}


def _trained_by(model: Factors) -> tuple[Recipe, dict[str, Value]]:
    """The recipe, and its fields as they were."""
    recipe = find_recipe(model.meta.get("recipe", "biased"))
    return recipe, recipe.defaults() | dict(model.meta.get("hyper", {}))


def _row(k: int, factors: float, bias: float) -> Doubles:
    return np.append(np.full(k, factors), bias)


def _measured(model: Factors, k: int) -> UserPrior:
    p, members = model.parameters, model.parameters.members
    known = model.user_train_counts > 0
    factors = np.asarray(p.user_factors[known], dtype=np.float64).reshape(-1, members, k) * np.sqrt(members)
    bias = p.user_bias if p.member_user_bias is None else p.member_user_bias
    rows = np.concatenate([factors, np.asarray(bias[known], dtype=np.float64).reshape(-1, members, 1)], 2)
    rows = rows.reshape(-1, k + 1)
    noise = model.rating_noise**2
    return UserPrior(rows.mean(0), np.minimum(noise / np.maximum(rows.var(0), noise / NOT_LEARNED), NOT_LEARNED))
