"""Rows for the tables of Movies and Users, made from a model when they come into view."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from mftui.tui.widgets.table import Cell, Mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.ids import RawId
    from mftui.engine.factors import Factors
    from mftui.engine.lists import Rank, Recommendations


class LazyRows(Sequence[Sequence[Cell]]):
    """`n` rows, each made by `make(i)` when asked for."""

    def __init__(self, n: int, make: Callable[[int], Sequence[Cell]]) -> None:
        self._n = n
        self._make = make

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, at: int) -> Sequence[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[Cell]]: ...
    def __getitem__(self, at: int | slice) -> Sequence[Cell] | Sequence[Sequence[Cell]]:
        if isinstance(at, slice):
            return [self._make(i) for i in range(*at.indices(self._n))]
        if not -self._n <= at < self._n:
            raise IndexError(at)
        return self._make(at % self._n)


def movie_rows(factors: Factors, movies: NDArray[Any]) -> LazyRows:
    """Title, genres, number of ratings of the movies at these indices."""

    def row(i: int) -> Sequence[Cell]:
        movie = factors.row(movies[i])
        return movie.title, Mark(_genres(movie.genres), "dim"), f"{movie.n_ratings:,}"

    return LazyRows(len(movies), row)


def scored_rows(factors: Factors, movies: NDArray[Any], scores: NDArray[Any]) -> LazyRows:
    """Score, title, genres, number of ratings."""

    def row(i: int) -> Sequence[Cell]:
        movie = factors.row(movies[i])
        score = Mark(f"{float(scores[i]):.3f}", "strong")
        return score, movie.title, Mark(_genres(movie.genres), "dim"), f"{movie.n_ratings:,}"

    return LazyRows(len(movies), row)


def recommended_rows(factors: Factors, listed: Recommendations) -> LazyRows:
    """Would like (stars), would watch (percentile), title, genres, number of ratings, marked where it is small."""
    from mftui.engine.lists import FEW_RATINGS

    def row(i: int) -> Sequence[Cell]:
        movie = factors.row(listed.movies[i])
        watch = "" if listed.watch is None else f"{math.floor(float(listed.watch[i]) * 10) / 10:.4g}%"
        few = movie.n_ratings < FEW_RATINGS
        count = Mark(f"few: {movie.n_ratings}" if few else f"{movie.n_ratings:,}", "bad" if few else "")
        return f"{float(listed.predicted[i]):.2f}", watch, movie.title, Mark(_genres(movie.genres), "dim"), count

    return LazyRows(len(listed.movies), row)


def _genres(genres: Sequence[str]) -> str:
    return ", ".join(genres)


@dataclass(frozen=True)
class UserPage:
    """What the Users screen shows of one user."""

    user: RawId
    index: int
    n_ratings: int
    mean: float
    rmse_train: float
    """Over the ratings in training; NaN where there are none."""
    rmse_test: float
    """Over the held-out ratings; NaN where there are none."""
    rated: Sequence[Sequence[Cell]]
    recommended: Sequence[Sequence[Cell]]
    rated_movies: NDArray[Any]
    """(n_ratings,) movie indices, in the order of `rated`."""
    recommended_movies: NDArray[Any]
    ranked_by: str
    """What the recommendations are ranked by: "like", "watch" or "both"."""
    note: str
    """Why there are few recommendations, "" where there are not."""


def user_page(factors: Factors, user: RawId, n: int = 100, *, rank: Rank | None = None) -> UserPage:
    """Everything about one user. Raises UnknownId, naming the nearest known ids."""
    import numpy as np

    index = factors.user_ids.index(user)
    history = factors.history_of(user)
    predicted = factors.shown(factors.logits(np.full(len(history), index), history.movies))
    order = np.argsort(-history.ratings, kind="stable")
    recommended = factors.recommend(user, n, rank=rank)
    errors = predicted - history.ratings

    def row(i: int) -> Sequence[Cell]:
        at = order[i]
        error = float(errors[at])
        kind = "bad" if abs(error) >= 1 else "good" if abs(error) < 0.5 else ""
        held_out = Mark("test" if history.held_out[at] else "", "strong")
        title = factors.movies.titles[history.movies[at]]
        rating = f"{float(history.ratings[at]):g}"
        return title, rating, f"{float(predicted[at]):.2f}", Mark(f"{error:+.2f}", kind), held_out

    return UserPage(
        factors.user_ids.raw(index),
        index,
        len(history),
        float(history.ratings.mean()) if len(history) else math.nan,
        _rmse(errors[~history.held_out]),
        _rmse(errors[history.held_out]),
        LazyRows(len(history), row),
        recommended_rows(factors, recommended),
        history.movies[order],
        recommended.movies,
        recommended.ranked_by,
        recommended.note,
    )


def _rmse(errors: NDArray[Any]) -> float:
    return math.sqrt(float((errors.astype("float64") ** 2).mean())) if len(errors) else math.nan
