"""Options of the commands that list movies, and the lists themselves as JSON and as tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from mftui.api.rows import recommended_rows
from mftui.cli.shared.output import Cell, note, print_table
from mftui.errors import UsageError
from mftui.tables.cells import percentile

if TYPE_CHECKING:
    from mftui.api.person import Person
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.recommend import Recommendations

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = {
    "rated": "g",
    "predicted": ".2f",
    "would like": ".2f",
    "like 1": ".2f",
    "like 2": ".2f",
    "predicted 1": ".2f",
    "predicted 2": ".2f",
    "difference": "+.2f",
    "±": ".2f",
    "from": ".2f",
    "to": ".2f",
    "error": "+.2f",
    "stars": "+.2f",
    "on the list": "+.3f",
    "score": ".3f",
    "rescaled": "+.2f",
}
COLD = "(cold): no training ratings of this user or movie; predicted from the mean and what is known of the other one."

count_option = click.option("-n", "n", default=10, show_default=True, type=click.IntRange(1), help="How many to list.")
min_ratings_option = click.option(
    "--min-ratings",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Only movies with at least this many ratings.",
)


class Years(click.ParamType[tuple[int, int]]):
    """`1990-1999`, `1994`, `1990-` or `-1999`, as (first, last)."""

    name = "years"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        from mftui.data.titles.years import parse_years

        try:
            years = parse_years(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)
        return years or self.fail("no years are given.", param, ctx)


def filter_options(command: F) -> F:
    """Add `--genre`, `--tag`, `--years` and `--min-ratings`; the command gets a MovieFilter of them as `where`."""

    @wraps(command)
    def filtered(
        *args: Any, genre: str | None, tag: str | None, years: tuple[int, int] | None, min_ratings: int, **options: Any
    ) -> Any:
        from mftui.api.arguments import movie_filter

        return command(*args, where=movie_filter(genre, years, min_ratings, tag), **options)

    genres = click.option("--genre", help="Only movies of this genre.")
    tags = click.option("--tag", help="Only movies with this tag among the ten that most people gave them.")
    spans = click.option(
        "--years", type=Years(), metavar="1990-1999", help="Only movies of these years; also 1994, 1990- or -1999."
    )
    return cast(F, genres(tags(spans(min_ratings_option(filtered)))))


def recommended_documents(factors: Factors, person: Person, result: Recommendations) -> list[dict[str, Any]]:
    """Return a list of recommendations for JSON."""
    return [without_year(row) | {"because": []} for row in recommended_rows(factors, person, result)]


def uncertainty_document(factors: Factors) -> dict[str, Any] | None:
    """Describe for JSON what `plus_minus`, `lower` and `upper` mean; None where there are none.

    A rating lies between `lower` and `upper`, which are `plus_minus` from the prediction, with the probability `level`,
    as it did in `n` of the `held_out` ratings that were held out of training.
    """
    from mftui.engine.query.held_out_errors import measured_on
    from mftui.engine.query.intervals import LEVEL

    used, held_out = measured_on(factors)
    return {"of": "rating", "level": LEVEL, "n": used, "held_out": held_out} if used else None


def shortness(result: Recommendations, n: int) -> str:
    """Say why fewer than `n` movies are listed; "" if they are not fewer."""
    return f"{len(result.movies)} of {n} listed: {result.note}" if result.note else ""


def without_year(document: dict[str, Any]) -> dict[str, Any]:
    """Return a movie as it stands in lists."""
    return {name: value for name, value in document.items() if name != "year"}


def print_recommendations(factors: Factors, recommendations: list[dict[str, Any]], title: str, reason: str) -> None:
    """Print what `recommended_documents` made as a table."""
    from mftui.engine.query.recommend import FEW_RATINGS
    from mftui.engine.recipes import caution_of

    rows: list[list[Cell]] = []
    for x in recommendations:
        few = "*" if x["n_ratings"] < FEW_RATINGS else ""
        rated = f"{few}{x['n_ratings']}{' (cold)' * x['cold']}"
        rows.append([x["predicted"], x["title"], genres_cell(x), rated, str(x["movie_id"])])
    columns = ["would like", "title", "genres", "ratings", "movie id"]
    if any(x["score"] is not None for x in recommendations):
        columns.insert(1, "score")
        for row, x in zip(rows, recommendations, strict=True):
            row.insert(1, x["score"])
    if any(x["would_watch"] is not None for x in recommendations):
        columns.insert(1, "would watch")
        for row, x in zip(rows, recommendations, strict=True):
            row.insert(1, f"{percentile(x['would_watch'])} %")
    if any(x["plus_minus"] is not None for x in recommendations):
        columns[1:1] = ["±", "from", "to"]
        for row, x in zip(rows, recommendations, strict=True):
            row[1:1] = [x["plus_minus"], x["lower"], x["upper"]]
        reason = f"{reason} {spread_note(factors)}".strip()
    if caution_of(factors.meta):
        columns.insert(0, "order")
        for place, row in enumerate(rows, 1):
            row.insert(0, place)
    if any(str(row[-2]).startswith("*") for row in rows):
        reason = f"{reason} * fewer than {FEW_RATINGS} ratings: little is known of this movie.".strip()
    if any(x["cold"] for x in recommendations):
        reason = f"{reason} {COLD}".strip()
    print_list(columns, rows, title, reason)


def spread_note(factors: Factors) -> str:
    """Say what ±, from and to mean; "" where there are none."""
    from mftui.engine.query.held_out_errors import measured_words
    from mftui.engine.query.intervals import LEVEL

    if not (measured := measured_words(factors)):
        return ""
    return f"±: {LEVEL:.0%} of ratings lie so near to the prediction, between from and to; {measured} of training."


def print_list(columns: list[str], rows: list[list[Cell]], title: str, reason: str) -> None:
    """Print a table, and on standard error a remark about it."""
    print_table(columns, rows, title, formats=FORMATS)
    if reason:
        note(reason)


def genres_cell(document: dict[str, Any]) -> str:
    """Return the genres of a movie as one cell."""
    return ", ".join(document["genres"])
