"""Whom a command is about: a user of the data, whoever made the ratings of a file, or a user with new ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mftui.cli.shared.open_model import cold
from mftui.cli.shared.own_ratings import own_ratings
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.rows import UserRows
    from mftui.engine.query.explain import Because
    from mftui.engine.query.recommend import Recommendations

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Person:
    """Somebody, with the ratings that are known of them."""

    raw: Any
    """For JSON: the user's id, else the file."""
    label: str
    """For a heading."""
    whom: str
    """For a heading of recommendations: to or for whom."""
    index: int | None
    """Of the user; None for somebody who is not in the data."""
    movies: Any
    """(n,) movie indices of the ratings that their row is made from."""
    ratings: Any
    """(n,)."""
    folded: bool
    """Whether the row is solved from the ratings, in place of the trained one."""

    @property
    def known_index(self) -> int:
        """Index of a user of the data."""
        assert self.index is not None
        return self.index

    def row(self, factors: Factors) -> UserRows:
        """Factors and bias: trained, or folded in."""
        import numpy as np

        from mftui.engine.query.fold_in import fold_in

        if self.folded:
            return fold_in(factors, self.movies, self.ratings)
        return factors.rows_of(np.array([self.known_index]))

    def recommend(self, factors: Factors, n: int, **options: Any) -> Recommendations:
        """The best movies of those they have not rated; see `recommend` for the options."""
        from mftui.engine.query.recommend import recommend, recommend_newcomer

        if not self.folded:
            return recommend(factors, self.known_index, n, **options)
        rated = None if self.index is None else factors.history.of_user(self.index).movies
        return recommend_newcomer(factors, self.movies, self.ratings, n, leave_out=rated, **options)

    def because(self, factors: Factors, movies: Any, rank: Any) -> Because:
        """Why they are predicted what they are; see `engine.explain`."""
        from mftui.engine.query.explain import explain, explain_user

        if self.folded:
            return explain(factors, movies, self.movies, self.ratings, rank=rank)
        return explain_user(factors, self.known_index, movies, rank=rank)

    def cold(self, factors: Factors, movies: Any) -> Any:
        """(n,) whether nothing was trained on them or on the movie."""
        if self.folded:
            return factors.movie_train_counts[movies] == 0
        return cold(factors, self.known_index, movies)


def person_options(command: F) -> F:
    """Add the argument USER and the option `--ratings`, as `user` and `ratings_file`."""
    option = click.option(
        "--ratings",
        "ratings_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A CSV of your own ratings (movieId or title, rating), an export of Letterboxd or IMDb, or @ for what "
        "`mftui rate` keeps; instead of a user of the data, or as newer ratings of USER.",
    )
    return click.argument("user", required=False)(option(command))


def find_person(factors: Factors, user: str | None, file: Path | None) -> Person:
    """Whom the argument and the option name.

    Raises UsageError where neither is given, UnknownId, or DataError for a file that cannot be used.
    """
    if file is None:
        if user is None:
            raise UsageError("name a user of the data, or give --ratings FILE.")
        return _user(factors, user)
    movies, ratings = own_ratings(factors, file)
    source = f"{len(movies)} rating{'s' * (len(movies) != 1)} of {'your profile' if str(file) == '@' else file}"
    if user is None:
        return Person(str(file), source, f"for {source}", None, movies, ratings, folded=True)
    from mftui.engine.query.fold_in import with_new

    known = _user(factors, user)
    label = f"{known.label} with {source}"
    return Person(
        known.raw, label, f"to {label}", known.index, *with_new(factors, known.known_index, movies, ratings), True
    )


def _user(factors: Factors, user: str) -> Person:
    index = factors.user_ids.index(user)
    raw = factors.user_ids.raw(index)
    history = factors.history.of_user(index)
    known = ~history.held_out
    label = f"user {raw}"
    return Person(raw, label, f"to {label}", index, history.movies[known], history.ratings[known], False)
