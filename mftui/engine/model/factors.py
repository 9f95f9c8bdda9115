"""The trained model as NumPy: predict, similar, recommend. Imports no TensorFlow.

One contract for all calls: raw ids in, a scalar or a batch; indices and scores out, best first;
an id that the model does not know raises UnknownId with the nearest known ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, MovieRow, Movies, Scale, movie_means
from mftui.data.ids import Ids, RawId
from mftui.data.splits import Split
from mftui.data.storage.integrity import table_digest
from mftui.engine.model.audience import AudienceBlock
from mftui.engine.model.dot_products import lengths, pair_products
from mftui.engine.model.history import History, UserHistory
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.rows import without_cold_rows
from mftui.engine.model.user_prior import UserPrior, rating_noise, user_prior
from mftui.engine.query import recommend as lists
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.movie_filter import MovieFilter, passing
from mftui.engine.query.neighbours import By, Metric, movie_scores, user_scores
from mftui.engine.query.recommend import Bound, Rank, Recommendations, UserRows, highest
from mftui.errors import UsageError

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Factors:
    """A trained model with its vocabularies and the ratings it was trained on."""

    parameters: Parameters
    user_ids: Ids
    movie_ids: Ids
    movies: Movies
    history: History
    movie_counts: NDArray[np.int32]
    """(n_movies,) ratings of each movie in the whole data set."""
    movie_train_counts: NDArray[np.int32]
    """(n_movies,) those of them in the training part."""
    movie_means: NDArray[np.float32]
    """(n_movies,) mean rating of each movie in the whole data set; NaN where there is none."""
    scale: Scale
    meta: dict[str, Any] = field(default_factory=dict)
    """Data set label and fingerprint, recipe, split and the like, for those who show the model."""

    @classmethod
    def assemble(cls, parameters: Parameters, dataset: Dataset, split: Split, *, meta: dict[str, Any]) -> Factors:
        """Put trained parameters and the data they came from together.

        Users and movies without a training rating get zero factors and biases: they are
        predicted from the mean and the bias that is known.
        """
        sizes = dataset.n_users, dataset.n_movies
        user_counts, train_counts = dataset.ratings.where(split.trained).counts(*sizes)
        _, movie_counts = dataset.ratings.counts(*sizes)
        return cls(
            without_cold_rows(parameters, user_counts == 0, train_counts == 0),
            dataset.user_ids,
            dataset.movie_ids,
            dataset.movies,
            History.of(dataset.ratings, split.held_out, dataset.n_users),
            movie_counts.astype(np.int32),
            train_counts.astype(np.int32),
            movie_means(dataset.ratings.movies, dataset.ratings.values, dataset.n_movies),
            dataset.scale,
            meta,
        )

    def with_parameters(self, parameters: Parameters) -> Factors:
        """The same model after more training: other parameters, the same data."""
        cold = self.user_train_counts == 0, self.movie_train_counts == 0
        return replace(self, parameters=without_cold_rows(parameters, *cold))

    @cached_property
    def user_train_counts(self) -> NDArray[np.int64]:
        """(n_users,) ratings of each user in the training part."""
        return self.history.trained_counts()

    @property
    def n_users(self) -> int:
        return len(self.user_ids)

    @property
    def n_movies(self) -> int:
        return len(self.movie_ids)

    @property
    def n_factors(self) -> int:
        return int(self.parameters.user_factors.shape[1])

    # -- predictions -------------------------------------------------------------------------

    def to_rating(self, logits: Floats) -> Floats:
        """Logits to ratings, unclipped; see `Output`."""
        return np.asarray(self.parameters.output.rating(np.asarray(logits)), dtype=np.float32)

    def shown(self, logits: Floats) -> Floats:
        """Logits to ratings, clipped to the scale."""
        return np.clip(self.to_rating(logits), self.scale.lo, self.scale.hi)

    def logits(
        self,
        users: NDArray[Any],
        movies: NDArray[Any],
        known: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None,
    ) -> Floats:
        """(n,) logits of n pairs of indices.

        `known`: whether the user is known, and the movie; one that is not adds nothing, whatever its index says.
        """
        p, (user, movie) = self.parameters, known or (True, True)
        dot = pair_products(p, users, movies) * (user & movie)
        biases = p.user_bias[users] * user + p.movie_bias[movies] * movie
        return np.asarray(dot + biases + p.global_bias, dtype=np.float32)

    def rows_of(self, users: NDArray[Any]) -> UserRows:
        """The trained rows of b users (indices)."""
        p = self.parameters
        audience = None if p.audience_user_factors is None else p.audience_user_factors[users]
        member_bias = None if p.member_user_bias is None else p.member_user_bias[users]
        return UserRows(p.user_factors[users], p.user_bias[users], audience, member_bias)

    @overload
    def predict(self, users: RawId, movies: RawId) -> float: ...
    @overload
    def predict(self, users: list[RawId], movies: list[RawId]) -> Floats: ...
    def predict(self, users: RawId | list[RawId], movies: RawId | list[RawId]) -> float | Floats:
        """Predicted rating of one pair of raw ids, or (n,) of n pairs, clipped to the scale."""
        if isinstance(users, int | str) or isinstance(movies, int | str):
            pair = np.array([self.user_ids.index(users)]), np.array([self.movie_ids.index(movies)])
            return float(self.shown(self.logits(*pair))[0])
        u = np.array([self.user_ids.index(raw) for raw in users], dtype=np.int64)
        m = np.array([self.movie_ids.index(raw) for raw in movies], dtype=np.int64)
        return self.shown(self.logits(u, m))

    def predict_known(
        self, users: Sequence[RawId], movies: Sequence[RawId]
    ) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
        """Like `predict` for n pairs, but ids that are not known are no error.

        Returns (ratings (n,), user known (n,), movie known (n,)); what is not known adds
        nothing, so that the mean and the bias of the other side remain.
        """
        u, user_known = self.user_ids.indices(list(users))
        m, movie_known = self.movie_ids.indices(list(movies))
        return self.shown(self.logits(u, m, (user_known, movie_known))), user_known, movie_known

    # -- neighbours and lists ----------------------------------------------------------------

    @property
    def has_audience(self) -> bool:
        """Whether the model has the audience block beside taste."""
        return self.parameters.audience_movie_factors is not None

    @cached_property
    def audience(self) -> AudienceBlock:
        """The audience block. Raises UsageError where the model has none."""
        p = self.parameters
        if p.audience_movie_factors is None or p.audience_user_factors is None:
            raise UsageError("this model has no audience factors.")
        return AudienceBlock(p.audience_movie_factors, p.audience_user_factors, self.movie_train_counts)

    @cached_property
    def user_prior(self) -> UserPrior:
        """What is believed of a user before their first rating."""
        return user_prior(self)

    @cached_property
    def rating_noise(self) -> float:
        """How far ratings scatter around their predictions, in rating units: the training RMSE."""
        return rating_noise(self)

    @cached_property
    def movie_norms(self) -> Floats:
        """(n_movies,) lengths of the movies' taste factors."""
        return lengths(self.parameters.movie_factors)

    @cached_property
    def user_norms(self) -> Floats:
        """(n_users,) lengths of the users' taste factors."""
        return lengths(self.parameters.user_factors)

    @cached_property
    def movie_digest(self) -> str:
        """Of the movies' factors and training counts: what is derived of them is bound to it."""
        p = self.parameters
        tables = (p.movie_factors, p.audience_movie_factors, self.movie_train_counts)
        return table_digest(*(table for table in tables if table is not None))

    def similar(
        self,
        movie: RawId,
        n: int = 10,
        *,
        metric: Metric = "cosine",
        by: By | None = None,
        where: MovieFilter | None = None,
    ) -> tuple[Indices, Floats]:
        """The nearest movies in factor space, the movie itself left out.

        `metric`, `by`: see `neighbours.movie_scores`; by default both blocks where the model has both.
        Movies without training ratings have no factors and are never neighbours.

        Returns (movie indices (≤ n,), scores (≤ n,)), nearest first.
        """
        me = self.movie_ids.index(movie)
        scores = movie_scores(self, me, metric, by)
        allowed = self.allowed(where) & (self.movie_train_counts > 0)
        allowed[me] = False
        best = highest(-scores if metric == "euclidean" else scores, np.flatnonzero(allowed), n)
        return best, scores[best]

    def similar_users(self, user: RawId, n: int = 10, *, by: By | None = None) -> tuple[Indices, Floats]:
        """The users nearest by cosine: (user indices (≤ n,), cosines (≤ n,)), the user left out."""
        me = self.user_ids.index(user)
        cosine = user_scores(self, me, by)
        others = np.flatnonzero(self.history.counts() > 0)
        best = highest(cosine, others[others != me], n)
        return best, cosine[best]

    def recommend(
        self,
        user: RawId,
        n: int = 10,
        *,
        rank: Rank | None = None,
        discover: float = 0.0,
        where: MovieFilter | None = None,
        bound: Bound | None = None,
    ) -> Recommendations:
        """The movies that `user` has not rated, best first.

        Everything that the user rated is left out, held out of training or not. `rank`: "like", by
        predicted rating (the logit); "watch", by audience; "both", the default where the model has both. `bound`: the
        "lower" or "upper" end of its interval in place of the predicted rating, by default alone ("like").
        """
        me = self.user_ids.index(user)
        row, rated = self.rows_of(np.array([me])), self.history.of_user(me).movies
        return lists.recommend(self, row, rated, n, rank, discover, where, bound)

    def recommend_newcomer(
        self,
        movies: Indices,
        ratings: Floats,
        n: int = 10,
        *,
        rank: Rank | None = None,
        discover: float = 0.0,
        where: MovieFilter | None = None,
        bound: Bound | None = None,
        leave_out: NDArray[Any] | None = None,
    ) -> Recommendations:
        """The same for somebody who is not in the data, from their ratings: (m,) movie indices and ratings.

        `leave_out`: movies that are not to be listed, beside those rated.
        """
        rated = movies if leave_out is None else np.union1d(movies, leave_out)
        return lists.recommend(self, fold_in(self, movies, ratings), rated, n, rank, discover, where, bound)

    def allowed(self, where: MovieFilter | None) -> NDArray[np.bool_]:
        """(n_movies,) True where a movie passes the filter. Raises UsageError for an unknown genre."""
        return passing(self, where)

    # -- lookups -----------------------------------------------------------------------------

    def history_of(self, user: RawId) -> UserHistory:
        """All ratings of a user, with whether each was held out."""
        return self.history.of_user(self.user_ids.index(user))

    def row(self, movie: int | np.integer) -> MovieRow:
        """The movie at an index, for a table."""
        year = int(self.movies.years[movie])
        return MovieRow(
            self.movie_ids.raw(movie),
            self.movies.titles[movie],
            self.movies.genres_of(movie),
            year or None,
            int(self.movie_counts[movie]),
        )

    def bias_of_movie(self, movie: RawId) -> float:
        """b_m of a movie: above zero where it is liked more than its audience's taste explains."""
        return float(self.parameters.movie_bias[self.movie_ids.index(movie)])

    def factors_of_movie(self, movie: RawId) -> Floats:
        """(k,) factors of a movie."""
        return np.asarray(self.parameters.movie_factors[self.movie_ids.index(movie)])

    def factors_of_user(self, user: RawId) -> Floats:
        """(k,) factors of a user."""
        return np.asarray(self.parameters.user_factors[self.user_ids.index(user)])
