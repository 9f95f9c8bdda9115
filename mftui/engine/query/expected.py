"""How uncertain expected ratings are: by how far members differ, and by how much is known of a user or a movie. It says
nothing of how ratings scatter around them; `intervals` adds that. NumPy only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Flags, Floats
from mftui.engine.model.members import member_std
from mftui.engine.model.rows import UserRows

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

MAX_CELLS = 4_000_000
"""Numbers of the rows of pairs that are held at once: 16 MB."""


def expected_std_of(
    model: Factors, users: NDArray[Any], movies: NDArray[Any], known: tuple[Flags, Flags] | None = None
) -> Floats:
    """Return (n,) standard deviations of the expected ratings of n pairs of indices, in rating units.

    `known`: (n,) whether the model knows the user, and the movie; by default all. One that it does not know, or that is
    cold, could be any: as uncertain as users, or movies, differ. Of a model of one member, 0 where something is known
    of both.
    """
    found, population = np.empty(len(users), dtype=np.float32), _Population(model)
    for part in _parts(model, len(users)):
        of_user = ~model.cold_users[users[part]]
        of_movie = ~model.cold_movies[movies[part]]
        if known is not None:
            of_user, of_movie = of_user & known[0][part], of_movie & known[1][part]
        found[part] = np.sqrt(
            _variance(model, model.rows_of(users[part], audience=False), movies[part], of_user, of_movie, population)
        )
    return found


def expected_std(model: Factors, row: UserRows, movies: NDArray[Any]) -> Floats:
    """Return (n,) standard deviations of the expected ratings, in rating units, of n movies (indices) by one user: a
    row, also folded in.

    Where the members are draws, it is that of the expected rating given the data; else the disagreement of the members,
    which says how much the start of the training matters. Folding in from a few ratings adds to either. It is as large
    as movies differ for one without a training rating.
    """
    return np.sqrt(variance_of(model, row, np.zeros(len(movies), dtype=np.int64), movies)).astype(np.float32)


def variance_of(model: Factors, rows: UserRows, row: NDArray[Any], movies: NDArray[Any]) -> Doubles:
    """Return (n,) squares of the same for n movies (indices), each by the user whose place in `rows` is in `row`."""
    bias = rows.bias[:, None] if rows.member_bias is None else rows.member_bias
    known = np.asarray(rows.factors.any(1) | bias.any(1))
    found, population = np.empty(len(movies)), _Population(model)
    for part in _parts(model, len(movies), 0 if rows.covariance is None else rows.covariance[0].size):
        of, of_movie = row[part], ~model.cold_movies[movies[part]]
        these = rows if len(rows.bias) == 1 else rows.select(of)
        found[part] = _variance(model, these, movies[part], known[of], of_movie, population)
    return found


def _parts(model: Factors, n: int, cells: int = 0) -> Iterator[slice]:
    """Yield parts of n pairs, so that no table of so many numbers a pair is too large."""
    step = max(1, MAX_CELLS // max(model.n_factors, cells))
    return (slice(at, at + step) for at in range(0, n, step))


def _variance(
    model: Factors, rows: UserRows, movies: NDArray[Any], of_user: Flags, of_movie: Flags, population: _Population
) -> Doubles:
    """Return (n,) variances of the expected ratings: between the members, and between all users or movies for one that
    is not known.

    `rows`: of n users, or of one."""
    p, variance = model.parameters, np.zeros(len(movies))
    both = of_user & of_movie
    std = member_std(p, _of(rows.factors, both), _of(rows.member_bias, both), movies[both])
    variance[both] = 0.0 if std is None else std.astype(float) ** 2
    if rows.covariance is not None:
        logits = (_of(rows.factors, both) * p.movie_factors[movies[both]]).sum(1)
        logits = logits + _of(rows.bias, both) + p.movie_bias[movies[both]]
        slope = p.response.slope(logits.astype(float) + p.global_bias)
        variance[both] += slope**2 * _within(model, _of(rows.covariance, both), movies[both])
    if both.all():
        return variance
    variance[~of_user] += p.user_bias.var()
    variance[~of_movie] += p.movie_bias.var()
    new_user, new_movie, neither = ~of_user & of_movie, of_user & ~of_movie, ~of_user & ~of_movie
    if new_user.any():
        variance[new_user] += _mean_square(p.movie_factors[movies[new_user]], population.users)
    if new_movie.any():
        variance[new_movie] += _mean_square(_of(rows.factors, new_movie), population.movies)
    if neither.any():
        variance[neither] += (population.users * population.movies).sum() * p.members
    logits = (_of(rows.factors, ~both) * p.movie_factors[movies[~both]]).sum(1)
    logits = logits + _of(rows.bias, ~both) + p.movie_bias[movies[~both]] + p.global_bias
    variance[~both] *= p.response.slope(logits.astype(float)) ** 2
    return variance


def _of(table: Any, chosen: Flags) -> Any:
    """Return the chosen ones of n rows; the one row there is, whatever is chosen."""
    return table if table is None or len(table) == 1 < len(chosen) else table[chosen]


def _within(model: Factors, covariance: Doubles, movies: NDArray[Any]) -> Doubles:
    """Return (n,) variance of the logits of rows that each member knows with these covariances (n or 1, members, k + 1,
    k + 1), mean over members."""
    p, members, total = model.parameters, model.parameters.members, np.zeros(len(movies))
    k = p.movie_factors.shape[1] // members
    for member in range(members):
        design = np.ones((len(movies), k + 1))
        design[:, :k] = p.movie_factors[movies, member * k : (member + 1) * k] * math.sqrt(members)
        if len(covariance) == 1:
            total += ((design @ covariance[0, member]) * design).sum(1)
        else:
            total += ((design[:, None, :] @ covariance[:, member])[:, 0] * design).sum(1)
    return total / members


class _Population:
    """Second moments of the factors of all users, and of all movies; computed when one of them is not known."""

    def __init__(self, model: Factors) -> None:
        self._parameters = model.parameters

    @cached_property
    def users(self) -> Doubles:
        """Return (members, k, k) mean products of the users' factors, two by two."""
        return self._moments(self._parameters.user_factors)

    @cached_property
    def movies(self) -> Doubles:
        """Return the same of movies."""
        return self._moments(self._parameters.movie_factors)

    def _moments(self, table: Floats) -> Doubles:
        by_member = table.reshape(len(table), self._parameters.members, -1).transpose(1, 0, 2)
        return np.asarray(by_member.transpose(0, 2, 1) @ by_member / len(table), dtype=np.float64)


def _mean_square(rows: Floats, moments: Doubles) -> Doubles:
    """Return (n,) mean square, over all rows of the other side and all members, of the product with (n, k) rows."""
    members = len(moments)
    by_member = rows.reshape(len(rows), members, -1).transpose(1, 0, 2)
    return np.asarray(((by_member @ moments) * by_member).sum((0, 2)) * members)
