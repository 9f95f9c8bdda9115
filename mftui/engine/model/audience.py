"""The audience block: a user is the sum of the vectors of what they rated. NumPy only.

With A the movies' vectors, w their output weights and x how gladly each movie was watched,

    P_u = Σ x_ui a_i over what u rated          s_ui = w_i P_u · a_i

is how probably u watches movie i; in training, what a rating says of itself is left out: s_ui less x_ui w_i |a_i|².
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Movies
from mftui.engine.model.arrays import AnyIndices, Floats, Indices
from mftui.engine.model.gladness import DAMPING, Gladness
from mftui.engine.model.rows import lengths

if TYPE_CHECKING:
    from mftui.engine.model.history import History

_FEW_USERS, _USERS_AT_ONCE = 4, 4_096
GENRE_SHARE = 0.3
"""What a user's leaning towards genres weighs beside who watches what, by NDCG@10 on inner splits of training parts:
with it, who rates a genre low is shown no more of it."""


@dataclass(frozen=True, eq=False)
class Audience(ABC):
    """Whom each movie attracts. A user's row is the sum of an entry for each rating, and a little of everybody's."""

    factors: Floats
    """(n_movies, k)."""
    everybody: Floats
    """(d,) the mean row: with the table, what most people watch."""
    support: ClassVar[float] = 20.0
    """A neighbour with n training ratings keeps n/(n + support) of its score."""
    taste_share: ClassVar[float] = 0.05
    """What taste weighs beside the audience in neighbours by both; both measured by series@10."""
    like_share: ClassVar[float] = 0.06
    """What the predicted rating, as a share of the scale, weighs in lists by both; by NDCG@10 on inner splits of
    training parts it may be 0 to 0.1."""

    @property
    @abstractmethod
    def table(self) -> Floats:
        """Return (n_movies, d): a user's row times that of a movie is its score."""

    @abstractmethod
    def entries(self, movies: AnyIndices, ratings: Floats) -> Floats:
        """Return (n, d) what each of the n ratings of one user adds to the user's row."""

    @abstractmethod
    def rows(self, history: History, users: Indices) -> Floats:
        """Return (b, d) the rows of users of the data, of their training ratings."""

    @cached_property
    def norms(self) -> Floats:
        """Return (n_movies,) lengths of the movies' factors."""
        return lengths(self.factors)

    def usual(self, n: int | NDArray[Any]) -> Floats:
        """Return what everybody's row adds to that of a user with n ratings: much while they are few."""
        share = 1 / (1 + np.asarray(n, dtype=np.float32))
        return np.asarray(np.multiply.outer(share, self.everybody), dtype=np.float32)

    def row(self, movies: AnyIndices, ratings: Floats) -> Floats:
        """Return (d,) the row of somebody who rated these n movies."""
        return np.asarray(self.entries(movies, ratings).sum(axis=0) + self.usual(len(movies)), dtype=np.float32)

    def factors_of(self, rows: Floats) -> Floats:
        """Return (b, k) the part of users' rows that is in the space of the movies' factors."""
        return rows[:, : self.factors.shape[1]]


@dataclass(frozen=True, eq=False)
class SummedAudience(Audience):
    """The block as it is trained: see above. Rows have the leaning towards genres beside it."""

    weights: Floats
    """(n_movies,), w."""
    genres: Floats
    """(n_movies, g): see `genre_vectors`; g is 0 where the data has no genres."""
    gladness: Gladness

    @classmethod
    def of(
        cls, factors: Floats, weights: Floats, gladness: Gladness, movies: Movies, counts: AnyIndices, n_users: int
    ) -> SummedAudience:
        """Return the block of trained factors and weights. `counts`: (n_movies,) training ratings."""
        genres = genre_vectors(movies)
        everybody = np.asarray(counts, dtype=np.float32) @ factors / np.float32(max(n_users, 1))
        return cls(factors, np.append(everybody, np.zeros(genres.shape[1], np.float32)), weights, genres, gladness)

    @cached_property
    def table(self) -> Floats:
        """Return (n_movies, k + g)."""
        return np.hstack([self.factors * self.weights[:, None], np.float32(GENRE_SHARE) * self.genres])

    def entries(self, movies: AnyIndices, ratings: Floats) -> Floats:
        """Return (n, k + g)."""
        nobody = np.zeros(len(ratings), dtype=np.int64)
        glad, above = self._values(nobody, ratings, 1)
        return np.hstack([self.factors[movies] * glad[:, None], self.genres[movies] * above[:, None]])

    def rows(self, history: History, users: Indices) -> Floats:
        """Return (b, k + g); for many users by a sparse product, whose import the app can do without."""
        if len(users) <= _FEW_USERS:
            return np.stack([self.row(*history.trained_of(users[at : at + 1])[1:]) for at in range(len(users))])
        if len(users) > _USERS_AT_ONCE:
            parts = np.array_split(users, len(users) // _USERS_AT_ONCE + 1)
            return np.concatenate([self.rows(history, part) for part in parts])
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # scipy ships no types

        at, movies, ratings = history.trained_of(users)
        counts, shape = np.bincount(at, minlength=len(users)), (len(users), len(self.factors))
        cuts, values = np.append(0, np.cumsum(counts)), self._values(at, ratings, len(users))
        sums = [
            csr_matrix((x, movies, cuts), shape) @ of for x, of in zip(values, (self.factors, self.genres), strict=True)
        ]
        return np.asarray(np.hstack(sums) + self.usual(counts), dtype=np.float32)

    def _values(self, users: Indices, ratings: Floats, n_users: int) -> tuple[Floats, Floats]:
        """Return (n,) how gladly each movie was watched, and (n,) what it adds to the leaning towards its genres."""
        means = self.gladness.user_means(users, ratings, n_users)[users]
        counts = np.bincount(users, minlength=n_users)[users] + np.float32(DAMPING)
        return self.gladness(ratings, means), np.asarray(self.gladness.deviations(ratings, means) / counts, np.float32)


def genre_vectors(movies: Movies) -> Floats:
    """Return (n_movies, g): the genres of each movie, rarer ones stronger, of length 1; zeros for one without."""
    _, table = movies.genre_table
    rare = np.log(len(table) / np.maximum(table.sum(axis=0), 1))
    vectors = np.asarray(table * rare, dtype=np.float32)
    return np.asarray(vectors / np.maximum(lengths(vectors), 1e-9)[:, None], dtype=np.float32)
