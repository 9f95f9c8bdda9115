"""All there is to say of one user: gathered in a thread, drawn by the Users screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mftui.text import fold
from mftui.tui.lists.rankings import ListRank, engine_rank, rank_of
from mftui.tui.lists.rows import FOR_EXPORT, LazyRows, error_cell, export_cells, number_cell
from mftui.tui.widgets.bars import Histogram, histogram
from mftui.tui.widgets.table import Cell, Column, Mark, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.dataset import Scale
    from mftui.data.ids import RawId
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.history import UserHistory
    from mftui.engine.query.movie_filter import MovieFilter
    from mftui.engine.query.recommend import Recommendations

RATED_COLUMNS = (
    Column("Title"),
    Column("Rating", 6, right=True),
    Column("Model", 5, right=True),
    Column("Error", 6, right=True),
    Column("Part", 4),
    *FOR_EXPORT,
)
_SIMILAR = 50
_LIKED = 6
_DOUBT = 5.0
"""A genre's mean is pulled towards the user's own as if by so many ratings of it."""


@dataclass(frozen=True)
class UserPage:
    """One user."""

    user: RawId
    index: int
    mean: float
    """NaN where there is no rating."""
    bias: float
    """b_u, in logits."""
    rmse_train: float
    """Over the ratings in training; NaN where there are none."""
    rmse_test: float
    """Over the held-out ratings; NaN where there are none."""
    rated: UserHistory
    predicted: NDArray[Any]
    """(n_ratings,) predictions for `rated`."""
    scale: Scale
    histogram: Histogram
    likes: tuple[tuple[str, float, int], ...]
    """(genre, mean rating, number of ratings), the best liked first."""
    similar: tuple[tuple[RawId, float], ...]
    """(user, cosine), the nearest first."""
    recommended: Recommendations
    ranked_by: ListRank

    @property
    def errors(self) -> NDArray[Any]:
        """Return (n_ratings,) prediction minus rating."""
        return self.predicted - self.rated.ratings


def user_page(
    factors: Factors, user: RawId, n: int = 100, *, rank: ListRank | None = None, where: MovieFilter | None = None
) -> UserPage:
    """Collect all about one user. Raises UnknownId, naming the nearest known ids; UsageError for an unknown genre."""
    import numpy as np

    from mftui.engine.query.neighbours import similar_users
    from mftui.engine.query.recommend import recommend

    index = factors.user_ids.index(user)
    history = factors.history.of_user(index)
    predicted = factors.predict(np.full(len(history), index), history.movies)
    errors = predicted - history.ratings
    users, cosines = similar_users(factors, index, _SIMILAR)
    if rank == "taste":
        recommended = _taste_alone(factors, index, n, where)
    else:
        engine, bound = (None, None) if rank is None else engine_rank(rank)
        recommended = recommend(factors, index, n, rank=engine, where=where, bound=bound)
    return UserPage(
        user=factors.user_ids.raw(index),
        index=index,
        mean=float(history.ratings.mean()) if len(history) else math.nan,
        bias=float(factors.parameters.user_bias[index]),
        rmse_train=_rmse(errors[~history.held_out]),
        rmse_test=_rmse(errors[history.held_out]),
        rated=history,
        predicted=predicted,
        scale=factors.scale,
        histogram=histogram(history.ratings, factors.scale),
        likes=_likes(factors, history),
        similar=tuple(zip(factors.user_ids.raws(users), cosines.tolist(), strict=True)),
        recommended=recommended,
        ranked_by="taste" if rank == "taste" else rank_of(recommended),
    )


def order_of(factors: Factors, page: UserPage, sort: str, *, reverse: bool) -> NDArray[Any]:
    """Return (n_ratings,) places of the page's ratings in the order of `sort`, one of listing.RATED_SORTS."""
    import numpy as np

    if sort == "title":
        titles = [fold(factors.movies.titles[movie]) for movie in page.rated.movies]
        order = np.array(sorted(range(len(titles)), key=titles.__getitem__), dtype=np.int64)
    else:
        values = {
            "rating": page.rated.ratings,
            "model": page.predicted,
            "error": abs(page.errors),
            "part": page.rated.held_out.astype(np.int8),
        }[sort]
        order = np.argsort(-values, kind="stable")
    return order[::-1] if reverse else order


def rated_rows(factors: Factors, page: UserPage, order: NDArray[Any]) -> Rows:
    """Return title, rating, prediction, error, part of a user's ratings at these places of the page."""
    errors = page.errors

    def row(i: int) -> Sequence[Cell]:
        at = order[i]
        movie, cold = factors.row(page.rated.movies[at]), factors.cold_movies[page.rated.movies[at]]
        held_out = Mark("cold" if cold else "test" if page.rated.held_out[at] else "", "bad" if cold else "strong")
        numbers = number_cell(page.rated.ratings[at], "g"), number_cell(page.predicted[at], ".2f")
        return (movie.title, *numbers, error_cell(errors[at]), held_out, *export_cells(movie))

    return LazyRows(len(order), row)


def _taste_alone(factors: Factors, user: int, n: int, where: MovieFilter | None) -> Recommendations:
    """Recommend by the product of factors alone: b_u, b_m and the mean left out."""
    import numpy as np

    from mftui.engine.query.recommend import recommend

    everything = recommend(factors, user, factors.n_movies, rank="like", where=where)
    p = factors.parameters
    scores = p.movie_factors[everything.movies] @ p.user_factors[user]
    best = np.argsort(-scores, kind="stable")[:n]
    return replace(
        everything.select(best),
        scores=scores[best],
        note=recommend(factors, user, n, rank="like", where=where).note,
    )


def _likes(factors: Factors, history: UserHistory) -> tuple[tuple[str, float, int], ...]:
    given: dict[str, list[float]] = {}
    for movie, rating in zip(history.movies.tolist(), history.ratings.tolist(), strict=True):
        for genre in factors.movies.genres_of(movie):
            given.setdefault(genre, []).append(rating)
    mean = float(history.ratings.mean()) if len(history) else 0.0

    def liking(genre: str) -> float:
        ratings = given[genre]
        return (sum(ratings) - mean * len(ratings)) / (len(ratings) + _DOUBT)

    best = sorted(given, key=lambda genre: (-liking(genre), genre))[:_LIKED]
    return tuple((genre, sum(given[genre]) / len(given[genre]), len(given[genre])) for genre in best)


def _rmse(errors: NDArray[Any]) -> float:
    return math.sqrt(float((errors.astype("float64") ** 2).mean())) if len(errors) else math.nan
