"""How sure a prediction is, for models whose members are draws from a posterior. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.spread import member_std
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.factors import Factors

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
PAIRS = 20_000
"""Pairs whose rows are held at once."""


@dataclass(frozen=True)
class Beliefs:
    """What is believed of n ratings."""

    mean: Floats
    """(n,) expected rating, unclipped."""
    std: Floats
    """(n,) how uncertain the expected rating is, in rating units."""
    rating_std: Floats
    """(n,) how far a rating may be from it: that, and the noise of ratings."""
    lo: float
    hi: float

    def quantile(self, share: float) -> Floats:
        """(n,) ratings below which a rating lies with this probability, within the scale."""
        at = self.mean + NormalDist().inv_cdf(share) * self.rating_std
        return np.asarray(np.clip(at, self.lo, self.hi), dtype=np.float32)

    def interval(self, share: float) -> tuple[Floats, Floats]:
        """((n,), (n,)) ends of the central interval in which a rating lies with this probability, within the scale."""
        return self.quantile((1 - share) / 2), self.quantile((1 + share) / 2)


def beliefs(
    model: Factors, users: NDArray[Any], movies: NDArray[Any], known: tuple[Flags, Flags] | None = None
) -> Beliefs:
    """Of the ratings of n pairs of indices.

    `known`: whether the model knows the user, and the movie; all of them where it is left out. One that it does
    not know, or that has no training rating, could be any: as uncertain as users, or movies, differ.
    Raises UsageError for a model whose members are no draws.
    """
    p = model.parameters
    if not p.member_noise:
        raise UsageError("this model knows no intervals: it was not drawn.", hint="Train with --recipe bayes.")
    everybody = np.ones(len(users), dtype=bool)
    of_user, of_movie = known or (everybody, everybody)
    predicted = model.to_rating(model.logits(users, movies, (of_user, of_movie)))
    of_user = of_user & (model.user_train_counts[users] > 0)
    of_movie = of_movie & (model.movie_train_counts[movies] > 0)
    variance = np.zeros(len(users))
    for at in range(0, len(users), PAIRS):
        part = slice(at, at + PAIRS)
        variance[part] = _variance(model, users[part], movies[part], of_user[part], of_movie[part])
    noise = float(np.mean(np.square(p.member_noise)))
    std, rating_std = (np.sqrt(v).astype(np.float32) for v in (variance, variance + noise))
    return Beliefs(predicted, std, rating_std, model.scale.lo, model.scale.hi)


def _variance(
    model: Factors, users: NDArray[Any], movies: NDArray[Any], of_user: Flags, of_movie: Flags
) -> NDArray[np.float64]:
    """(n,) of the expected rating: between the draws, and between all users or movies for one that is not known."""
    p, variance = model.parameters, np.zeros(len(users))
    both = of_user & of_movie
    rows = model.rows_of(users[both])
    std = member_std(p, rows.factors, rows.member_bias, movies[both])
    variance[both] = 0.0 if std is None else std.astype(float) ** 2
    variance[~of_user] += p.user_bias.var()
    variance[~of_movie] += p.movie_bias.var()
    newcomer, novelty, neither = ~of_user & of_movie, of_user & ~of_movie, ~of_user & ~of_movie
    variance[newcomer] += _mean_square(p.movie_factors[movies[newcomer]], p.user_factors, p.members)
    variance[novelty] += _mean_square(p.user_factors[users[novelty]], p.movie_factors, p.members)
    if neither.any():
        variance[neither] += _mean_square(p.user_factors, p.movie_factors, p.members).mean()
    return variance


def _mean_square(rows: Floats, others: Floats, members: int) -> NDArray[np.float64]:
    """(n,) mean square, over all rows of the other side and all members, of the product with (n, k) rows."""
    k = rows.shape[1] // members
    total = np.zeros(len(rows))
    for first in range(0, rows.shape[1], k):
        own = slice(first, first + k)
        spread = others[:, own].T @ others[:, own] / len(others)
        total += np.einsum("ni,ij,nj->n", rows[:, own], spread, rows[:, own], optimize=True)
    return total * members
