"""A person's own ratings, from a file or a profile, as movies of a model: the one place where they come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.cli.shared.output import note
from mftui.errors import DataError

if TYPE_CHECKING:
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rows import Rated
    from mftui.engine.model.factors import Factors


def own_ratings(factors: Factors, source: Path) -> tuple[Any, Any]:
    """((n,) movie indices, (n,) ratings) of a profile (`@name`, `@` for the current one), or of a file: a CSV with
    movieId or title and rating, or an export of Letterboxd or IMDb.

    Says on standard error which ratings are of no movie of the model. Raises DataError where none is of one, or
    where a rating is off the scale.
    """
    from mftui.data.profiles.match import Matcher

    matcher = Matcher(factors)
    matched = matcher.match(_rows(source, matcher))
    if not matched.rows:
        if matched.missing:
            raise DataError("none of its movies is in the model.", path=source)
        raise DataError("there is no rating in it.", path=source, hint="Rate a few: mftui rate MOVIE STARS.")
    if matched.missing:
        names = ", ".join(row.name for row in matched.missing[:5])
        n = len(matched.missing) + len(matched.rows)
        note(f"{len(matched.missing)} of {n} ratings name no movie of the model: {names}.")
    return matched.movies, matched.ratings


def _rows(source: Path, matcher: Matcher) -> list[Rated]:
    if str(source).startswith("@"):
        from mftui.data.profiles.store import Profile

        return Profile(str(source)[1:] or None).rows()
    from mftui.data.profiles.incoming import read_incoming

    return [entry.rated for entry in read_incoming(source, matcher.scale).entries]
