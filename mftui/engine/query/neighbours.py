"""Movies near a movie, users near a user: in taste, in audience, or in both."""

from __future__ import annotations

from typing import Literal

import numpy as np

from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.factors import Factors, once_per_model
from mftui.engine.model.rows import UserRows, lengths
from mftui.engine.query.movie_filter import MovieFilter, passing
from mftui.engine.query.recommend import highest
from mftui.errors import UsageError

Metric = Literal["cosine", "dot", "euclidean"]
METRICS: tuple[Metric, ...] = ("cosine", "dot", "euclidean")
By = Literal["taste", "audience", "both"]
BYS: tuple[By, ...] = ("taste", "audience", "both")


def similar(
    model: Factors,
    movie: int,
    n: int = 10,
    *,
    metric: Metric = "cosine",
    by: By | None = None,
    where: MovieFilter | None = None,
    shrink: bool = True,
) -> tuple[Indices, Floats]:
    """Return the nearest movies to the movie at an index, which is left out: (movie indices (≤ n,), scores (≤ n,)).

    `metric`, `by`, `shrink`: see `movie_scores`; by default both blocks where the model has both. A movie without
    factors has no neighbours; one without training ratings is none, as its score would be 0.
    """
    scores = movie_scores(model, movie, metric, by, shrink=shrink)
    allowed = passing(model, where) & (model.movie_train_counts > 0) & has_neighbours(model, movie, by)
    allowed[movie] = False
    best = highest(-scores if metric == "euclidean" else scores, np.flatnonzero(allowed), n)
    return best, scores[best]


def similar_users(model: Factors, user: int, n: int = 10) -> tuple[Indices, Floats]:
    """Return the users nearest by cosine to the one at an index: (user indices (≤ n,), cosines (≤ n,))."""
    return users_near(model, model.rows_of(np.array([user])), n, leave_out=user)


def best_by(model: Factors, by: By | None) -> By:
    """Return `by`, or by default the best that the model has. Raises UsageError where it lacks the block."""
    if by is None:
        return "both" if model.has_audience else "taste"
    if by not in BYS:
        raise UsageError(f"no neighbours by {by}.", hint=f"There are: {', '.join(BYS)}.")
    if by != "taste" and not model.has_audience:
        raise UsageError("this model has no audience factors.", hint="Use taste, or train with the audience.")
    return by


def blocks_of(model: Factors, by: By | None) -> list[tuple[Floats, Floats, float]]:
    """Return (movie factors, their lengths, weight) of the blocks that `by` names; see `best_by`."""
    by = best_by(model, by)
    taste = (model.parameters.movie_factors, model.movie_norms)
    if by == "taste":
        return [(*taste, 1.0)]
    block = (model.audience.factors, model.audience.norms)
    if by == "audience":
        return [(*block, 1.0)]
    share = model.audience.taste_share
    return [(*block, 1 / (1 + share)), (*taste, share / (1 + share))]


def movie_scores(
    model: Factors,
    me: int,
    metric: Metric,
    by: By | None,
    among: Indices | slice = slice(None),
    *,
    shrink: bool = True,
) -> Floats:
    """Return (n_movies,) nearness of every movie, or of those `among`, to the movie at index `me`.

    "cosine" and "dot" are high where near; "dot" is a share of the movie's own product with itself, as in the post, so
    that 1 is the movie itself. "euclidean" is a distance, low where near; of two blocks, each is measured in lengths
    of the movie's own vector. With `shrink`, cosine and dot are multiplied by `supported`, a distance is divided by it.
    """
    if metric not in METRICS:
        raise UsageError(f"no metric {metric}.", hint=f"There are: {', '.join(METRICS)}.")
    support = supported(model, among)
    if not shrink:
        support = np.ones_like(support)
    blocks = _blocks_with(model, me, by)
    scores = np.zeros(len(support), dtype=np.float32)
    for factors, norms, weight in blocks:
        own = max(float(norms[me]), 1e-12)
        products, sizes = factors[among] @ factors[me], norms[among]
        if metric == "euclidean":
            squared = np.maximum(sizes**2 + own**2 - 2 * products, 0)
            scores += weight * squared / (own**2 if len(blocks) > 1 else 1)
        else:
            scores += weight * products / (own * (own if metric == "dot" else np.maximum(sizes, 1e-12)))
    if metric == "euclidean":
        return np.asarray(np.sqrt(scores) / np.maximum(support, 1e-12), dtype=np.float32)
    return np.asarray(scores * support, dtype=np.float32)


def has_neighbours(model: Factors, movie: int, by: By | None = None) -> bool:
    """Return whether the movie at an index can be compared: whether it has factors in a block that `by` names."""
    return bool(_blocks_with(model, movie, by))


def _blocks_with(model: Factors, movie: int, by: By | None) -> list[tuple[Floats, Floats, float]]:
    """Return the blocks in which the movie has factors; their weights add up to 1."""
    blocks = [block for block in blocks_of(model, by) if block[1][movie] > 0]
    total = sum(weight for _, _, weight in blocks)
    return [(factors, norms, weight / total) for factors, norms, weight in blocks]


def supported(model: Factors, among: Indices | slice = slice(None)) -> Floats:
    """Return (n,) n/(n+`Factors.support`) of each movie among those, n being its training ratings: what is left of a
    cosine or a dot product, and by which a distance is divided."""
    counts = model.movie_train_counts[among]
    return np.asarray(counts / (counts + np.float32(model.support)), dtype=np.float32)


def row_cosines(model: Factors, row: UserRows) -> Floats:
    """Return (n_users,) cosine of every user with one row, trained or folded in; 0 with a row of zeros."""
    p = model.parameters
    taste = _cosine(p.user_factors, model.user_norms, row.factors[0])
    if row.audience is None:
        return taste
    table, norms = _audience_users(model)
    audience = _cosine(table, norms, model.audience.factors_of(row.audience)[0])
    share = np.float32(model.audience.taste_share)
    return np.asarray((audience + share * taste) / (1 + share), dtype=np.float32)


def users_near(model: Factors, row: UserRows, n: int = 10, *, leave_out: int | None = None) -> tuple[Indices, Floats]:
    """Return the users nearest to a row by cosine: (user indices (≤ n,), cosines (≤ n,)), nearest first."""
    cosine, users = row_cosines(model, row), np.flatnonzero(~model.cold_users)
    best = highest(cosine, users[users != leave_out], n)
    return best, cosine[best]


@once_per_model
def _audience_users(model: Factors) -> tuple[Floats, Floats]:
    """Return (n_users, k) users in the space of the audience's movies, and (n_users,) their lengths."""
    table = model.audience.factors_of(model.audience.rows(model.history, np.arange(model.n_users)))
    return table, lengths(table)


def _cosine(factors: Floats, norms: Floats, row: Floats) -> Floats:
    sizes = np.maximum(norms, 1e-12) * max(float(np.linalg.norm(row)), 1e-12)
    return np.asarray(factors @ row / sizes, dtype=np.float32)
