"""Measures of predictions and of lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mftui.data.dataset import Ratings, Scale
from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.history import History

MAX_CELLS = 8_000_000
"""Scores held at once when lists are made for many users: 32 MB."""


def rmse(predicted: Floats, actual: Floats) -> float:
    """Return the root of the mean squared error of (n,) predictions, in rating units."""
    return float(np.sqrt(np.mean((predicted.astype(np.float64) - actual) ** 2)))


def mae(predicted: Floats, actual: Floats) -> float:
    """Return the mean absolute error of (n,) predictions, in rating units."""
    return float(np.mean(np.abs(predicted.astype(np.float64) - actual)))


@dataclass(frozen=True)
class ListQuality:
    """What top-k lists are worth, averaged over the users with at least one relevant test movie."""

    ndcg: float
    """Gain 1 for a relevant movie, discount 1/log2(rank + 1), ideal over min(k, relevant)."""
    recall: float
    """Relevant movies in the list, of all relevant ones."""
    coverage: float
    """Share of all movies that are in at least one list."""
    mean_popularity: float
    """Mean number of training ratings of the listed movies."""
    n_users: int

    def as_dict(self, k: int) -> dict[str, float | int]:
        """Return the measures for a JSON document: `ndcg@k`, `recall@k`, `coverage`, …"""
        return {
            f"ndcg@{k}": self.ndcg,
            f"recall@{k}": self.recall,
            "coverage": self.coverage,
            "mean_popularity": self.mean_popularity,
            "n_users_ranked": self.n_users,
        }


def relevant_from(scale: Scale) -> float:
    """Return the least rating that counts as liked: three quarters up the scale (4 of 5, 8 of 10)."""
    return scale.lo + 0.75 * (scale.hi - scale.lo)


def list_quality(
    scores: Callable[[Indices], Floats],
    train: Ratings,
    test: Ratings,
    n_users: int,
    n_movies: int,
    scale: Scale,
    k: int = 10,
) -> ListQuality | None:
    """Rank all movies that a user has not rated in training, and compare with the liked test movies.

    `scores`: user indices (b,) to scores (b, n_movies); called for blocks of users.
    None where no user has a relevant test movie.
    """
    liked = test.take(test.values >= relevant_from(scale))
    users = np.unique(liked.users).astype(np.int64)
    if not len(users):
        return None
    seen, wanted = (History.of(part, np.zeros(len(part), dtype=bool), n_users) for part in (train, liked))
    popularity = np.bincount(train.movies, minlength=n_movies)
    gains = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(gains)
    ndcg, recall, listed, popular = [], [], np.zeros(n_movies, dtype=bool), []
    block = max(1, MAX_CELLS // n_movies)
    for start in range(0, len(users), block):
        part = users[start : start + block]
        table = np.array(scores(part), dtype=np.float32)
        for row, user in enumerate(part):
            table[row, seen.of_user(user).movies] = -np.inf
        for row, best in enumerate(_top(table, k)):
            top = best[table[row, best] > -np.inf]  # who has rated nearly all films has a shorter list
            relevant = wanted.of_user(part[row]).movies
            hits, n_wanted = np.isin(top, relevant), len(relevant)
            ndcg.append(float(gains[: len(top)][hits].sum() / ideal[min(k, n_wanted) - 1]))
            recall.append(float(hits.sum() / n_wanted))
            listed[top] = True
            if len(top):
                popular.append(float(popularity[top].mean()))
    return ListQuality(
        float(np.mean(ndcg)), float(np.mean(recall)), float(listed.mean()), float(np.mean(popular or [0.0])), len(users)
    )


def _top(table: Floats, k: int) -> Indices:
    """Return (b, k) columns of the highest scores, best first."""
    k = min(k, table.shape[1])
    columns = np.argpartition(-table, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(table, columns, 1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, 1)
