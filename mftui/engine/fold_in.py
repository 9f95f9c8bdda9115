"""A newcomer's row, solved from a handful of ratings against fixed movie factors. No retraining, no TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.lists import UserRows
from mftui.engine.recipes import find_recipe
from mftui.engine.targets import COUNT_POWER, targets

if TYPE_CHECKING:
    from mftui.engine.factors import Factors

Floats = NDArray[np.float32]
STEPS = 30
"""Gauss-Newton steps at most; a handful is enough."""
CLOSE = 1e-6
"""Change of the row at which it is solved."""
DEFAULT_PRIORS = {"prior_factors": 13.0, "prior_biases": 5.0}
"""For models of recipes that hold no priors of their own."""


def fold_in(model: Factors, movies: NDArray[Any], ratings: Floats) -> UserRows:
    """The row (all blocks and members) of a user with these ratings, as training would find it.

    Parameters
    ----------
    movies: (n,) movie indices. ratings: (n,) on the model's scale.

    Returns rows for one user. Movies without training ratings have zero factors and say nothing but
    of the user's bias. With no ratings, the row is zero: the mean user.
    """
    movies = np.asarray(movies, dtype=np.int64)
    factors, bias = _taste(model, movies, np.asarray(ratings, dtype=np.float64))
    return UserRows(factors[None], bias, _audience(model, movies, ratings) if model.has_audience else None)


def _taste(model: Factors, movies: NDArray[np.int64], ratings: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """((k,) factors, (1,) bias): each member's least squares through the link, solved apart, side by side."""
    p, members = model.parameters, model.parameters.members
    priors = _hyper(model, DEFAULT_PRIORS)
    k = model.n_factors // members
    held = np.append(np.full(k, priors["prior_factors"]), priors["prior_biases"])
    table = np.asarray(p.movie_factors[movies], dtype=np.float64).reshape(len(movies), members, k)
    rows, biases = np.zeros((members, k)), np.zeros(members)
    for e in range(members):
        design = np.column_stack([table[:, e] * np.sqrt(members), np.ones(len(movies))])
        solved = _solve(model, design, _known(model, movies, e), ratings, held)
        rows[e], biases[e] = solved[:k] / np.sqrt(members), solved[k]
    return rows.reshape(-1).astype(np.float32), np.array([biases.mean()], dtype=np.float32)


def _known(model: Factors, movies: NDArray[np.int64], member: int) -> NDArray[np.float64]:
    """(n,) what the logits are before anything is known of the user: b_m + b of that member."""
    p = model.parameters
    if p.member_movie_bias is None:
        return np.asarray(p.movie_bias[movies] + p.global_bias, dtype=np.float64)
    return np.asarray(p.member_movie_bias[movies, member] + p.member_global_bias[member], dtype=np.float64)


def _solve(
    model: Factors,
    design: NDArray[np.float64],
    known: NDArray[np.float64],
    ratings: NDArray[np.float64],
    held: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The row x that minimises Σ (r̂(known + design·x) - r)² + Σ held x², by Gauss-Newton with step halving."""

    def loss(x: NDArray[np.float64]) -> float:
        return float(((_rating(model, known + design @ x) - ratings) ** 2).sum() + (held * x**2).sum())

    x = np.zeros(design.shape[1])
    for _ in range(STEPS):
        logits = known + design @ x
        sloped = design * _slope(model, logits)[:, None]
        right = sloped.T @ (ratings - _rating(model, logits)) - held * x
        step = np.linalg.solve(sloped.T @ sloped + np.diag(held + 1e-9), right)
        while loss(x + step) > loss(x) and np.abs(step).max() > CLOSE:
            step = step / 2
        x = x + step
        if np.abs(step).max() <= CLOSE:
            break
    return x


def _rating(model: Factors, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    p = model.parameters
    return logits if p.link == "linear" else p.lo + (p.hi - p.lo) / (1 + np.exp(-logits))


def _slope(model: Factors, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how fast the rating grows with the logit."""
    p = model.parameters
    if p.link == "linear":
        return np.ones_like(logits)
    share = 1 / (1 + np.exp(-logits))
    return np.asarray((p.hi - p.lo) * share * (1 - share))


def _audience(model: Factors, movies: NDArray[np.int64], ratings: Floats) -> Floats:
    """(1, k) of the audience block, in closed form: its loss is quadratic in the user's row."""
    hyper = _hyper(model, {})
    q = model.parameters.audience_movie_factors
    assert q is not None
    seen = np.asarray(q[movies], dtype=np.float64)
    a0 = hyper["audience_unobserved"]
    weight = hyper["audience_prior"] * (len(movies) + a0 * model.n_movies) ** COUNT_POWER
    left = seen.T @ seen + a0 * model.audience_gram + weight * np.eye(seen.shape[1])
    right = seen.T @ targets(np.asarray(ratings, dtype=np.float32), model.scale)
    return np.linalg.solve(left, right).astype(np.float32)[None]


def _hyper(model: Factors, fallback: dict[str, float]) -> dict[str, float]:
    """The recipe's hyperparameters as the model was trained with them."""
    recipe = model.meta.get("recipe", "biased")
    known = fallback | find_recipe(recipe).defaults() | dict(model.meta.get("hyper", {}))
    return {name: float(value) for name, value in known.items() if isinstance(value, int | float)}
