"""Who a command is about: a user of the data, the person who made some ratings, or a user with new ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mftui.cli.shared.open_model import cold
from mftui.cli.shared.profile import profile_ratings
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.rows import UserRows
    from mftui.engine.query.explain import Because
    from mftui.engine.query.recommend import Recommendations

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Viewer:
    """A person and their known ratings."""

    raw: Any
    """For JSON: the user's id, or the file."""
    label: str
    """For a heading: "user 7"."""
    whom: str
    """For a heading of recommendations: "to user 7"."""
    index: int | None
    """The user's index; None for a person who is not in the data."""
    movies: Any
    """(n,) movie indices of the known ratings."""
    ratings: Any
    """(n,) the known ratings."""
    folded: bool
    """Whether their factors are computed from these ratings instead of trained."""

    @property
    def known_index(self) -> int:
        """The index of a user of the data."""
        assert self.index is not None
        return self.index

    def row(self, factors: Factors) -> UserRows:
        """Return their factors and bias, trained or folded in."""
        import numpy as np

        from mftui.engine.query.fold_in import fold_in

        if self.folded:
            return fold_in(factors, self.movies, self.ratings)
        return factors.rows_of(np.array([self.known_index]))

    def recommend(self, factors: Factors, n: int, **options: Any) -> Recommendations:
        """Recommend movies that they have not rated; `mftui.engine.query.recommend` has the options."""
        from mftui.engine.query.recommend import recommend, recommend_newcomer

        if not self.folded:
            return recommend(factors, self.known_index, n, **options)
        rated = None if self.index is None else factors.history.of_user(self.index).movies
        return recommend_newcomer(factors, self.movies, self.ratings, n, leave_out=rated, **options)

    def explain(self, factors: Factors, movies: Any, rank: Any) -> Because:
        """Explain the predictions for movies (n,), ranked by `rank`."""
        from mftui.engine.query.explain import explain, explain_user

        if self.folded:
            return explain(factors, movies, self.movies, self.ratings, rank=rank)
        return explain_user(factors, self.known_index, movies, rank=rank)

    def cold(self, factors: Factors, movies: Any) -> Any:
        """Return (n,) whether a prediction is cold: no training ratings of the person or of the movie."""
        if self.folded:
            return factors.movie_train_counts[movies] == 0
        return cold(factors, self.known_index, movies)


def viewer_options(command: F) -> F:
    """Add the argument USER and the option `--ratings`, as `user` and `ratings_file`."""
    option = click.option(
        "--ratings",
        "ratings_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Your own ratings: a CSV (movieId or title, rating), an export from Letterboxd or IMDb, or @ for your "
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
    if file is None:
        if user is None:
            raise UsageError("name a user of the data, or give --ratings FILE.")
        return _user(factors, user)
    movies, ratings = profile_ratings(factors, file)
    source = f"{len(movies)} rating{'s' * (len(movies) != 1)} of {'your profile' if str(file) == '@' else file}"
    if user is None:
        return Viewer(str(file), source, f"for {source}", None, movies, ratings, folded=True)
    from mftui.engine.query.fold_in import with_new

    known = _user(factors, user)
    label = f"{known.label} with {source}"
    return Viewer(
        known.raw, label, f"to {label}", known.index, *with_new(factors, known.known_index, movies, ratings), True
    )


def _user(factors: Factors, user: str) -> Viewer:
    index = factors.user_ids.index(user)
    raw = factors.user_ids.raw(index)
    history = factors.history.of_user(index)
    known = ~history.held_out
    label = f"user {raw}"
    return Viewer(raw, label, f"to {label}", index, history.movies[known], history.ratings[known], False)
