"""Answers as rows: one dict for each movie, with its raw id and title; for JSON, and as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from mftui.api.person import Person
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.explain import Because
    from mftui.engine.query.recommend import Recommendations

Row = dict[str, Any]
MOVIE = ("movie_id", "title", "genres", "year")
NEIGHBOURS = (*MOVIE, "score", "n_ratings")
SHARES = ("movie_id", "title", "rating", "contribution", "on_list")
RECOMMENDED = (*MOVIE, "predicted", "std", "plus_minus", "would_watch", "score", "n_ratings", "lower", "upper", "cold")


def movie_row(factors: Factors, movie: int | np.integer) -> Row:
    """Return movie_id, title, genres (a list), year (or None) and n_ratings of the movie at an index."""
    return asdict(factors.row(movie))


def rated_order(ratings: NDArray[Any], predicted: NDArray[Any]) -> NDArray[Any]:
    """Return (n,) places of n ratings in the order in which they are listed: the highest first, of equal ones that with
    the highest prediction, and of those as they stand in the data."""
    import numpy as np

    return np.lexsort((-predicted, -ratings))


def neighbour_rows(factors: Factors, movies: Iterable[Any], scores: Iterable[Any]) -> list[Row]:
    """Return the movies at these indices with their `score`."""
    return [movie_row(factors, movie) | {"score": score} for movie, score in zip(movies, scores, strict=True)]


def recommended_rows(factors: Factors, person: Person, result: Recommendations) -> list[Row]:
    """Return a list of recommendations with predicted, std, plus_minus, lower, upper, cold, would_watch, and the score
    that it is ranked by, where that is no rating."""
    nothing = [None] * len(result.movies)
    columns = {
        "predicted": result.predicted,
        "std": result.std,
        "plus_minus": result.plus_minus,
        "lower": result.lower,
        "upper": result.upper,
        "cold": person.cold(factors, result.movies).tolist(),
        "would_watch": result.watch,
        "score": None if result.ranked_by == "like" else result.scores,
    }
    numbers = zip(*(nothing if column is None else column for column in columns.values()), strict=True)
    return [
        movie_row(factors, movie) | dict(zip(columns, row, strict=True))
        for movie, row in zip(result.movies, numbers, strict=True)
    ]


def share_rows(factors: Factors, because: Because, at: int) -> list[Row]:
    """Return a person's ratings with what each adds to the prediction of movie `at`, and to the score that ranks the
    list (None where that is the prediction), the largest share first by what ranks the list."""
    place = None if because.place is None else because.place.shares
    return [
        {
            "movie_id": factors.movie_ids.raw(because.rated[own]),
            "title": factors.movies.titles[because.rated[own]],
            "rating": because.ratings[own],
            "contribution": because.contributions[at, own],
            "on_list": None if place is None else place[at, own],
        }
        for own in because.strongest(at, len(because.rated), ranked=True)
    ]


def frame_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a DataFrame of these columns: genres joined by "|", unknown numbers NaN or NA."""
    import pandas as pd

    frame = pd.DataFrame({name: [row[name] for row in rows] for name in columns})
    for name in columns:
        if name == "genres":
            frame[name] = ["|".join(row[name]) for row in rows]
        elif kind := next((kind for kind, names in _KINDS.items() if name.rstrip("_12") in names), None):
            frame[name] = frame[name].astype(kind)
    return frame


_KINDS: dict[Any, tuple[str, ...]] = {
    "float64": ("score", "predicted", "std", "plus_minus", "lower", "upper", "would_watch", "rating", "contribution",
                "on_list", "difference"),
    "Int64": ("year", "place", "moved", "unknown_to"),
    "boolean": ("held_out",),
}  # fmt: skip
"""How columns are kept in which something may be unknown; `_1` and `_2` behind a name are of the first and the second
of two models."""
