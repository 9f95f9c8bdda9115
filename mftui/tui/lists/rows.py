"""Columns and rows of the tables of Movies and Users; rows are made from a model when they come into view."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from mftui.tables.cells import percentile
from mftui.tui.widgets.bars import interval_bar
from mftui.tui.widgets.columns import Cell, Column, Mark, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.data.dataset import Scale
    from mftui.data.ids import RawId
    from mftui.data.movies.movie_row import MovieRow
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.recommend import Recommendations
    from mftui.tui.base.display import Display
    from mftui.tui.base.open_model import OpenModel

Row = TypeVar("Row")
FOR_EXPORT = tuple(Column(title, for_files=True) for title in ("Year", "Movie id", "IMDb id", "TMDb id"))
TITLE, GENRES, RATINGS = Column("Title", has_titles=True), Column("Genres", least=16), Column("Ratings", 7, right=True)
MOVIE = (TITLE, GENRES, RATINGS)
MOVIE_COLUMNS = (
    *MOVIE,
    Column("Mean", 4, right=True),
    Column("Bias", 5, right=True),
    *FOR_EXPORT,
)
_BAR = 9
"""Cells of the bar of an interval."""
NEIGHBOUR_COLUMNS = (*MOVIE, *FOR_EXPORT)


class LazyRows(Sequence[Row]):
    """`n` rows, each made by `make(i)` when asked for."""

    def __init__(self, n: int, make: Callable[[int], Row]) -> None:
        self._n, self._make = n, make

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return [self._make(i) for i in range(*at.indices(self._n))]
        if not -self._n <= at < self._n:
            raise IndexError(at)
        return self._make(at % self._n)


def row_of(film: int | None, films: Sequence[int | None], at: int) -> int:
    """Return the row of a film in another list; `at`, where it stood before, if it is not in this one."""
    return films.index(film) if film is not None and film in films else at


def movie_rows(model: OpenModel, movies: NDArray[Any]) -> Rows:
    """Return cells of MOVIE_COLUMNS for the movies at these indices."""
    from mftui.engine.model.user_prior import movie_bias_in_stars

    factors = model.factors

    def row(i: int) -> Sequence[Cell]:
        movie, at = factors.row(movies[i]), movies[i]
        return (
            *movie_cells(movie),
            number_cell(factors.movie_means[at], ".2f"),
            number_cell(float(movie_bias_in_stars(factors, movies[i : i + 1])[0]), "+.2f"),
            *export_cells(movie),
        )

    return LazyRows(len(movies), row)


def scored_rows(factors: Factors, movies: NDArray[Any], scores: NDArray[Any]) -> Rows:
    """Score, then title, genres, number of ratings."""

    def row(i: int) -> Sequence[Cell]:
        movie = factors.row(movies[i])
        return (number_cell(scores[i], ".3f", "strong"), *movie_cells(movie), *export_cells(movie))

    return LazyRows(len(movies), row)


def recommended_columns(factors: Factors, *, reasons: bool = False, scored: bool = False) -> tuple[Column, ...]:
    """Return only the columns that the model can fill; `reasons`: one of them for a rating of one's own; `scored`: one
    for the score that the list is ranked by."""
    from mftui.engine.query.held_out_errors import has_held_out
    from mftui.engine.recipes import caution_of

    spread: tuple[Column, ...] = ()
    if has_held_out(factors):
        spread = (Column("+/-", 4, right=True), Column("Interval", _BAR))
    order = (Column("Order", 5, right=True),) if caution_of(factors.meta) else ()
    return (
        *order,
        Column("Like", 4, right=True),
        *spread,
        *((Column("Watch", 5, right=True),) if factors.has_audience else ()),
        *((Column("Score", 6, right=True),) if scored else ()),
        TITLE,
        GENRES,
        *((Column("Because you gave", has_titles=True),) if reasons else ()),
        RATINGS,
        *FOR_EXPORT,
    )


def interval_axis(listed: Recommendations, scale: Scale) -> tuple[float, float]:
    """Return what the bars of a list go from and to: whole stars that hold all of its intervals."""
    if listed.lower is None or listed.upper is None or not len(listed.movies):
        return scale.lo, scale.hi
    lo, hi = max(math.floor(listed.lower.min()), scale.lo), min(math.ceil(listed.upper.max()), scale.hi)
    return (lo, hi) if lo < hi else (scale.lo, scale.hi)


def interval_title(listed: Recommendations, scale: Scale) -> str:
    """Return what heads the bars: their ends."""
    lo, hi = (f"{end:g}" for end in interval_axis(listed, scale))
    return f"{lo}{hi:>{_BAR - len(lo)}}"


def recommended_rows(
    factors: Factors,
    listed: Recommendations,
    terminal: Display,
    reason: Callable[[int], str] | None = None,
    *,
    scored: bool = False,
) -> Rows:
    """Would like (stars), ± and its bar, would watch (percentile), these as far as the model has them, the score if
    `scored`, title, genres, the `reason` by row, and the number of ratings: marked where it is small, "cold" where
    nothing is known of it."""
    from mftui.engine.query.recommend import FEW_RATINGS
    from mftui.engine.recipes import caution_of

    ordered = bool(caution_of(factors.meta))
    lo, hi = interval_axis(listed, factors.scale)

    def sure(i: int) -> Sequence[Cell]:
        if listed.plus_minus is None or listed.lower is None or listed.upper is None:
            return ()
        ends = float(listed.lower[i]), float(listed.upper[i])
        bar = interval_bar(*ends, lo, hi, _BAR, terminal)
        return number_cell(listed.plus_minus[i], ".2f"), Mark(bar, "dim", f"{ends[0]:.2f} to {ends[1]:.2f}")

    def watch(i: int) -> Sequence[Cell]:
        if listed.watch is None:
            return ()
        share = float(listed.watch[i])
        return (Mark(f"{percentile(share)}%", "", round(share, 2)),)

    def row(i: int) -> Sequence[Cell]:
        movie = factors.row(listed.movies[i])
        title, genres, count = movie_cells(movie)
        if factors.cold_movies[listed.movies[i]]:
            count = Mark("cold", "bad", movie.n_ratings)
        elif movie.n_ratings < FEW_RATINGS:
            count = Mark(f"few: {movie.n_ratings}", "bad", movie.n_ratings)
        like = (*([Mark(f"{i + 1:,}", "strong", i + 1)] * ordered), number_cell(listed.predicted[i], ".2f"))
        why = (Mark(reason(i), "strong"),) if reason else ()
        score = [number_cell(listed.scores[i], ".3f")] * scored
        return *like, *sure(i), *watch(i), *score, title, genres, *why, count, *export_cells(movie)

    return LazyRows(len(listed.movies), row)


def movie_cells(movie: MovieRow) -> tuple[Cell, Cell, Cell]:
    """Title, genres, number of ratings."""
    genres = Mark(", ".join(movie.genres), "dim", "|".join(movie.genres))
    return movie.title, genres, Mark(f"{movie.n_ratings:,}", "", movie.n_ratings)


def export_cells(movie: MovieRow) -> Sequence[Cell]:
    """Year and ids, which stand in files alone: on the screen the year is in the title."""
    values = (movie.year, movie.movie_id, movie.imdb_id, movie.tmdb_id)
    return [Mark("" if value is None else str(value), "", value) for value in values]


def error_cell(error: float) -> Mark:
    """Return prediction minus rating, marked where it is small or large."""
    return number_cell(error, "+.2f", "bad" if abs(error) >= 1 else "good" if abs(error) < 0.5 else "")


def number_cell(value: float | np.floating[Any], form: str, kind: str = "") -> Mark:
    """Return a number as it is shown, and, to five digits, as it is exported; nothing where it is not one."""
    number = float(value)
    return Mark(format(number, form), kind, float(f"{number:.5g}")) if math.isfinite(number) else Mark("", kind)


def alike(users: Sequence[tuple[RawId, float]]) -> str:
    """Name users with their similarity; by what that is measured stands at the first."""
    named = (f"{user} ({'' if at else 'cosine '}{cosine:.2f})" for at, (user, cosine) in enumerate(users))
    return f"users {', '.join(named)}" if users else ""
