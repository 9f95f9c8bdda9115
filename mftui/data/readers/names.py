"""Which column is which: the usual names of user, movie, rating, timestamp, title and genre columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from mftui.text import visible

ROLES = ("user", "movie", "rating", "timestamp")

# Earlier names win, so that an id column is taken before a column of names.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "user": (
        "userid", "user", "uid", "users", "useridx", "usernumber", "userno", "customerid", "customer",
        "memberid", "member", "reviewerid", "reviewer", "raterid", "rater", "profileid", "accountid", "username",
    ),
    "movie": (
        "movieid", "movieidx", "itemid", "itemidx", "filmid", "mid", "iid", "productid", "parentasin", "asin",
        "imdbid", "tmdbid", "bookid", "isbn", "animeid", "showid", "gameid", "trackid", "songid", "contentid",
        "movie", "item", "film", "product", "book", "anime", "show", "title", "movietitle",
    ),
    "rating": ("rating", "ratings", "score", "stars", "star", "starrating", "userrating", "rate", "overall", "value"),
    "timestamp": (
        "timestamp", "time", "ts", "tstamp", "unixreviewtime", "unixtime", "datetime", "date",
        "ratedat", "createdat",
    ),
    "title": ("title", "movietitle", "itemtitle", "filmtitle", "originaltitle", "name", "moviename", "itemname"),
    "genres": ("genres", "genre", "class", "category", "categories"),
    "year": ("year", "releaseyear", "movieyear", "releasedate"),
}  # fmt: skip


def plain(name: str) -> str:
    """Return `name` for comparison: no `:type` suffix, no case, letters and digits only."""
    return re.sub(r"[\W_]+", "", name.strip().split(":")[0]).casefold()


def match(names: Sequence[str], roles: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, int]:
    """Return the positions of the columns for `roles`; a role without a column is left out.

    Parameters
    ----------
    names: the columns' names, as in the file.
    given: role → column name (with or without `:type`), which outranks the usual names.
    """
    given = given or {}
    found: dict[str, int] = {}
    for role in roles:
        if role in given:
            at = named(names, given[role])
        else:
            taken = set(found.values()) | {named(names, other) for other in given.values()}
            at = _usual(names, role, taken)
        if at is not None:
            found[role] = at
    return found


def named(names: Sequence[str], wanted: str) -> int | None:
    """Return the position of the column called `wanted`: exactly, else without regard to case and `:type`."""
    if wanted in names:
        return list(names).index(wanted)
    bare = [name.strip().split(":")[0].casefold() for name in names]
    sought = wanted.strip().casefold()
    return bare.index(sought) if sought in bare else None


def listed(names: Sequence[str]) -> str:
    """Return the names of columns for a message: the first of them, cut and safe to show."""
    return ", ".join(visible(name.strip()[:30]) for name in names[:20])


def _usual(names: Sequence[str], role: str, taken: set[int | None]) -> int | None:
    free = {at: plain(name) for at, name in enumerate(names) if at not in taken}
    return next((at for usual in _USUAL[role] for at, name in free.items() if name == usual), None)
