"""Whom a question is about: a user of the data, somebody new with their ratings, or a user with newer ratings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.api.arguments import find_movie, movie_indices, plain_id
from mftui.data.readers.names import match
from mftui.engine.model.rows import UserRows
from mftui.engine.query.explain import Because, explain, explain_user
from mftui.engine.query.fold_in import FoldedIn, fold_in, with_new
from mftui.engine.query.recommend import Recommendations, recommend, recommend_newcomer
from mftui.errors import ArgumentError, UsageError

if TYPE_CHECKING:
    from mftui.data.titles.search import TitleIndex
    from mftui.engine.model.factors import Factors

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Person:
    """Somebody, with the ratings that are known of them."""

    index: int | None
    """Of the user; None for somebody who is not in the data."""
    movies: Indices
    """(n,) movie indices of the ratings that their row is made from, each once."""
    ratings: Floats
    """(n,)."""
    folded: FoldedIn | None = None
    """Folded in from the ratings, in place of the trained row."""
    not_interested: Indices = field(default_factory=lambda: np.array([], dtype=np.int64))
    """Movie indices that are neither to be recommended nor asked for."""
    not_seen: Indices = field(default_factory=lambda: np.array([], dtype=np.int64))
    """Movie indices that are not to be asked for."""

    @classmethod
    def user(cls, factors: Factors, index: int) -> Person:
        """Return the user at an index, with their training ratings."""
        history = factors.history.of_user(index)
        known = ~history.held_out
        return cls(index, history.movies[known].astype(np.int64), history.ratings[known])

    @classmethod
    def with_ratings(cls, factors: Factors, index: int | None, movies: Indices, ratings: Floats) -> Person:
        """Return somebody new with these ratings, or the user at an index to whose ratings they are added."""
        if index is not None:
            movies, ratings = with_new(factors, index, movies, ratings)
        return cls(index, movies, ratings, fold_in(factors, movies, ratings))

    @property
    def known_index(self) -> int:
        """Return the index of a user of the data."""
        assert self.index is not None
        return self.index

    def folded_in(self, factors: Factors) -> FoldedIn:
        """Return them folded in from their ratings, also where they have a trained row."""
        return self.folded or fold_in(factors, self.movies, self.ratings)

    def row(self, factors: Factors) -> UserRows:
        """Return factors and bias: trained, or folded in."""
        if self.folded is not None:
            return self.folded.row
        return factors.rows_of(np.array([self.known_index]))

    def recommend(self, factors: Factors, n: int, **options: Any) -> Recommendations:
        """Return the best movies of those they have not rated and would watch; see `engine.query.recommend` for the
        options."""
        unwanted = self.not_interested
        if self.folded is None:
            return recommend(factors, self.known_index, n, leave_out=unwanted, **options)
        return recommend_newcomer(factors, self.folded, n, leave_out=unwanted, user=self.index, **options)

    def because(self, factors: Factors, movies: NDArray[Any], **ranked: Any) -> Because:
        """Return why they are predicted what they are, and listed where; `ranked`: by what, see
        `engine.query.explain`."""
        if self.folded is not None:
            return explain(factors, self.folded, movies, **ranked)
        return explain_user(factors, self.known_index, movies, **ranked)

    def cold(self, factors: Factors, movies: NDArray[Any]) -> NDArray[np.bool_]:
        """Return (n,) whether nothing is known of them or of the movie."""
        return factors.is_cold(self.index if self.folded is None else None, movies)


def find_person(factors: Factors, who: Any, ratings: Any, titles: TitleIndex, leave_out: Any = ()) -> Person:
    """Return whom `who` names: a user id, or somebody new by their ratings.

    Parameters
    ----------
    who: a raw user id; or a dict, a Series or a DataFrame of ratings by movie id or title.
    ratings: newer ratings of a user of the data, in any of these forms; or None.
    leave_out: movies, by id or title, that are not to be recommended; those that the model does not have do not count.

    Raises UnknownId, TitleError, UsageError for a rating off the scale, ArgumentError for what is none of these.
    """
    unwanted, known = movie_indices(factors, leave_out, titles)
    person = _person(factors, who, ratings, titles)
    return replace(person, not_interested=unwanted[known].astype(np.int64)) if known.any() else person


def _person(factors: Factors, who: Any, ratings: Any, titles: TitleIndex) -> Person:
    if _holds_ratings(who):
        if ratings is not None:
            raise UsageError("ratings are given twice.", hint="Name a user of the data, or leave one of them out.")
        return Person.with_ratings(factors, None, *_ratings(factors, who, titles))
    index = factors.user_ids.index(plain_id(who, "user"))
    if ratings is None:
        return Person.user(factors, index)
    if not _holds_ratings(ratings):
        raise ArgumentError("ratings must be a dict, a Series or a DataFrame.", hint='Such as {"toy story": 5}.')
    return Person.with_ratings(factors, index, *_ratings(factors, ratings, titles))


def _holds_ratings(given: Any) -> bool:
    return isinstance(given, Mapping) or (hasattr(given, "items") and hasattr(given, "index"))


def _ratings(factors: Factors, given: Any, titles: TitleIndex) -> tuple[Indices, Floats]:
    """Return ((n,) movie indices, (n,) ratings); of a movie named twice the last rating counts."""
    found: dict[int, float] = {}
    for movie, rating in _pairs(given):
        found.pop(index := find_movie(factors, movie, titles), None)
        found[index] = _on_scale(factors, movie, rating)
    return np.array(list(found), dtype=np.int64), np.array(list(found.values()), dtype=np.float32)


def _pairs(given: Any) -> Iterable[tuple[Any, Any]]:
    if not hasattr(given, "columns"):
        return [*given.items()]
    at = match([str(name) for name in given.columns], ("movie", "rating"))
    if len(at) < 2:
        found = ", ".join(str(name)[:30] for name in given.columns[:20])
        raise UsageError(
            f"ratings need a movie and a rating column; columns found: {found}.",
            hint="Name them movie_id (or title) and rating.",
        )
    return zip(given.iloc[:, at["movie"]], given.iloc[:, at["rating"]], strict=True)


def _on_scale(factors: Factors, movie: object, rating: Any) -> float:
    lo, hi = factors.scale.lo, factors.scale.hi
    try:
        value = float(rating)
    except (TypeError, ValueError):
        value = math.nan
    if not lo <= value <= hi:
        raise UsageError(f"the rating {rating} of {movie} is not between {lo:g} and {hi:g}, the model's scale.")
    return value
