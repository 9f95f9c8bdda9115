"""Every table of films and runs, at every width: titles have their room, and other columns leave first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import TITLES, toy_factors

from mftui.api.two_models.answers import similar_in_both
from mftui.runs.store.summary import Summary
from mftui.tables.columns import TITLE_CELLS, Span, beside, leaves
from mftui.tui.base.display import Display
from mftui.tui.base.open_model import OpenModel
from mftui.tui.lists import compared
from mftui.tui.lists.choices import UserChoices
from mftui.tui.lists.explanation import in_short
from mftui.tui.lists.rows import (
    MOVIE_COLUMNS,
    NEIGHBOUR_COLUMNS,
    movie_rows,
    recommended_columns,
    recommended_rows,
    scored_rows,
)
from mftui.tui.screens.runs import rows as runs
from mftui.tui.screens.users.page import RATED_COLUMNS, rated_rows, user_in_both, user_page
from mftui.tui.screens.you.lists import found_list, next_list, profile_list
from mftui.tui.screens.you.page import YouChoices, about, you_list
from mftui.tui.screens.you.ratings import ProfileRatings
from mftui.tui.widgets.columns import GAP, GUTTER, Column, Layout, Rows, text_of

WIDTHS = range(60, 221)
PADDING = 2
LONG = (
    *TITLES,
    "Star Wars: Episode IV - A New Hope (1977)",
    "Star Wars: Episode V - The Empire Strikes Back (1980)",
    "Lord of the Rings: The Fellowship of the Ring, The (2001)",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1964)",
)
MODEL = with_members(toy_factors(LONG, audience=True), noise=0.5)
MOVIES = np.arange(len(LONG))
Shown = tuple[tuple[Column, ...], Rows]


def _tables() -> dict[str, Shown]:
    """Every table with titles of films or names of runs: its columns, and rows of it."""
    model = OpenModel.__new__(OpenModel)
    object.__setattr__(model, "factors", MODEL)
    stars = np.array([5.0, 4.5, 2.0], dtype=np.float32)
    rated = ProfileRatings("me", np.array([12, 14, 2]), stars, ("2026-01-02",) * 3)
    now, scores = you_list(MODEL, rated, YouChoices()), np.linspace(0.9, 0.1, len(MOVIES))
    first, page = (
        you_list(MODEL, ProfileRatings("me", MOVIES[:0], rated.ratings[:0]), YouChoices()),
        user_page(MODEL, 7),
    )
    suggested = about(MODEL, now, YouChoices()).suggested
    nothing_rated = recommended_rows(MODEL, first.recommended, Display(), lambda at: "")
    reason: Callable[[int], str] = lambda at: in_short(MODEL, now.because, at)  # type: ignore[arg-type]  # noqa: E731
    listed = {
        "search": found_list(MODEL, now, rated, MOVIES, "a"),
        "next": next_list(MODEL, now, suggested, set()),
        "rated": profile_list(MODEL, now, rated, "newest", reverse=False),
    }
    models = MODEL, toy_factors((*LONG, "Up (2009)"), audience=True, seed=1, n_users=25)
    two, both = similar_in_both(models, (2, 2), 20), user_in_both(models, 7, UserChoices())
    run = Summary(
        "20260101-000000-biased-k4-x", None, "biased-k4-2", "finished", None, "biased", "toy", 4, 0.87, 0.6, 0.8,
        "random 10 %", "2026-01-01T00:00:00+00:00", 20, 4.5, 9.2, 7_400_000, True, ("good",), "", {}, ("", ""),
    )  # fmt: skip
    long_name = replace(run, called="a name that somebody has taken their time for")
    return {
        "movies": (MOVIE_COLUMNS, movie_rows(model, MOVIES)),
        "neighbours": ((Column("Score", 6, right=True), *NEIGHBOUR_COLUMNS), scored_rows(MODEL, MOVIES, scores)),
        "a user's ratings": (RATED_COLUMNS, rated_rows(MODEL, page, np.arange(len(page.rated)))),
        "recommended": (recommended_columns(MODEL), recommended_rows(MODEL, page.recommended, Display())),
        "neighbours in two runs": (compared.NEIGHBOURS, compared.placed_rows(two.rows, "score", ".3f")),
        "list of two runs": (compared.RECOMMENDED, compared.placed_rows(both.listed.rows, "predicted", ".2f")),
        "ratings in two runs": (compared.RATED, compared.rated_rows(both.rated.rows)),
        "recommended to you": (
            recommended_columns(MODEL, reasons=True),
            recommended_rows(MODEL, now.recommended, Display(), reason),
        ),
        "recommended before a rating": (recommended_columns(MODEL, reasons=True), nothing_rated),
        **{name: (tuple(one.columns), one.rows) for name, one in listed.items()},
        "runs": (runs.COLUMNS, [runs.cells(run, "a"), runs.cells(run, "")]),
        "runs of long names": (runs.COLUMNS, [runs.cells(long_name, "")]),
    }


TABLES = _tables()
LEFT_AND_RIGHT = [
    ("movies", "neighbours"),
    ("a user's ratings", "recommended"),
    ("movies", "neighbours in two runs"),
    ("ratings in two runs", "list of two runs"),
    *((left, right) for left in ("search", "next", "rated") for right in TABLES if right.startswith("recommended ")),
]


def laid_out(name: str) -> Layout:
    columns, rows = TABLES[name]
    layout = Layout(columns)
    layout.measure(rows, str)
    return layout


def padded(layout: Layout) -> Span:
    """What a table needs with its padding."""
    return Span(layout.span.least + PADDING, layout.span.full + PADDING)


def needed(column: int, rows: Rows) -> int:
    return max(len(text_of(row[column])) for row in rows)


def has_room(name: str, widths: list[int]) -> None:
    """Fail unless titles have 28 cells, or all that they need."""
    columns, rows = TABLES[name]
    titled = next(at for at, column in enumerate(columns) if column.has_titles)
    assert widths[titled] >= min(TITLE_CELLS, needed(titled, rows)), (name, widths)


@pytest.mark.parametrize("name", TABLES)
def test_titles_have_their_room_at_every_width(name: str) -> None:
    columns, rows = TABLES[name]
    layout, before = laid_out(name), set[int]()
    for width in WIDTHS:
        widths = layout.widths(width)
        has_room(name, widths)
        shown = {at for at, cells in enumerate(widths) if cells}
        assert sum(widths[at] + GAP for at in shown) + GUTTER <= width + GAP
        assert before <= shown, "a wider table has a column less"
        before = shown
        for at, column in enumerate(columns):
            empty = column.for_files or not needed(at, rows)
            assert not (empty and at in shown), (column, width)
            if not empty and at not in shown:
                staying = max(leaves(columns[other].title) for other in shown)
                assert leaves(column.title) > staying, f"{column.title} left before others at {width}"
            if column.has_titles and at in shown and widths[at] < needed(at, rows):
                wide = [other for other in shown if not columns[other].width and not columns[other].has_titles]
                assert all(widths[other] <= columns[other].least for other in wide), "room that a title needs"


@pytest.mark.parametrize("name", TABLES)
def test_where_there_is_room_nothing_is_cut(name: str) -> None:
    columns, rows = TABLES[name]
    widths = laid_out(name).widths(260)
    for at, column in enumerate(columns):
        if not column.for_files:
            assert widths[at] >= min(needed(at, rows), 32 if not column.has_titles else 999), column


@pytest.mark.parametrize(("left", "right"), LEFT_AND_RIGHT)
def test_lists_side_by_side_leave_titles_their_room_in_both(left: str, right: str) -> None:
    one, other = laid_out(left), laid_out(right)
    apart = []
    for width in range(100, 221):
        at = beside(width, padded(one), padded(other))
        if at is None:
            apart.append(width)
            continue
        has_room(left, one.widths(at - PADDING))
        has_room(right, other.widths(width - at - PADDING))
    assert not apart or max(apart) < 125, "there is room for both"


def test_the_longer_titles_get_more_of_the_room() -> None:
    short_ones = [("Heat (1995)", "", "")] * 3
    long_ones = [(LONG[-1], "", "")] * 3
    columns = MOVIE_COLUMNS[:3]
    narrow, wide = Layout(columns), Layout(columns)
    narrow.measure(short_ones, str)
    wide.measure(long_ones, str)
    assert (beside(140, narrow.span, wide.span) or 140) < 70
    assert (beside(140, wide.span, narrow.span) or 0) > 70


def test_what_is_set_apart_goes_by_the_rows_around_a_title() -> None:
    rows: list[Any] = [(title, "", "") for title in LONG]
    layout = Layout(MOVIE_COLUMNS[:3])
    assert layout.differs(rows, LONG.index("Star Wars: Episode IV - A New Hope (1977)"), 0) == len(
        "Star Wars: Episode "
    )
    assert layout.differs(rows, LONG.index("Heat (1995)"), 0) == 0
