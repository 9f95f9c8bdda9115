"""The dialogs behind `f`: what lists are narrowed to, and how long they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.errors import UsageError
from mftui.text import visible
from mftui.tui.dialogs.fields import Field, FieldsDialog
from mftui.tui.lists import choices

_SHOWN = 5
"""Tags named as examples."""

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.approximate import Search


def movie_filters(factors: Factors, now: choices.Filter, many: int, least: int, search: Search) -> FieldsDialog:
    """Ask for the Movies screen's settings: the list's filters, and the neighbours' number, least ratings and, where
    there can be an index, search."""
    from mftui.engine.query.approximate import SEARCHES, available

    how = Field(
        "search", "neighbour search", search,
        "exact: of all movies. approximate: by an index, where exact search is slow; its recall is shown.",
        choices.parse_search, SEARCHES,
    )  # fmt: skip
    few = Field(
        "neighbour_ratings", "their min. ratings", _text(least),
        "Minimum number of ratings of a neighbour, so that obscure films do not rank high by chance.",
        choices.parse_count,
    )  # fmt: skip
    search_by = [how] if available() else []
    fields = [*_narrowing(factors, now), _many("neighbours", many, choices.MAX_NEIGHBOURS), *search_by, few]
    return FieldsDialog("Filters", fields)


def user_filters(factors: Factors, now: choices.Filter, many: int) -> FieldsDialog:
    """Ask for the Users screen's settings: the filters and the length of the recommendations."""
    fields = [*_narrowing(factors, now), _many("how many", many, choices.MAX_RECOMMENDED)]
    return FieldsDialog("Filters of recommendations", fields)


def map_filters(factors: Factors, now: choices.Filter) -> FieldsDialog:
    """Ask for the Map screen's settings: the films that are drawn."""
    return FieldsDialog("Only films of", _narrowing(factors, now))


def _narrowing(factors: Factors, now: choices.Filter) -> list[Field]:
    genres = factors.movies.genre_names
    names = f"One of: {', '.join(genres)}." if genres else "This data has no genres."
    return [
        Field("genre", "genre", now.genre, names, lambda text: choices.parse_genre(text, genres), genres),
        *_tagged(factors, now.tag),
        Field("years", "years", now.years, "Such as 1999, 1990-1999, 1990- or -1960.", choices.parse_years_text),
        Field("min_ratings", "min. ratings", _text(now.min_ratings), "Ratings in the data set.", choices.parse_count),
    ]


def _tagged(factors: Factors, now: str) -> list[Field]:
    """Ask for a tag, where the data has any."""
    tags = factors.movies.tag_names
    if not tags and not now:
        return []
    some = f"One of {len(tags):,}, such as {', '.join(visible(tag) for tag in tags[:_SHOWN])}." if tags else "No tags."
    return [Field("tag", "tag", now, some, lambda text: choices.parse_tag(text, tags), tags)]


def _many(label: str, now: int, most: int) -> Field:
    def parse(text: str) -> int:
        if not 1 <= (number := choices.parse_count(text)) <= most:
            raise UsageError(f"{text[:20]}: a number from 1 to {most:,}.")
        return number

    return Field("many", label, str(now), f"How many are listed, 1 to {most:,}.", parse)


def _text(number: int) -> str:
    return str(number) if number else ""
