"""All movies and all users of a model, as DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftui.data.dataset import NO_GENRES, Movies
from mftui.engine.model.user_prior import movie_bias_in_stars, user_bias_in_stars

if TYPE_CHECKING:
    from mftui.data.ids import Ids
    from mftui.engine.model.factors import Factors


def movies_table(factors: Factors) -> pd.DataFrame:
    """Return one row for each movie, in the order of the indices; see `Model.movies`."""
    frame = described(factors.movie_ids, factors.movies)
    frame["n_ratings"] = np.array(factors.movie_counts)
    frame["n_train"] = np.array(factors.movie_train_counts)
    frame["mean"] = np.array(factors.movie_means)
    frame["bias"] = movie_bias_in_stars(factors, np.arange(factors.n_movies))
    frame["bias_in_formula"] = np.array(factors.parameters.movie_bias)
    return frame


def users_table(factors: Factors) -> pd.DataFrame:
    """Return one row for each user, in the order of the indices; see `Model.users`."""
    counts, history = factors.history.counts(), factors.history
    summed = np.append(0.0, np.cumsum(history.ratings, dtype=np.float64))[history.offsets]
    return pd.DataFrame(
        {
            "user_id": factors.user_ids.raws(np.arange(factors.n_users)),
            "n_ratings": counts,
            "n_train": factors.user_train_counts,
            "mean": np.where(counts > 0, np.diff(summed) / np.maximum(counts, 1), np.nan),
            "bias": user_bias_in_stars(factors, np.arange(factors.n_users)),
            "bias_in_formula": np.array(factors.parameters.user_bias),
        }
    )


def described(ids: Ids, movies: Movies) -> pd.DataFrame:
    """Return movie_id, title, genres, year, imdb_id, tmdb_id and tags.

    Genres and tags are joined by "|", "" where there is none; so is IMDb's id. Unknown years and TMDb's ids are NA.
    """
    n, web = len(movies), movies.web_ids
    columns: dict[str, Any] = {
        "movie_id": ids.raws(np.arange(len(movies))),
        "title": movies.titles.tolist(),
        "genres": ["" if genres == NO_GENRES else genres for genres in movies.genres.tolist()],
        "year": _numbers(movies.years),
        "imdb_id": [""] * n if web is None else [web.imdb_id(movie) for movie in range(n)],
        "tmdb_id": _numbers(np.zeros(n, np.int64) if web is None else web.tmdb),
        "tags": [""] * n if movies.tags is None else movies.tags.tolist(),
    }
    return pd.DataFrame(columns)


def _numbers(numbers: NDArray[Any]) -> Any:
    """Return numbers as Int64, NA for 0."""
    return pd.array([number or None for number in numbers.tolist()], dtype="Int64")


def read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an array whose numbers cannot be changed by mistake; nothing is copied."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
