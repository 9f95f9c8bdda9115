"""Lists of two models as one: their columns, and their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mftui.data.movies.movie_row import MovieRow
from mftui.tui.lists.rows import FOR_EXPORT, GENRES, RATINGS, TITLE, export_cells, movie_cells, number_cell
from mftui.tui.widgets.columns import Cell, Column, Mark

if TYPE_CHECKING:
    from mftui.api.rows import Row
    from mftui.engine.model.factors import Factors

_PLACES = (
    Column("1", 3, right=True),
    Column("2", 3, right=True),
    Column("Change", least=10),
    TITLE,
)
NEIGHBOURS = (
    *_PLACES,
    Column("Score 1", 8, right=True),
    Column("Score 2", 8, right=True),
    GENRES,
    RATINGS,
    *FOR_EXPORT,
)
RECOMMENDED = (
    *_PLACES,
    Column("Like 1", 6, right=True),
    Column("Like 2", 6, right=True),
    GENRES,
    RATINGS,
    *FOR_EXPORT,
)
RATED = (
    TITLE,
    Column("Rating", 6, right=True),
    Column("Model 1", 7, right=True),
    Column("Model 2", 7, right=True),
    Column("2 - 1", 5, right=True),
    Column("Test", 4),
    *FOR_EXPORT,
)
_KINDS = {"new": "good", "gone": "bad", "same": "dim"}


def placed_rows(rows: Sequence[Row], number: str, form: str) -> list[Sequence[Cell]]:
    """Return cells of NEIGHBOURS or RECOMMENDED: both places, what became of it, title, the `number` of each list."""
    from mftui.api.two_models.answers import change_text

    def cells(row: Row) -> Sequence[Cell]:
        movie = _movie(row)
        text = change_text(row)
        change = Mark(text, _KINDS.get(row["change"], "strong"), row["moved"] if row["moved"] else text)
        places = (_place(row[f"place_{side}"]) for side in (1, 2))
        numbers = (_number(row[f"{number}_{side}"], form) for side in (1, 2))
        title, *others = movie_cells(movie)
        return *places, change, title, *numbers, *others, *export_cells(movie)

    return [cells(row) for row in rows]


def rated_rows(rows: Sequence[Row]) -> list[Sequence[Cell]]:
    """Return cells of RATED: title, rating, both predictions, how far the second is above the first, whose test."""
    from mftui.api.two_models.answers import test_text

    def cells(row: Row) -> Sequence[Cell]:
        movie, gap = _movie(row), row["difference"]
        predicted = (_number(row[f"predicted_{side}"], ".2f") for side in (1, 2))
        test = Mark(test_text(row), "strong")
        return (
            movie.title, number_cell(row["rating"], "g"), *predicted,
            Mark("") if gap is None else number_cell(gap, "+.2f", "strong" if abs(gap) >= 0.5 else ""),
            test, *export_cells(movie),
        )  # fmt: skip

    return [cells(row) for row in rows]


def movies_of(factors: Factors, rows: Sequence[Row]) -> list[int | None]:
    """Return the index of each movie in the first model, None of one that this does not know."""
    return [None if row["unknown_to"] == 1 else factors.movie_ids.find(row["movie_id"]) for row in rows]


def _movie(row: Mapping[str, Any]) -> MovieRow:
    return MovieRow(**{name: row[name] for name in MovieRow.__dataclass_fields__})


def _place(place: int | None) -> Mark:
    return Mark("" if place is None else f"{place:,}", "strong", place)


def _number(value: float | None, form: str) -> Mark:
    return Mark("") if value is None else number_cell(value, form)
