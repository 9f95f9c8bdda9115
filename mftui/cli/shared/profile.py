"""What the commands of one's own ratings share: whose they are, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from mftui.data.profiles.rows import Rated
    from mftui.data.profiles.store import Profile

F = TypeVar("F", bound=Callable[..., Any])


def profile_option(command: F) -> F:
    """Add `--profile`, as the parameter `profile_name`."""
    text = "Whose ratings [default: the profile chosen with `mftui ratings use`, at first me]."
    return click.option("--profile", "profile_name", metavar="NAME", help=text)(command)


def profile_of(name: str | None) -> Profile:
    """The profile of that name, or the current one."""
    from mftui.data.profiles.store import Profile

    return Profile(name)


def row_documents(rows: Sequence[Rated]) -> list[dict[str, Any]]:
    """Ratings for JSON, in stars of five."""
    return [row_document(row) for row in rows]


def row_document(row: Rated) -> dict[str, Any]:
    """A rating for JSON: title, stars (of five), rated (a date), imdb_id."""
    return {"title": row.name, "stars": row.stars, "rated": row.day or None, "imdb_id": row.imdb_id or None}


def counted(n: int) -> str:
    """ "1 rating", "12 ratings"."""
    return "1 rating" if n == 1 else f"{n} ratings"
