"""Fold a user in: solve their rows from their ratings, the movies' factors being fixed. No retraining."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.model.audience import COUNT_POWER, targets
from mftui.engine.model.rows import UserRows
from mftui.engine.model.user_prior import user_prior
from mftui.engine.query.row_solver import RowProblem, RowSolution, solve_rows

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Ratings = tuple[NDArray[Any], NDArray[Any]]
"""One person's ratings: (n,) movie indices and (n,) ratings on the model's scale, each movie once."""
PREFERENCE_PRIOR = 4.0
"""Ratings of the same audience it takes for a preference to count as much as they do."""
POPULARITY_RATINGS = 1.0
"""Ratings from which the mean user counts less than half in an audience row. By NDCG@10 of users kept out, from 1 to 20
of their ratings, 2 would be as good or better; with 1, whoever rates a handful of films of a kind gets films of it."""


@dataclass(frozen=True)
class TasteFit:
    """One user's taste: the rows of all members, and the linear system that they solve."""

    solution: RowSolution
    prior_mean: Doubles
    """(k + 1,) what the solved rows are relative to."""

    @property
    def rows(self) -> Doubles:
        """Return (members, k + 1) factors and bias."""
        return self.solution.x + self.prior_mean


@dataclass(frozen=True)
class AudienceFit:
    """One user's rows of the audience block. Both are linear in what is fitted: weights times values."""

    weights: Doubles
    """(k, n)."""
    targets: Floats
    """(n,) how far up the scale each rating is."""
    preference_weights: Doubles
    """(k, n); see `preference_weights`."""
    residuals: Doubles
    """(n,) rating less expected rating, as a share of the scale."""

    @property
    def row(self) -> Doubles:
        """Return (k,) factors, by the ratings alone."""
        return self.weights @ self.targets

    @property
    def preference(self) -> Doubles:
        """Return (k,) which audiences' films this user rates above what is expected, and which below."""
        return self.preference_weights @ self.residuals


@dataclass(frozen=True, eq=False)
class FoldedIn:
    """Somebody folded in: their ratings, and what was solved from them."""

    movies: Indices
    """(n,) movie indices."""
    ratings: Floats
    """(n,)."""
    row: UserRows
    """One row of every block and member."""
    taste: TasteFit
    audience: AudienceFit | None
    """None where the model has no audience block."""


def fold_in(model: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> FoldedIn:
    """Solve the row of a user with these ratings, as training would find it.

    The taste is the least of the objective that the recipe descends, the movies' rows being fixed; the audience row is
    its closed form, and a share of the mean user. Movies without factors say nothing but of the user's bias. Without
    ratings the row is the prior's mean. Where the members are draws from a posterior, the row knows how uncertain each
    of them leaves it.

    Parameters
    ----------
    movies: (n,) movie indices, each once.
    ratings: (n,) on the model's scale.
    """
    movies, ratings = np.asarray(movies, dtype=np.int64), np.asarray(ratings, dtype=np.float32)
    taste = TasteFit(_taste(model, movies, ratings), user_prior(model).mean)
    row, audience = _rows(model, movies, ratings, taste.rows)
    if noise := model.parameters.member_noise:
        row = replace(row, covariance=taste.solution.inverse * np.square(noise)[:, None, None])
    return FoldedIn(movies, ratings, row, taste, audience)


def with_new(model: Factors, user: int, movies: NDArray[Any], ratings: NDArray[Any]) -> Ratings:
    """Return the training ratings of a user (an index) and these, for `fold_in`; of a movie rated twice, the new one
    counts."""
    old = model.history.of_user(user)
    kept = ~(old.held_out | np.isin(old.movies, movies))
    return (
        np.concatenate([old.movies[kept], movies]).astype(np.int64),
        np.concatenate([old.ratings[kept], ratings]).astype(np.float32),
    )


def audience_weights(model: Factors, movies: NDArray[Any]) -> Doubles:
    """Return (k, n) W such that W · targets is the audience row of one who rated these n movies: its loss is quadratic.

    W = A⁻¹ Sᵀ with A = SᵀS + a0 QᵀQ + λ. All but SᵀS is diagonal on the axes of QᵀQ, so that few ratings need a system
    of their own number only.
    """
    q, a0, (lengths, axes) = model.audience.factors, model.priors.unobserved, model.audience.axes
    precision = a0 * lengths + model.priors.audience * (len(movies) + a0 * model.n_movies) ** COUNT_POWER
    rated = np.asarray(q[movies], dtype=np.float64) @ axes
    if len(movies) > len(precision):
        return axes @ np.linalg.solve(rated.T @ rated + np.diag(precision), rated.T)
    within = (rated / precision) @ rated.T
    within[np.diag_indices_from(within)] += 1
    return axes @ np.linalg.solve(within, rated / precision).T


def preference_weights(model: Factors, movies: NDArray[Any]) -> Doubles:
    """Return (k, n) W such that v = W · residuals is the preference of one who rated these movies; v · Q / |Q| tells of
    any movie how far it is liked beyond what is expected.

    Who watches what is not all that an audience has in common: whoever rates five films of a kind low is to be shown
    less of that kind, although they watched them. v is the ridge regression of the residuals on the audience factors,
    all of length 1.
    """
    unit = np.asarray(model.audience.factors[movies] * model.audience.to_unit[movies][:, None], dtype=np.float64)
    within = unit @ unit.T
    within[np.diag_indices_from(within)] += PREFERENCE_PRIOR
    return np.asarray(np.linalg.solve(within, unit).T, dtype=np.float64)


def popularity_prior(model: Factors, n: int) -> Floats:
    """Return (k,) what the mean user adds to the audience row of somebody with n ratings: much while they are few."""
    return np.asarray(POPULARITY_RATINGS / (POPULARITY_RATINGS + n) * model.audience.mean_user, dtype=np.float32)


def design_of(model: Factors, movies: NDArray[Any]) -> Doubles:
    """Return (members, n, k + 1) what each member's row, its bias last, is multiplied with for n movies."""
    members = model.parameters.members
    table = np.asarray(model.parameters.movie_factors[movies], dtype=np.float64) * np.sqrt(members)
    factors = table.reshape(len(movies), members, table.shape[1] // members).swapaxes(0, 1)
    return np.concatenate([factors, np.ones((*factors.shape[:2], 1))], axis=2)


def _taste(model: Factors, movies: Indices, ratings: Floats) -> RowSolution:
    """Solve one user's rows, one for each member: each member's least squares, solved apart."""
    members, prior = model.parameters.members, user_prior(model)
    design = design_of(model, movies)
    known = _biases(model, movies) + design @ prior.mean
    given = np.tile(ratings.astype(np.float64), (members, 1))
    precision = np.repeat(prior.precisions(np.array([len(movies)])), members, axis=0)
    return solve_rows(RowProblem(design, known, given, precision, model.parameters.response.of_member))


def _biases(model: Factors, movies: Indices) -> Doubles:
    """Return (members, n) the logits of n movies for a row of zeros: b_m + b of that member."""
    p = model.parameters
    if p.member_movie_bias is None:
        return np.asarray(p.movie_bias[movies] + p.global_bias, dtype=np.float64)[None]
    return np.asarray(p.member_movie_bias[movies] + np.array(p.member_global_bias), dtype=np.float64).T


def _rows(model: Factors, movies: Indices, ratings: Floats, solved: Doubles) -> tuple[UserRows, AudienceFit | None]:
    """Return one user's rows, with their audience fit, from the solved (members, k + 1) rows of taste."""
    members, bias = model.parameters.members, solved[None, :, -1].astype(np.float32)
    factors = (solved[:, :-1] / np.sqrt(members)).astype(np.float32).reshape(1, -1)
    mean_bias, member_bias = bias.mean(1), bias if members > 1 else None
    if not model.has_audience:
        return UserRows(factors, mean_bias, None, member_bias), None
    fit = _audience(model, movies, ratings, mean_bias[0])
    audience = (fit.row + popularity_prior(model, len(movies))).astype(np.float32)
    preference = fit.preference.astype(np.float32)
    return UserRows(factors, mean_bias, audience[None], member_bias, preference[None]), fit


def _audience(model: Factors, movies: Indices, ratings: Floats, bias: np.float32) -> AudienceFit:
    p = model.parameters
    expected = model.to_rating(np.asarray(p.movie_bias[movies] + np.float32(p.global_bias + bias)))
    residuals = np.asarray(ratings - expected, dtype=np.float64) / (p.hi - p.lo)
    weights = audience_weights(model, movies), preference_weights(model, movies)
    return AudienceFit(weights[0], targets(ratings, model.scale), weights[1], residuals)
