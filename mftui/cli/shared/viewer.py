"""Who a command is about: a user of the data, the person who made some ratings, or a user with new ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mftui.cli.shared.profile import counted, films_left_out, profile_ratings
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.api.person import Person
    from mftui.engine.model.factors import Factors

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Viewer:
    """A person, and what they are called."""

    person: Person
    raw: Any
    """For JSON: the user's id, or the file."""
    label: str
    """For a heading: "user 7"."""
    whom: str
    """For a heading of recommendations: "to user 7"."""


def viewer_options(command: F) -> F:
    """Add the argument USER and the option `--ratings`, as `user` and `ratings_file`."""
    option = click.option(
        "--ratings",
        "ratings_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Your own ratings: a file that `mftui ratings import` takes (a table, an export of a site), or @ for your "
        "profile (see `mftui rate`). Use it instead of USER, or to add ratings to USER.",
    )
    return click.argument("user", required=False)(option(command))


def find_viewer(factors: Factors, user: str | None, file: Path | None) -> Viewer:
    """Find the person that the argument USER and the option `--ratings` name.

    Parameters
    ----------
    user: a user id of the data, or None.
    file: a file of ratings, or `@name` for a profile, or None.

    Raises
    ------
    UsageError: neither is given.
    UnknownId: the model does not know the user.
    DataError: the file cannot be used.
    """
    from mftui.api.person import Person

    if file is None and user is None:
        raise UsageError("name a user of the data, or give --ratings FILE.")
    index = None if user is None else factors.user_ids.index(user)
    raw = str(file) if index is None else factors.user_ids.raw(index)
    label = "" if index is None else f"user {raw}"
    if file is None:
        assert index is not None
        return Viewer(Person.user(factors, index), raw, label, f"to {label}")
    movies, ratings = profile_ratings(factors, file)
    source = f"{counted(len(movies))} of {'your profile' if str(file) == '@' else file}"
    label = f"{label} with {source}" if label else source
    person = replace(Person.with_ratings(factors, index, movies, ratings), **films_left_out(factors, file))
    return Viewer(person, raw, label, f"{'for' if index is None else 'to'} {label}")


def in_both(
    models: tuple[Factors, Factors], user: str | None, file: Path | None
) -> tuple[tuple[Viewer | None, Viewer | None], tuple[str, ...]]:
    """Find the person in two models, None in one that does not know the user, and say so.

    Raises what `find_viewer` raises; UnknownId only where neither knows the user.
    """
    from mftui.api.two_models.answers import known_id, user_notes

    known: tuple[object, object] = (0, 0)
    if user is not None:
        known = known_id((models[0].user_ids, models[1].user_ids), user)
    first, second = (
        None if at is None else find_viewer(model, user, file) for model, at in zip(models, known, strict=True)
    )
    return (first, second), user_notes(known, user)
