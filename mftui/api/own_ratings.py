"""One person's ratings from a file, for `recommend` and the like."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mftui.data.dataset import Scale
from mftui.data.incoming.incoming import Wanted, read_incoming
from mftui.data.incoming.merge import resolve
from mftui.data.profiles.match import Match, Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.profiles.store import LEFT_OUT, Profile
from mftui.errors import DataError
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from mftui.api.model import Model


def own_ratings(
    model: Model,
    file: str | os.PathLike[str],
    *,
    user: str | None = None,
    columns: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    best: float | None = None,
) -> pd.DataFrame:
    """Read one person's ratings from a profile, or from a file as `mftui ratings import` does: an export, a table.

    Parameters
    ----------
    model : Model
        Its movies are what the ratings are matched to.
    file : str or path
        A table, an export of Letterboxd, IMDb, Trakt, …, or an archive or directory of one. "@" is your profile, "@kim"
        another one; the other arguments are about files.
    user : str, optional
        Whose ratings to take, of a file with those of several people.
    columns : dict, optional
        Role ("movie", "title", "rating", "timestamp", "year", "imdb", "tmdb", "user", "type") to name of a column.
    missing : sequence of str, optional
        What stands for "not rated", such as "0"; "none" alone keeps every number.
    best : float, optional
        The best possible rating, where the file does not tell it.

    Returns
    -------
    pandas.DataFrame
        movie_id, title, rating (on the model's scale), timestamp and `by` (how the movie was found), a row for each
        movie that the model has. `recommend` takes it. `frame.attrs` has "read_as", how the file was read, and titles
        that are "unmatched" or "not_films"; of a profile, "unmatched" and the ids of the movies that are "not_seen" and
        "not_interested": `recommend(frame, leave_out=frame.attrs["not_interested"])` lists what the app lists.

    Raises
    ------
    DataError
        For a file that cannot be read, and for the ratings of several people without `user`: a ValueError.

    Examples
    --------
    >>> from pathlib import Path
    >>> file = Path("my films.csv")
    >>> _ = file.write_text("Title,Year,My Rating\\nToy Story,1995,5\\nUnheard of,1999,3\\n")
    >>> ratings = mftui.own_ratings(mftui.open_run(), file, best=5)
    >>> ratings[["title", "rating", "by"]].values.tolist()
    [['Toy Story (1995)', 5.0, 'title']]
    >>> ratings.attrs["unmatched"]
    ['Unheard of (1999)']
    >>> file.unlink()
    """
    matcher = Matcher(model.factors)
    if str(file).startswith("@"):
        return _of_profile(matcher, str(file)[1:] or None)
    scale = None if best is None else Scale(0, best, 0)
    incoming = read_incoming(Path(file), Wanted(columns or {}, tuple(missing), user, scale))
    resolved = resolve(incoming, matcher)
    if not resolved.matched:
        raise DataError("the model has none of its movies.", path=Path(file))
    if incoming.n_undated == resolved.n_ratings and incoming.why_undated:
        warnings.warn(visible(f"no dates read ({incoming.why_undated})"), stacklevel=2)
    frame = _frame(matcher, resolved.matched)
    frame.attrs |= {
        "read_as": [reading.document() for reading in incoming.readings],
        "unmatched": [row.name for row in resolved.unmatched],
        "not_films": [row.name for row in resolved.not_films],
    }
    return frame


def _of_profile(matcher: Matcher, name: str | None) -> pd.DataFrame:
    """Return the ratings of a profile, None: the current one, and what it leaves out."""
    profile = Profile(name)
    matched = matcher.match(profile.rows())
    pairs = [(row, match) for row in matched.rows if (match := matcher.find(row)) is not None]
    frame = _frame(matcher, pairs)
    frame.attrs["unmatched"] = [row.name for row in matched.missing]
    for of, movies in zip(LEFT_OUT, profile.left_out(matcher), strict=True):
        frame.attrs[of] = [matcher.raw_id(movie) for movie in movies.tolist()]
    return frame


def _frame(matcher: Matcher, matched: Sequence[tuple[Rated, Match]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "movie_id": [matcher.raw_id(match.movie) for _, match in matched],
            "title": [row.title for row, _ in matched],
            "rating": [matcher.rating(row) for row, _ in matched],
            "timestamp": [row.timestamp for row, _ in matched],
            "by": [match.how for _, match in matched],
        }
    )
