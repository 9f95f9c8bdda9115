"""Fold a user in: solve their rows from their ratings, the movies' factors being fixed. No retraining."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.model.rows import UserRows
from mftui.engine.model.user_prior import rating_noise, user_prior
from mftui.engine.query.row_solver import RowProblem, RowSolution, solve_rows

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Ratings = tuple[NDArray[Any], NDArray[Any]]
"""One person's ratings: (n,) movie indices and (n,) ratings on the model's scale, each movie once."""


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


def fold_in(model: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> FoldedIn:
    """Solve the row of a user with these ratings, as training would find it.

    The taste is the least of the objective that the recipe descends, the movies' rows being fixed; the audience row is
    a sum over the ratings, as it is for users of the data. Movies without factors say nothing but of the user's bias.
    Without ratings the row is the prior's mean. It knows how uncertain each member leaves it.

    Parameters
    ----------
    movies: (n,) movie indices, each once.
    ratings: (n,) on the model's scale.
    """
    movies, ratings = np.asarray(movies, dtype=np.int64), np.asarray(ratings, dtype=np.float32)
    taste = TasteFit(_taste(model, movies[None], ratings[None]), user_prior(model).mean)
    row = _rows(model, taste, np.array([len(movies)]))
    if model.has_audience:
        row = replace(row, audience=model.audience.row(movies, ratings)[None])
    return FoldedIn(movies, ratings, row, taste)


def fold_in_many(model: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> UserRows:
    """Solve the rows of b users with as many ratings each, (b, n) movie indices and (b, n) ratings: taste alone."""
    taste = TasteFit(_taste(model, movies, ratings), user_prior(model).mean)
    return _rows(model, taste, np.full(len(movies), movies.shape[1]))


def with_new(model: Factors, user: int, movies: NDArray[Any], ratings: NDArray[Any]) -> Ratings:
    """Return the training ratings of a user (an index) and these, for `fold_in`; of a movie rated twice, the new one
    counts."""
    old = model.history.of_user(user)
    kept = ~(old.held_out | np.isin(old.movies, movies))
    return (
        np.concatenate([old.movies[kept], movies]).astype(np.int64),
        np.concatenate([old.ratings[kept], ratings]).astype(np.float32),
    )


def design_of(model: Factors, movies: NDArray[Any]) -> Doubles:
    """Return (members, n, k + 1) what each member's row, its bias last, is multiplied with for n movies."""
    members = model.parameters.members
    table = np.asarray(model.parameters.movie_factors[movies], dtype=np.float64) * np.sqrt(members)
    factors = table.reshape(len(movies), members, table.shape[1] // members).swapaxes(0, 1)
    return np.concatenate([factors, np.ones((*factors.shape[:2], 1))], axis=2)


def _taste(model: Factors, movies: Indices, ratings: Floats) -> RowSolution:
    """Solve the rows of b users with n ratings each, (b, n): each member's least squares, solved apart. The rows stand
    user by user."""
    (users, n), members, prior = movies.shape, model.parameters.members, user_prior(model)

    def by_user(table: Doubles) -> Doubles:
        return table.reshape(len(table), users, n, *table.shape[2:]).swapaxes(0, 1)

    flat = by_user(design_of(model, movies.ravel()))
    known = by_user(np.broadcast_to(_biases(model, movies.ravel()), (members, users * n))) + flat @ prior.mean
    given = np.repeat(ratings.astype(np.float64), members, axis=0)
    precision = np.repeat(prior.precisions(np.full(users, n)), members, axis=0)
    rows = users * members
    design = flat.reshape(rows, n, flat.shape[-1])
    return solve_rows(RowProblem(design, known.reshape(rows, n), given, precision, model.parameters.response.of_member))


def _biases(model: Factors, movies: Indices) -> Doubles:
    """Return (members, n) the logits of n movies for a row of zeros: b_m + b of that member."""
    p = model.parameters
    if p.member_movie_bias is None:
        return np.asarray(p.movie_bias[movies] + p.global_bias, dtype=np.float64)[None]
    return np.asarray(p.member_movie_bias[movies] + np.array(p.member_global_bias), dtype=np.float64).T


def _rows(model: Factors, taste: TasteFit, counts: NDArray[Any]) -> UserRows:
    """Return the rows of b users of these numbers of ratings, but for the audience."""
    p, b = model.parameters, len(counts)
    solved = taste.rows.reshape(b, p.members, -1)
    bias = solved[..., -1].astype(np.float32)
    factors = (solved[..., :-1] / np.sqrt(p.members)).astype(np.float32).reshape(b, -1)
    noise = np.square(p.member_noise or np.full(p.members, rating_noise(model)))
    covariance = taste.solution.inverse.reshape(*solved.shape, -1) * noise[:, None, None]
    return UserRows(factors, bias.mean(1), None, counts, bias if p.members > 1 else None, covariance)
