"""Arguments of questions: ids, titles, counts and filters, as people and their tables give them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from mftui.data.titles.search import TitleIndex
from mftui.data.titles.years import parse_years
from mftui.data.web_ids import is_web_id
from mftui.engine.query.movie_filter import MovieFilter
from mftui.errors import ArgumentError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.data.ids import RawId
    from mftui.engine.model.factors import Factors

_MISSING = ("NoneType", "NAType", "NaTType")


def plain_id(raw: object, what: str) -> RawId:
    """Return a raw id as a Python int or str, whatever kind of scalar it is.

    Parameters
    ----------
    raw: an int or a str, of Python, NumPy or pandas; whole floats are taken as integers.
    what: "user" or "movie", for messages.

    Raises UsageError for a missing id (None, NaN, NA), ArgumentError for what is no id.
    """
    value: Any = raw.item() if getattr(raw, "ndim", None) == 0 and hasattr(raw, "item") else raw
    if isinstance(value, str):
        return str(value)
    if type(value).__name__ in _MISSING or (isinstance(value, Real) and value != value):
        raise UsageError(f"a {what} id is missing ({raw}).", hint="Fill it in, or leave it out.")
    if isinstance(value, bool) or not isinstance(value, Real):
        kind = type(raw).__name__
        raise ArgumentError(f"a {what} id cannot be of the type {kind}.", hint="Give a number or a text.")
    if isinstance(value, Integral):
        return int(value)
    return int(float(value)) if float(value).is_integer() else str(value)


def ids_in(given: Any, what: str) -> NDArray[np.integer[Any]] | list[RawId]:
    """Return many raw ids: integers as an array as they are, others one by one (`plain_id`).

    Raises ArgumentError where they are not in one dimension.
    """
    import numpy as np

    if is_one(given):
        return [plain_id(given, what)]
    if getattr(given, "ndim", 1) != 1:
        raise ArgumentError(f"{what} ids must be in one dimension, not {given.ndim}.", hint="Give one column.")
    if isinstance(getattr(given, "dtype", None), np.dtype) and given.dtype.kind in "iu":
        return np.asarray(given)
    return [plain_id(raw, what) for raw in given]


def is_one(given: Any) -> bool:
    """Return whether this is one id, not a sequence of them."""
    return isinstance(given, str | bytes | Mapping) or getattr(given, "ndim", 1) == 0 or not hasattr(given, "__iter__")


def find_movie(factors: Factors, movie: object, titles: TitleIndex | None = None) -> int:
    """Return the index of a movie, by its id, IMDb's or TMDb's, or by words of its title (`TitleIndex.resolve`).

    Raises UnknownId for a number that is no id, TitleError for words that name no movie or several.
    """
    raw = plain_id(movie, "movie")
    if not isinstance(raw, str):
        return factors.movie_ids.index(raw)
    index = factors.movie_ids.find(raw.strip())
    return (titles or title_index(factors)).resolve(raw) if index is None else index


def title_index(factors: Factors) -> TitleIndex:
    """Return what finds the model's movies by words of their titles."""
    movies, data = factors.movies, str(factors.meta.get("dataset", ""))
    return TitleIndex(movies.titles, factors.movie_ids, factors.movie_counts, movies.web_ids, data)


def movie_indices(factors: Factors, given: Any, titles: TitleIndex) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return `(indices (n,), known (n,))` of n movies; where not known the index means nothing.

    A text that cannot be one of the file's ids, because these are numbers, is words of a title, or an id of IMDb or
    TMDb.
    """
    raws = ids_in(given, "movie")
    if isinstance(raws, list):
        named = _is_title if factors.movie_ids.numeric else partial(_is_only_web_id, factors)
        raws = [factors.movie_ids.raw(find_movie(factors, raw, titles)) if named(raw) else raw for raw in raws]
    return factors.movie_ids.indices(raws)


def _is_title(raw: RawId) -> bool:
    return isinstance(raw, str) and not raw.strip().lstrip("+-").isdecimal()


def _is_only_web_id(factors: Factors, raw: RawId) -> bool:
    return isinstance(raw, str) and is_web_id(raw) and factors.movie_ids.find(raw) is None


def user_indices(factors: Factors, given: Any) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return `(indices (n,), known (n,))` of n users; where not known the index means nothing."""
    return factors.user_ids.indices(ids_in(given, "user"))


def pair_indices(
    factors: Factors, users: Any, movies: Any, titles: TitleIndex
) -> tuple[NDArray[np.int32], NDArray[np.int32], tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return (n,) users, (n,) movies, and whether the model knows each, of n pairs; one of either stands for all.

    Raises UsageError where they are no pairs.
    """
    import numpy as np

    user, user_known = user_indices(factors, users)
    movie, movie_known = movie_indices(factors, movies, titles)
    if len(user) != len(movie) and not (is_one(users) or is_one(movies)):
        raise UsageError(f"{len(user):,} users and {len(movie):,} movies are no pairs.", hint="Give as many of both.")
    user, movie, user_known, movie_known = np.broadcast_arrays(user, movie, user_known, movie_known)
    return user, movie, (user_known, movie_known)


def seconds_in(given: Any, n: int, *, learned: bool) -> NDArray[np.int64] | None:
    """Return (n,) seconds since 1970 of one date or n, as dates, datetimes, texts or such seconds; None of None.

    Warns the caller's caller where the model has not `learned` from dates. Raises ArgumentError for anything else. A
    date that is missing is one before all others.
    """
    import numpy as np

    if given is None:
        return None
    if not learned:
        warnings.warn("This model learned from no dates, so dates do not change its predictions.", stacklevel=3)
    found = np.atleast_1d(np.asarray(given))
    try:
        if found.dtype.kind not in "iuf":
            import pandas as pd

            found = pd.to_datetime(found, utc=True).tz_localize(None).to_numpy("datetime64[s]")
        with np.errstate(invalid="ignore"):  # NaN
            return np.broadcast_to(found.astype(np.int64), (n,))
    except (TypeError, ValueError, OverflowError) as error:
        hint = f"Give one date, or {n:,} of them, such as 2018-09-24."
        raise ArgumentError(f"dates: neither one date nor {n:,} ({error}).", hint=hint) from error


def count(n: object, name: str = "n") -> int:
    """Return `n`, of a list or the like, as an int; raises ArgumentError or UsageError where it is none."""
    if isinstance(n, bool) or not isinstance(n, Integral):
        raise ArgumentError(f"{name} must be a whole number, not {type(n).__name__}.")
    if n < 1:
        raise UsageError(f"{name} must be at least 1 (got {n}).")
    return int(n)


def movie_filter(genre: str | None, years: Any, min_ratings: int, tag: str | None = None) -> MovieFilter | None:
    """Return the filter of these options, None where they ask for none; `years` is a year, a pair, or a text."""
    span = _span(years)
    return MovieFilter(genre, span, int(min_ratings), tag or None) if genre or span or min_ratings or tag else None


def _span(years: Any) -> tuple[int, int] | None:
    if years is None or isinstance(years, str):
        return parse_years(years or "")
    if isinstance(years, Integral):
        return int(years), int(years)
    if isinstance(years, Sequence) and len(years) == 2 and all(isinstance(year, Integral) for year in years):
        return parse_years(f"{int(years[0]):04}-{int(years[1]):04}")
    raise ArgumentError("years must be a year, a pair of years, or a text.", hint='Such as 1994 or "1990-1999".')
