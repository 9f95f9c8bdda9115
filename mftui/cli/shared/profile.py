"""Ratings in a profile or a file: the option `--profile`, the ratings as JSON, and as movies of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.output import note
from mftui.errors import DataError

if TYPE_CHECKING:
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Profile
    from mftui.engine.model.factors import Factors

profile_option = click.option(
    "--profile",
    "profile_name",
    metavar="NAME",
    help="The profile to use [default: the one chosen with `mftui ratings use`, at first `me`].",
)


def profile_of(name: str | None) -> Profile:
    """Return the profile of that name, or the current one."""
    from mftui.data.profiles.store import Profile

    return Profile(name)


def row_documents(rows: Sequence[Rated]) -> list[dict[str, Any]]:
    """Describe ratings for JSON, in stars of five."""
    return [row_document(row) for row in rows]


def row_document(row: Rated) -> dict[str, Any]:
    """Describe a rating for JSON: title, stars (of five), rated (a date), imdb_id."""
    return {"title": row.name, "stars": row.stars, "rated": row.day or None, "imdb_id": row.imdb_id or None}


def counted(n: int) -> str:
    """Return "1 rating", "12 ratings"."""
    return "1 rating" if n == 1 else f"{n} ratings"


def profile_ratings(factors: Factors, source: Path) -> tuple[Any, Any]:
    """Read ratings as (n,) movie indices and (n,) ratings of a model; say on standard error which it has no movie for.

    Parameters
    ----------
    source: a profile (`@name`, or `@` for the current one), or a file as `mftui ratings import` takes it.

    Raises
    ------
    DataError: the model has none of the movies, or a rating is off the scale.
    """
    from mftui.data.profiles.match import Matcher

    matcher = Matcher(factors)
    matched = matcher.match(_rows(source, matcher))
    if not matched.rows:
        if matched.missing:
            raise DataError("the model has none of its movies.", path=source)
        raise DataError("there are no ratings in it.", path=source, hint="Rate a few movies: mftui rate MOVIE STARS.")
    if matched.missing:
        names = ", ".join(row.name for row in matched.missing[:5])
        n = len(matched.missing) + len(matched.rows)
        note(f"{len(matched.missing)} of {n} ratings are of movies that the model does not have: {names}.")
    return matched.movies, matched.ratings


def films_left_out(factors: Factors, source: Path) -> dict[str, Any]:
    """Return the movie indices that the profile `source` leaves out, as a `Person` names them; nothing for a file."""
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.store import LEFT_OUT

    profile = _named(source)
    return {} if profile is None else dict(zip(LEFT_OUT, profile.left_out(Matcher(factors)), strict=True))


def _named(source: Path) -> Profile | None:
    """Return the profile that `@name` names, or `@`; None for a file."""
    return profile_of(str(source)[1:] or None) if str(source).startswith("@") else None


def _rows(source: Path, matcher: Matcher) -> Sequence[Rated]:
    if (profile := _named(source)) is not None:
        return profile.rows()
    from mftui.data.incoming.incoming import Wanted, read_incoming
    from mftui.data.incoming.merge import resolve

    incoming = read_incoming(source, Wanted(scale=matcher.scale))
    for reading in incoming.readings:
        note(reading.sentence())
    resolved = resolve(incoming, matcher)
    return [*(row for row, _ in resolved.matched), *resolved.unmatched]
