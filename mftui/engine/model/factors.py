"""The trained model as NumPy: its parameters, its vocabularies and the ratings that it was trained on.

A model is data, and speaks in indices. Questions to it are functions in `engine/query`; raw ids belong to the edges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, Movies, Ratings, Scale
from mftui.data.ids import Ids
from mftui.data.movies.movie_means import movie_means
from mftui.data.movies.movie_row import MovieRow
from mftui.data.splits import Split
from mftui.data.storage.integrity import table_digest
from mftui.engine.model.arrays import Counts, Flags, Floats, Indices
from mftui.engine.model.audience import Audience, SummedAudience
from mftui.engine.model.earlier_audience import EarlierAudience
from mftui.engine.model.error_scale import HeldOutErrors
from mftui.engine.model.history import History
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.priors import RowPriors
from mftui.engine.model.rows import UserRows, lengths, pair_products, without_cold_rows
from mftui.errors import UsageError

T = TypeVar("T")
TASTE_SUPPORT = 5.0
"""Of neighbours by taste alone: see `Factors.support`."""


@dataclass(frozen=True, eq=False)
class Factors:
    """A trained model with its vocabularies and the ratings it was trained on."""

    parameters: Parameters
    user_ids: Ids
    movie_ids: Ids
    movies: Movies
    history: History
    movie_counts: Counts
    """(n_movies,) ratings of each movie in the whole data set."""
    movie_train_counts: Counts
    """(n_movies,) those of them in the training part."""
    movie_means: Floats
    """(n_movies,) mean rating of each movie in the whole data set; NaN where there is none."""
    scale: Scale
    priors: RowPriors
    """What its recipe trained the users' rows with."""
    errors: HeldOutErrors | None = None
    """How far held-out ratings lie from predictions, where that was measured; see `query.held_out_errors`."""
    meta: dict[str, Any] = field(default_factory=dict)
    """Data set label and fingerprint, recipe, split and the like, for those who show the model."""

    @classmethod
    def assemble(
        cls, parameters: Parameters, dataset: Dataset, split: Split, *, priors: RowPriors, meta: dict[str, Any]
    ) -> Factors:
        """Put trained parameters and the data they came from together.

        Users and movies without a training rating get zero factors and biases: they are
        predicted from the mean and the bias that is known.
        """
        sizes = dataset.n_users, dataset.n_movies
        user_counts, train_counts = dataset.ratings.where(split.trained).counts(*sizes)
        movie_counts = dataset.ratings.counts_of("movies", dataset.n_movies)
        return cls(
            without_cold_rows(parameters, user_counts == 0, train_counts == 0),
            dataset.user_ids,
            dataset.movie_ids,
            dataset.movies,
            History.of(dataset.ratings, split.held_out, dataset.n_users, dated=parameters.dates is not None),
            movie_counts.astype(np.int32),
            train_counts.astype(np.int32),
            movie_means(dataset.ratings.movies, dataset.ratings.values, dataset.n_movies),
            dataset.scale,
            priors,
            meta=meta,
        )

    def with_parameters(self, parameters: Parameters) -> Factors:
        """Return the same model after more training: other parameters, the same data."""
        cold = self.user_train_counts == 0, self.movie_train_counts == 0
        return replace(self, parameters=without_cold_rows(parameters, *cold), errors=None)

    @cached_property
    def user_train_counts(self) -> Indices:
        """Count each user's ratings in the training part: (n_users,)."""
        return self.history.trained_counts()

    @cached_property
    def cold_users(self) -> Flags:
        """Return (n_users,) whether nothing is known of a user: no training rating, and nothing beside ratings."""
        return np.asarray((self.user_train_counts == 0) & (not self.parameters.knows_cold[0]))

    @cached_property
    def cold_movies(self) -> Flags:
        """Return (n_movies,) whether nothing is known of a movie."""
        return np.asarray((self.movie_train_counts == 0) & (not self.parameters.knows_cold[1]))

    def is_cold(self, users: NDArray[Any] | int | None, movies: NDArray[Any]) -> Flags:
        """Return (n,) whether nothing is known of the user or of the movie of n pairs of indices.

        `users`: None for somebody folded in, of whom their ratings are known.
        """
        of_users = False if users is None else self.cold_users[users]
        return np.asarray(self.cold_movies[movies] | of_users)

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
        """Map logits to ratings, unclipped; see `Response`."""
        return np.asarray(self.parameters.response.rating(np.asarray(logits)), dtype=np.float32)

    def shown(self, logits: Floats) -> Floats:
        """Map logits to ratings, clipped to the scale."""
        return np.clip(self.to_rating(logits), self.scale.lo, self.scale.hi)

    def logits(
        self,
        users: NDArray[Any],
        movies: NDArray[Any],
        known: tuple[Flags, Flags] | None = None,
        timestamps: NDArray[Any] | None = None,
    ) -> Floats:
        """Return (n,) logits of n pairs of indices.

        Parameters
        ----------
        known: whether the user is known, and the movie; one that is not adds nothing, whatever its index says.
        timestamps: (n,) seconds since 1970, for models that have learned from the dates of ratings.
        """
        p, (user, movie) = self.parameters, known or (True, True)
        dot = pair_products(p, users, movies) * (user & movie)
        biases = p.user_bias[users] * user + p.movie_bias[movies] * movie
        if timestamps is not None and p.dates is not None:
            biases = biases + p.dates.of(users, timestamps) * user
        return np.asarray(dot + biases + p.global_bias, dtype=np.float32)

    def rows_of(self, users: NDArray[Any], *, audience: bool = True) -> UserRows:
        """Return the trained rows of b users (indices); `audience`: with those of who watches what."""
        p = self.parameters
        watched = self.audience.rows(self.history, users) if audience and self.has_audience else None
        member_bias = None if p.member_user_bias is None else p.member_user_bias[users]
        return UserRows(p.user_factors[users], p.user_bias[users], watched, self.user_train_counts[users], member_bias)

    def predict(
        self,
        users: NDArray[Any],
        movies: NDArray[Any],
        known: tuple[Flags, Flags] | None = None,
        timestamps: NDArray[Any] | None = None,
    ) -> Floats:
        """Return the (n,) predicted ratings of n pairs of indices, clipped to the scale; for the rest see `logits`."""
        return self.shown(self.logits(users, movies, known, timestamps))

    def predict_dated(self, ratings: Ratings) -> Floats:
        """Return the (n,) predictions of n ratings, each on its day where it has one, clipped to the scale."""
        times = ratings.timestamps if self.parameters.dates is not None else None
        return self.predict(ratings.users, ratings.movies, timestamps=times)

    # -- what is derived of the parameters ---------------------------------------------------

    @property
    def has_audience(self) -> bool:
        """Return whether the model has the audience block beside taste."""
        return self.parameters.audience_movie_factors is not None

    @cached_property
    def audience(self) -> Audience:
        """Return the audience block. Raises UsageError where the model has none."""
        p = self.parameters
        factors, weights, gladness = p.audience_movie_factors, p.audience_movie_weights, p.audience_gladness
        if factors is None:
            raise UsageError("this model has no audience factors.")
        if p.audience_user_factors is not None:
            everybody = np.asarray(p.audience_user_factors.mean(axis=0), dtype=np.float32)
            return EarlierAudience(factors, everybody, p.audience_user_factors, self.history, self.scale)
        assert weights is not None and gladness is not None
        return SummedAudience.of(factors, weights, gladness, self.movies, self.movie_train_counts, self.n_users)

    @property
    def support(self) -> float:
        """Return the training ratings with which a neighbour keeps half of its score; see `neighbours.supported`."""
        return self.audience.support if self.has_audience else TASTE_SUPPORT

    @cached_property
    def movie_norms(self) -> Floats:
        """Return (n_movies,) lengths of the movies' taste factors."""
        return lengths(self.parameters.movie_factors)

    @cached_property
    def user_norms(self) -> Floats:
        """Return (n_users,) lengths of the users' taste factors."""
        return lengths(self.parameters.user_factors)

    @cached_property
    def movie_digest(self) -> str:
        """Return a digest of the movies' factors and training counts, the key of what is derived from them."""
        p = self.parameters
        tables = (p.movie_factors, p.audience_movie_factors, self.movie_train_counts)
        return table_digest(*(table for table in tables if table is not None))

    # -- lookups -----------------------------------------------------------------------------

    def row(self, movie: int | np.integer) -> MovieRow:
        """Return the movie at an index, for a table."""
        movies, web = self.movies, self.movies.web_ids
        return MovieRow(
            self.movie_ids.raw(movie),
            movies.titles[movie],
            movies.genres_of(movie),
            int(movies.years[movie]) or None,
            int(self.movie_counts[movie]),
            None if web is None else web.imdb_id(movie) or None,
            None if web is None else web.tmdb_id(movie),
            movies.tags_of(movie),
        )


def once_per_model(function: Callable[[Factors], T]) -> Callable[[Factors], T]:
    """Keep the answer for each model, as long as the model itself is in use."""
    answers: WeakKeyDictionary[Factors, T] = WeakKeyDictionary()

    @wraps(function)
    def answer(model: Factors) -> T:
        if model not in answers:
            answers[model] = function(model)
        return answers[model]

    return answer
