"""Explanations of recommendations, as JSON and as small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mftui.api.rows import share_rows
from mftui.cli.shared.movie_lists import FORMATS
from mftui.cli.shared.output import Cell, print_table

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.explain import Because

MAX_RATINGS = 3
"""Ratings that are named for each movie."""
BAR_WIDTH = 12
"""Characters of the longest bar."""


def explanation_documents(factors: Factors, because: Because) -> list[dict[str, Any]]:
    """Describe for JSON why each movie is predicted what it is.

    - `because`: all ratings of the person with their shares in the prediction, the largest first.
    - `listed_because`: the same for the score that ranks the list; None if that is the prediction.
    - `listed_usual`, `listed_liked`: what the movie's popularity, and the predicted rating, add to that score: with
      the shares of `listed_because` they are the whole of it.
    - `terms`: what adds up, with the shares of `because`, to the prediction `folded_in`.
    - `difference`: the trained prediction minus `folded_in`; None for people who are not in the data.
    """
    difference, listed = because.difference(), because.rank_contributions is not None
    return [
        {
            "because": share_rows(factors, because, at),
            "listed_because": share_rows(factors, because, at, ranked=True) if listed else None,
            "listed_usual": None if because.usual is None else because.usual[at],
            "listed_liked": None if because.liked is None else because.liked[at],
            "terms": {
                "mean": because.mean,
                "movie_bias": because.movie_bias[at],
                "user_bias": because.user_bias,
                "linear": because.logits[at],
            },
            "folded_in": because.predicted[at],
            "difference": None if difference is None else difference[at],
        }
        for at in range(len(because.movies))
    ]


def print_explanations(factors: Factors, because: Because) -> None:
    """Print for each movie what its prediction adds up from, and the ratings that add most."""
    difference = because.difference()
    shares, listed = because.shares(ranked=True), because.rank_contributions is not None
    longest = float(abs(shares).max(initial=0)) or 1.0
    for at, movie in enumerate(because.movies):
        click.echo()
        rows: list[list[Cell]] = []
        for own in because.strongest(at, MAX_RATINGS, ranked=True):
            row: list[Cell] = [_bar(shares[at, own] / longest), because.ratings[own]]
            row += [shares[at, own]] if listed else []
            rows.append([*row, because.contributions[at, own], factors.movies.titles[because.rated[own]]])
        title = f"{factors.movies.titles[movie]}: {because.predicted[at]:.2f}, that is {_sum(because, at)}"
        if difference is not None and abs(difference[at]) > 0.005:
            title += f"; trained {because.predicted[at] + difference[at]:.2f} ({difference[at]:+.2f})"
        columns = ["because", "you gave", "on the list", "share", "title"]
        if not listed:
            columns.remove("on the list")
        print_table(columns, rows, title, formats=FORMATS | {"you gave": "g"})


def _sum(because: Because, at: int) -> str:
    terms = {
        "mean": because.mean,
        "movie": because.movie_bias[at],
        "user": because.user_bias,
        "shares": because.contributions[at].sum(),
    }
    return " ".join(f"{name} {value:+.3f}" for name, value in terms.items()) + f" = {because.logits[at]:+.3f}"


def _bar(share: float) -> str:
    return ("+" if share > 0 else "-") * max(1, round(BAR_WIDTH * abs(share)))
