"""All there is to say of one movie: gathered in a thread, drawn by its page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.tui.widgets.histogram import Histogram, histogram, ratings_of_movie

if TYPE_CHECKING:
    from mftui.tui.base.open_model import OpenModel


@dataclass(frozen=True)
class MoviePage:
    """One movie."""

    title: str
    genres: tuple[str, ...]
    year: int | None
    n_ratings: int
    n_train: int
    """Ratings in the training part."""
    mean: float
    """NaN where there is no rating."""
    bias: float
    """b_m, in logits."""
    average_gives: float
    """What a user of no taste and no bias is predicted to give."""
    average_of_all: float
    """The same for a movie of no bias."""
    ratings: Histogram
    factors: tuple[float, ...]
    """(k,) taste factors."""


def movie_page(model: OpenModel, movie: int) -> MoviePage:
    """Gather what is known of the movie at an index."""
    import numpy as np

    factors, row = model.factors, model.factors.row(movie)
    bias, start = float(factors.parameters.movie_bias[movie]), float(factors.parameters.global_bias)
    gives = factors.shown(np.array([start + bias, start], dtype=np.float32))
    ratings = ratings_of_movie(factors, movie)
    return MoviePage(
        title=row.title,
        genres=tuple(row.genres),
        year=row.year,
        n_ratings=row.n_ratings,
        n_train=int(factors.movie_train_counts[movie]),
        mean=float(ratings.mean()) if len(ratings) else math.nan,
        bias=bias,
        average_gives=float(gives[0]),
        average_of_all=float(gives[1]),
        ratings=histogram(ratings, factors.scale),
        factors=tuple(factors.parameters.movie_factors[movie].tolist()),
    )
