"""Columns and rows of the tables of the You screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mftui.tui.lists.rows import (
    FOR_EXPORT,
    GENRES,
    RATINGS,
    TITLE,
    LazyRows,
    error_cell,
    export_cells,
    movie_cells,
    number_cell,
)
from mftui.tui.widgets.columns import Cell, Column, Mark, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.engine.model.factors import Factors
    from mftui.engine.query.suggest import Suggestions
    from mftui.tui.screens.you.page import YouList
    from mftui.tui.screens.you.ratings import ProfileRatings

_YOU, _MODEL = Column("You", 4, right=True), Column("Model", 5, right=True)
PROFILE_COLUMNS = (
    TITLE,
    Column("Rating", 6, right=True),
    _MODEL,
    Column("Error", 6, right=True),
    Column("Rated on", 10),
    *FOR_EXPORT,
)
NEXT_COLUMNS = (
    TITLE,
    GENRES,
    RATINGS,
    Column("P(seen)", 7, right=True),
    _MODEL,
    Column("+/-", 4, right=True),
    Column("Info gain", 9, right=True),
    *FOR_EXPORT,
)
FOUND_COLUMNS = (TITLE, GENRES, RATINGS, _MODEL, _YOU, *FOR_EXPORT)


def profile_rows(factors: Factors, now: YouList, order: NDArray[Any]) -> Rows:
    """Return cells of PROFILE_COLUMNS: one's own ratings in this order, then those of films the model does not have."""
    given, errors = now.given, now.errors

    def row(i: int) -> Sequence[Cell]:
        if i >= len(order):
            gone = given.missing[i - len(order)]
            stars = Mark(f"{gone.stars:g}", "dim", gone.stars)
            there = Mark("unmatched", "dim")
            ids = (Mark(text, "dim") for text in (gone.movie_id, gone.imdb_id, gone.tmdb_id))
            return Mark(gone.name, "dim"), stars, "", "", there, "", *ids
        at = int(order[i])
        movie, day = factors.row(given.movies[at]), Mark(given.days[at] or "saving", "dim")
        numbers = number_cell(given.ratings[at], "g", "strong"), number_cell(now.fitted[at], ".2f")
        return (movie.title, *numbers, error_cell(errors[at]), day, *export_cells(movie))

    return LazyRows(len(order) + len(given.missing), row)


def next_rows(factors: Factors, suggested: Suggestions) -> Rows:
    """Return cells of NEXT_COLUMNS."""

    def row(i: int) -> Sequence[Cell]:
        movie = factors.row(suggested.movies[i])
        seen, tells = float(suggested.seen[i]), float(suggested.gains[i])
        return (
            *movie_cells(movie),
            Mark(f"{seen:.0%}", "", round(seen, 3)),
            number_cell(suggested.predicted[i], ".2f"),
            "" if suggested.plus_minus is None else number_cell(suggested.plus_minus[i], ".2f"),
            Mark(f"{tells:.1%}", "", round(tells, 4)),
            *export_cells(movie),
        )

    return LazyRows(len(suggested.movies), row)


def found_rows(factors: Factors, movies: NDArray[Any], predicted: NDArray[Any], given: ProfileRatings) -> Rows:
    """Return cells of FOUND_COLUMNS."""

    def row(i: int) -> Sequence[Cell]:
        movie, stars_given = factors.row(movies[i]), given.by_movie.get(int(movies[i]))
        rating = Mark("") if stars_given is None else number_cell(stars_given, "g", "strong")
        return (*movie_cells(movie), number_cell(predicted[i], ".2f"), rating, *export_cells(movie))

    return LazyRows(len(movies), row)
