"""Which movies may appear in a list."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mftui.engine.model.arrays import Flags
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors


@dataclass(frozen=True)
class MovieFilter:
    """Which movies may appear in a list."""

    genre: str | None = None
    """A genre that the movie must have; case does not matter."""
    years: tuple[int, int] | None = None
    """First and last year, both included; movies without a year are left out."""
    min_ratings: int = 0
    """Least number of ratings in the data set."""
    tag: str | None = None
    """A tag that the movie must have among those of most people; case does not matter."""


def passing(model: Factors, where: MovieFilter | None) -> Flags:
    """Return (n_movies,) True where a movie passes the filter. Raises UsageError for an unknown genre or tag."""
    passes = np.ones(model.n_movies, dtype=bool)
    if where is None:
        return passes
    if where.genre is not None:
        passes &= _has_genre(model, where.genre)
    if where.tag is not None:
        passes &= _has_tag(model, where.tag)
    if where.years is not None:
        first, last = where.years
        passes &= (model.movies.years >= max(first, 1)) & (model.movies.years <= last)
    return passes & (model.movie_counts >= where.min_ratings)


def _has_genre(model: Factors, genre: str) -> Flags:
    texts, of_movie = model.movies.genre_texts
    has = np.array([genre.casefold() in text.casefold().split("|") for text in texts], dtype=bool)
    if not has.any():
        raise UsageError(f"no movie has the genre {genre}.", hint=f"There are: {', '.join(model.movies.genre_names)}.")
    return np.asarray(has[of_movie])


def _has_tag(model: Factors, tag: str) -> Flags:
    wanted = " ".join(tag.casefold().split())
    has = np.array([wanted in (text.casefold() for text in tags) for tags in model.movies.tag_lists], dtype=bool)
    if has.any():
        return has
    names = model.movies.tag_names
    if not names:
        raise UsageError(
            f"this model knows no tags, so none is {tag}.", hint="Tags come from a tags.csv beside the ratings."
        )
    near = difflib.get_close_matches(wanted, names, 5) or names[:5]
    raise UsageError(f"no movie has the tag {tag}.", hint=f"There are {len(names):,}, such as: {', '.join(near)}.")
