"""Which column is which: the usual names of user, movie, rating, timestamp, title and genre columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from mftui.data.reading.options import ReadOptions
from mftui.errors import UsageError
from mftui.text import visible

COLUMNS_HINT = "Name them with --columns user=…,movie=…,rating=…"

# Earlier names win: an id before a name, one's own rating before one that may be an average.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "user": (
        "userid", "user", "uid", "users", "useridx", "usernumber", "userno", "customerid", "customer",
        "memberid", "member", "reviewerid", "reviewer", "raterid", "rater", "profileid", "accountid", "username",
        "profilename", "kunde", "kundenid", "kundennummer", "benutzer", "benutzerid", "nutzer", "nutzerid",
        "usuario", "idusuario", "utilisateur",
        "idutilisateur", "utente", "idutente", "uzytkownik", "użytkownik", "пользователь", "用户", "用户id",
    ),
    "movie": (
        "movieid", "movieidx", "itemid", "itemidx", "filmid", "mid", "iid", "productid", "parentasin", "asin",
        "imdbid", "tmdbid", "bookid", "isbn", "animeid", "showid", "gameid", "trackid", "songid", "artistid",
        "businessid", "articleid", "courseid", "recipeid", "beerid", "jokeid", "contentid", "movie", "item", "film",
        "product", "book", "anime", "show", "title", "movietitle", "filmtitle", "itemtitle", "titel", "filmtitel",
        "pelicula", "película", "фильм", "电影", "电影id",
    ),
    "rating": (
        "userrating", "ratinguser", "yourrating", "yourated", "myrating", "ratingmy", "ownrating", "individualrating",
        "userscore", "scoreuser", "yourscore", "myscore", "userstars", "rating", "ratings", "movierating",
        "filmrating", "itemrating", "bookrating", "animerating", "reviewrating", "reviewscore", "reviewoverall",
        "score", "stars", "star", "starrating", "rate", "overall", "grade", "ratingvalue", "ratingscore", "bewertung",
        "calificacion", "calificación", "valoracion", "valoración", "voto", "ocena", "оценка", "评分", "value", "note",
    ),
    "timestamp": (
        "timestamp", "time", "ts", "tstamp", "unixreviewtime", "unixtime", "unixtimestamp", "ratingtimestamp",
        "timestamps", "datetime", "date", "ratedat", "createdat", "ratingtime", "ratingdate", "daterated",
        "reviewtimestamp", "reviewtime", "reviewdate", "reviewcreationdate", "submissiondate", "dateadded",
        "dateupdated", "watchedat", "watcheddate", "lastupdated", "mylastupdated", "datum", "fecha", "дата", "日期",
    ),
    "title": (
        "title", "movietitle", "itemtitle", "filmtitle", "originaltitle", "name", "moviename", "itemname", "titel",
        "filmtitel",
    ),
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


def columns_by_name(
    names: Sequence[str], roles: Sequence[str], given: Mapping[str, str], needed: Sequence[str], how: ReadOptions
) -> tuple[dict[str, int], dict[str, str]] | None:
    """Return `(role → position, role → how it was found)` by the names of columns; None where a needed one is missing.

    The user's own names come first, then those of the file before (`how.like`), then the usual ones.
    """
    before = _names_before(how, names, needed) if not given else {}
    columns = match(names, roles, {**before, **given})
    if not all(role in columns for role in (*needed, *given)):
        return None
    for role, at in columns.items():
        if other := next((first for first in columns if first != role and columns[first] == at), ""):
            message = f"the column {visible(names[at])} cannot be both the {role} and the {other}."
            raise UsageError(message, hint="Give each its own column.")
    check_different(columns, names)
    by = {role: "given" if role in given else "run" if role in before else "name" for role in columns}
    return columns, by


def check_different(columns: Mapping[str, int], names: Sequence[str]) -> None:
    """Raise UsageError where one column is said to be two things."""
    for role, at in columns.items():
        if other := next((first for first in columns if first != role and columns[first] == at), ""):
            message = f"the column {visible(names[at])} cannot be both the {role} and the {other}."
            raise UsageError(message, hint="Give each its own column.")


def _names_before(how: ReadOptions, names: Sequence[str], needed: Sequence[str]) -> dict[str, str]:
    """Return role → name as in the file before, where this one has all that are needed of these."""
    if how.like is None:
        return {}
    known = {role: use.name for role, use in how.like.columns.items() if use.name}
    there = {role: name for role, name in known.items() if named(names, name) is not None}
    return there if all(role in there for role in needed) else {}


def also_called(names: Sequence[str], role: str, taken: Iterable[int]) -> list[str]:
    """Return the names of other columns that could be `role` by their name."""
    used = set(taken)
    return [name for at, name in enumerate(names) if at not in used and plain(name) in _USUAL[role]]


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


def roles_listed(roles: Sequence[str]) -> str:
    """Return what columns are sought for, in words: "user, movie and rating"."""
    return roles[0] if len(roles) == 1 else f"{', '.join(roles[:-1])} and {roles[-1]}"


def _usual(names: Sequence[str], role: str, taken: set[int | None]) -> int | None:
    free = {at: plain(name) for at, name in enumerate(names) if at not in taken}
    return next((at for usual in _USUAL[role] for at, name in free.items() if name == usual), None)
