"""How sure a prediction is: intervals of ratings for models whose members are draws from a posterior, and the ± of
expected ratings for all models of several members. NumPy only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Flags, Floats
from mftui.engine.model.members import member_std
from mftui.engine.model.rows import UserRows
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.response import Response

MAX_CELLS = 4_000_000
"""Numbers of the rows of pairs that are held at once: 16 MB."""
ROUNDING = 1e-9
"""Of sums of probabilities."""


@dataclass(frozen=True)
class PredictiveDistribution:
    """The predictive distribution of n ratings."""

    mean: Floats
    """(n,) expected rating, unclipped."""
    std: Floats
    """(n,) how uncertain the expected rating is, in rating units."""
    rating_std: Floats
    """(n,) how far a rating may be from it: that, and the noise of ratings."""
    lo: float
    hi: float
    steps: OrdinalDistribution | None = None
    """Where ratings are steps of a scale."""

    def quantile(self, share: float) -> Floats:
        """Return (n,) ratings below which a rating lies with this probability, within the scale; of steps, the lowest
        one that a rating does not exceed with this probability at least."""
        if self.steps is not None:
            return self.steps.quantile(share)
        at = self.mean + NormalDist().inv_cdf(share) * self.rating_std
        return np.asarray(np.clip(at, self.lo, self.hi), dtype=np.float32)

    def interval(self, share: float) -> tuple[Floats, Floats]:
        """Return ((n,), (n,)) ends of the central interval in which a rating lies with this probability, within the
        scale; of steps, with this probability at least."""
        return self.quantile((1 - share) / 2), self.quantile((1 + share) / 2)

    def covered(self, ratings: Floats, share: float) -> Doubles:
        """Return (n,) whether ratings given lie in that interval, 0 or 1. A step at an end of it counts by the part of
        its probability that lies within, so that where all is as believed the mean is `share` (the nonrandomized
        transform of Czado, Gneiting and Held 2009)."""
        if self.steps is not None:
            return self.steps.covered(ratings, share)
        low, high = self.interval(share)
        return ((low <= ratings) & (ratings <= high)).astype(float)


@dataclass(frozen=True)
class OrdinalDistribution:
    """The probabilities of each of some ratings."""

    levels: Doubles
    """(n_levels,) rising."""
    cumulative: Doubles
    """(n, n_levels) probability of a rating up to that level; the last is 1."""

    def quantile(self, share: float) -> Floats:
        """Return what `PredictiveDistribution.quantile` does."""
        lowest = (self.cumulative >= share - ROUNDING).argmax(1)
        return np.asarray(self.levels[lowest], dtype=np.float32)

    def covered(self, ratings: Floats, share: float) -> Doubles:
        """Return what `PredictiveDistribution.covered` does."""
        at = np.abs(self.levels - ratings[:, None]).argmin(1)[:, None]
        upper = np.take_along_axis(self.cumulative, at, 1)[:, 0]
        lower = np.where(at[:, 0] > 0, np.take_along_axis(self.cumulative, np.maximum(at - 1, 0), 1)[:, 0], 0.0)
        within = np.minimum(upper, (1 + share) / 2) - np.maximum(lower, (1 - share) / 2)
        return np.clip(within / np.maximum(upper - lower, ROUNDING), 0.0, 1.0)


def predictive_distribution(
    model: Factors, users: NDArray[Any], movies: NDArray[Any], known: tuple[Flags, Flags] | None = None
) -> PredictiveDistribution:
    """Predict the distribution of the ratings of n pairs of indices.

    Parameters
    ----------
    users, movies: (n,) indices.
    known: (n,) whether the model knows the user, and the movie; by default all. One that it does not know, or that is
        cold, could be any: as uncertain as users, or movies, differ.

    Raises UsageError for a model whose members are no draws.
    """
    p = model.parameters
    if not p.member_noise:
        raise UsageError("this model knows no intervals: it was not drawn.", hint="Train with recipe bayes.")
    everybody = np.ones(len(users), dtype=bool)
    of_user, of_movie = known or (everybody, everybody)
    logits = model.logits(users, movies, (of_user, of_movie))
    predicted = model.to_rating(logits)
    std = expected_std_of(model, users, movies, (of_user, of_movie))
    noise = float(np.mean(np.square(p.member_noise)))
    rating_std = np.sqrt(std.astype(float) ** 2 + noise).astype(np.float32)
    steps = _steps(p.response, logits, std) if p.cuts else None
    return PredictiveDistribution(predicted, std, rating_std, model.scale.lo, model.scale.hi, steps)


def _steps(response: Response, logits: Floats, std: Floats) -> OrdinalDistribution:
    """Return the distribution with a probit link; `std`, the ± of the expected rating, is made one of the logit."""
    slope = np.maximum(response.slope(logits.astype(float)), ROUNDING)
    chances = response.probabilities(logits, np.sqrt(1 + (std / slope) ** 2))
    return OrdinalDistribution(np.array(response.levels), np.cumsum(chances, axis=1))


def expected_std_of(
    model: Factors, users: NDArray[Any], movies: NDArray[Any], known: tuple[Flags, Flags] | None = None
) -> Floats:
    """Return (n,) ± of the expected ratings of n pairs of indices, in rating units; see `expected_std`, and
    `predictive_distribution` for `known`. Of a model of one member it is 0 where something is known of both."""
    found, population = np.empty(len(users), dtype=np.float32), _Population(model)
    for part in _parts(model, len(users)):
        of_user = ~model.cold_users[users[part]]
        of_movie = ~model.cold_movies[movies[part]]
        if known is not None:
            of_user, of_movie = of_user & known[0][part], of_movie & known[1][part]
        found[part] = np.sqrt(_variance(model, model.rows_of(users[part]), movies[part], of_user, of_movie, population))
    return found


def expected_std(model: Factors, row: UserRows, movies: NDArray[Any]) -> Floats | None:
    """Return (n,) ± of the expected ratings, in rating units, of n movies (indices) by one user: a row, also folded in.

    Where the members are draws, it is the standard deviation of the expected rating given the data; else the spread of
    the members, which says how much the start of the training matters, and no more. Either is as large as movies
    differ for one without a training rating. None for a model of one member.
    """
    if row.member_bias is None:
        return None
    of_user = np.full(len(movies), bool(row.factors.any() or row.member_bias.any()))
    found, population = np.empty(len(movies), dtype=np.float32), _Population(model)
    for part in _parts(model, len(movies)):
        of_movie = ~model.cold_movies[movies[part]]
        found[part] = np.sqrt(_variance(model, row, movies[part], of_user[part], of_movie, population))
    return found


def _parts(model: Factors, n: int) -> Iterator[slice]:
    step = max(1, MAX_CELLS // model.n_factors)
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
        logits = (rows.factors * p.movie_factors[movies[both]]).sum(1) + rows.bias + p.movie_bias[movies[both]]
        slope = p.response.slope(logits.astype(float) + p.global_bias)
        variance[both] += slope**2 * _within(model, rows.covariance, movies[both])
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
    """Return (n,) variance of the logits of a row that each member knows with this covariance, mean over members."""
    p, members, total = model.parameters, model.parameters.members, np.zeros(len(movies))
    k = p.movie_factors.shape[1] // members
    for member, of_row in enumerate(covariance):
        design = np.ones((len(movies), k + 1))
        design[:, :k] = p.movie_factors[movies, member * k : (member + 1) * k] * math.sqrt(members)
        total += np.einsum("ni,ij,nj->n", design, of_row, design, optimize=True)
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
