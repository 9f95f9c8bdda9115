"""Explanations of recommendations, as JSON and as small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mftui.api.explanation import place_words
from mftui.api.rows import share_rows
from mftui.cli.shared.movie_lists import FORMATS
from mftui.cli.shared.output import Cell, print_line, print_table
from mftui.engine.query.place import STAR_DIGITS as DIGITS
from mftui.engine.recipes import STARS, unit_of

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.explain import Because

NAMES = {
    "everybody": "everybody",
    "film": "this film",
    "user": "the person",
    "ratings": "their ratings",
    "training": "training",
    "limit": "end of the scale",
}
"""Of the parts of a prediction."""
MAX_RATINGS = 3
"""Ratings that are named for each movie."""
BAR_WIDTH = 12
"""Characters of the longest bar."""


def explanation_documents(factors: Factors, because: Because) -> list[dict[str, Any]]:
    """Describe for JSON why each movie is predicted what it is, and listed where.

    - `because`: all ratings of the person, with what each adds to the prediction (`contribution`) and to the score
      that ranks the list (`on_list`; None if that is the prediction), the largest first by what ranks the list.
    - `parts`: what adds up to the prediction: `everybody`, `film`, `user`, `ratings` (the sum of the contributions),
      and, where there is any, `training` (what the trained row predicts beyond that) and `limit` (what is cut off at
      an end of the scale).
    - `unit`: what they are counted in, "stars" or "rescaled".
    - `score_parts`: what adds up to the score that ranks the list; None if that is the prediction. See `Place`.
    """
    return [
        {
            "because": share_rows(factors, because, at),
            "parts": because.parts(at),
            "unit": unit_of(factors.meta),
            "score_parts": None if because.place is None else because.place.of(at),
        }
        for at in range(len(because.movies))
    ]


def print_explanations(factors: Factors, because: Because) -> None:
    """Print for each movie what its prediction and its place on the list add up from, and the ratings that add most."""
    shares, place, unit = because.shares(ranked=True), because.place, unit_of(factors.meta)
    listed = place is not None and place.shares is not None
    longest = float(abs(shares).max(initial=0)) or 1.0
    for at, movie in enumerate(because.movies):
        print_line()
        parts, stars = because.shown_parts(at)
        rows: list[list[Cell]] = []
        named = because.named(at, stars, MAX_RATINGS)
        for own in named:
            row: list[Cell] = [_bar(shares[at, own] / longest), because.ratings[own]]
            row += [shares[at, own]] if listed else []
            rows.append([*row, stars[own], factors.movies.titles[because.rated[own]]])
        if others := len(because.rated) - len(named):
            rest = [shares[at].sum() - shares[at, named].sum()] if listed else []
            left = parts["ratings"] - sum(stars[own] for own in named)
            rows.append(["", None, *rest, left, f"the other {others:,}"])
        counted = "" if unit == STARS else f" ({unit})"
        title = f"{factors.movies.titles[movie]}: {_sum(parts)} = {because.predicted[at]:.{DIGITS}f}{counted}"
        if place is not None:
            title += f"; on the list: {' '.join(place_words(place, at, 'their'))}"
        columns = ["because", "rated", "on the list", unit, "title"]
        if not listed:
            columns.remove("on the list")
        print_table(columns, rows, title, formats=FORMATS | {"rated": "g"})


def _sum(parts: dict[str, float]) -> str:
    """Return the parts of a prediction, rounded, as a sum in words."""
    first, *others = parts.items()
    return ", ".join([f"{NAMES[first[0]]} {first[1]:.{DIGITS}f}", *(f"{NAMES[n]} {v:+.{DIGITS}f}" for n, v in others)])


def _bar(share: float) -> str:
    return ("+" if share > 0 else "-") * max(1, round(BAR_WIDTH * abs(share)))
