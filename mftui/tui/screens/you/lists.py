"""What the list on the left of the You screen shows: what was found, what to rate next, or what is rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mftui.engine.query.suggest import Suggestions
from mftui.tui.screens.you.page import YouList, predicted_of, profile_order
from mftui.tui.screens.you.rows import FOUND_COLUMNS, NEXT_COLUMNS, PROFILE_COLUMNS, found_rows, next_rows, profile_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.profiles.rated import Rated
    from mftui.engine.model.factors import Factors
    from mftui.tui.screens.you.ratings import ProfileRatings
    from mftui.tui.widgets.columns import Column, Rows

_NO_MATCH = "No title has these words. Fewer letters find more; {app.back} clears the search."
_NONE_TO_RATE = "No more films to ask about. Press {you.search} to search one, {you.view} for your ratings."
_NONE_RATED = (
    "No rating yet. Press {you.search} and type a title, or {you.view} for films to rate; then one key gives it stars."
)


@dataclass(frozen=True)
class Listed:
    """One list."""

    view: str = ""
    """"found", "next" or "rated"."""
    key: object = None
    """Another one is another list, in which the cursor starts from the top."""
    movies: tuple[int, ...] = ()
    """By row: movie indices."""
    gone: tuple[Rated, ...] = ()
    """Below them: ratings of films that the model does not have."""
    columns: Sequence[Column] = PROFILE_COLUMNS
    rows: Rows = ()
    caption: str = ""
    detail: str = ""
    empty: str = ""

    def film(self, at: int) -> int | None:
        """Return the movie of a row, or None if it has none."""
        return self.movies[at] if 0 <= at < len(self.movies) else None

    def missing(self, at: int) -> Rated | None:
        """Return the rating of a row whose film the model does not have, else None."""
        at -= len(self.movies)
        return self.gone[at] if 0 <= at < len(self.gone) else None


def found_list(factors: Factors, now: YouList, given: ProfileRatings, found: NDArray[Any], text: str) -> Listed:
    """List what a search for `text` found."""
    rows = found_rows(factors, found, predicted_of(factors, now.person.row, found), given)
    movies = tuple(found.tolist())
    return Listed("found", text, movies, (), FOUND_COLUMNS, rows, "Results", "one key rates", _NO_MATCH)


def next_list(factors: Factors, now: YouList, suggested: Suggestions | None, left_out: set[int]) -> Listed:
    """List what to rate next, without what has been rated or left out since."""
    if suggested is None:
        return Listed("next", None, (), (), NEXT_COLUMNS, (), "Rate next", "", "Choosing films to ask about …")
    chosen = _rows_of(suggested, [at for at, movie in enumerate(suggested.movies.tolist()) if movie not in left_out])
    rows = next_rows(factors, chosen)
    movies, detail = tuple(chosen.movies.tolist()), "likely seen and telling most first"
    return Listed("next", None, movies, (), NEXT_COLUMNS, rows, "Rate next", detail, _NONE_TO_RATE)


def keeping(new: Suggestions, old: Suggestions, film: int) -> Suggestions:
    """Return `new` with a film of `old`: last, where `new` lists it no longer. What is under the cursor is not
    exchanged for another while somebody reaches for a key, and the order is that of `new`."""
    at = np.flatnonzero(old.movies == film)
    if film in new.movies or not len(at):
        return new
    last = _rows_of(old, at[:1])
    pairs = ((f.name, getattr(new, f.name), getattr(last, f.name)) for f in fields(Suggestions))
    return replace(new, **{name: np.concatenate([a, b]) for name, a, b in pairs if a is not None})


def _rows_of(suggested: Suggestions, at: Any) -> Suggestions:
    columns = {f.name: getattr(suggested, f.name) for f in fields(Suggestions)}
    return replace(suggested, **{name: column[at] for name, column in columns.items() if column is not None})


def profile_list(factors: Factors, now: YouList, given: ProfileRatings, sort: str, *, reverse: bool) -> Listed:
    """List one's own ratings. Those that have changed since the list `now` was made are in it at once."""
    if not now.given.same_ratings(given):
        now = replace(now, given=given, fitted=predicted_of(factors, now.person.row, given.movies))
    elif now.given is not given:
        now = replace(now, given=given)
    order = profile_order(factors, now, sort, reverse=reverse)
    n, gone = len(given), len(given.missing)
    caption = f"Ratings of {given.name}: {n:,}"
    below = f"{gone:,} not in this model (last)" if gone else ""
    newest = f"the {'oldest' if reverse else 'newest'} first"
    told = (
        below,
        newest if sort == "newest" else f"by {sort}{', reversed' if reverse else ''}",
        f"mean {given.ratings.mean():.2f}" if n else "",
    )
    detail = ", ".join(part for part in told if part)
    key, movies, rows = (given.name, sort, reverse), given.movies[order].tolist(), profile_rows(factors, now, order)
    return Listed("rated", key, tuple(movies), given.missing, PROFILE_COLUMNS, rows, caption, detail, _NONE_RATED)
