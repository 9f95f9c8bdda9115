"""By what two titles are known to be of one film: names in one spelling, parts of them, the year."""

from __future__ import annotations

import re
from functools import lru_cache

from mftui.data.profiles.rated import Rated
from mftui.data.titles.title import exact_names, parse_year, simple_name, spoken_name

_BRITISH = re.compile(r"\b(col|fav|fl|hon|harb|hum|lab|neighb|rum|sav|arm)our")
_CENTRE = re.compile(r"\b(cent|theat)re\b")
SPELLED_OTHERWISE = "our|tre"
"""Where either is, a name may have American spelling beside its own."""
_JOINT = re.compile(r":\s+|\s[-–—]\s")
_LETTERS_AND_DIGITS = re.compile(r"[^\W\d_]+\d+|\d+[^\W\d_]+")


def name_key(row: Rated) -> str:
    """Return a key that two ratings of one film share: by title and year, else by id."""
    if not row.title:
        return f"{row.dataset} {row.movie_id}"
    year, keys = year_and_keys(row.title)
    first = keys if year and row.title.count("(") == 1 else first_keys(row.title)
    return f"{year} {min(first, default=row.title)}"


def unmatched_key(row: Rated) -> str:
    """Return a key that two ratings share of one film that the model does not have."""
    return row.imdb_id or (f"tmdb {row.tmdb_id}" if row.tmdb_id else name_key(row))


def keys_of(title: str) -> frozenset[str]:
    """Return every name of a title without its blanks, in American spelling: "Spider-Man" and "Spiderman" are the same
    film, and so are "Three Colours" and "Three Colors"."""
    return frozenset([_american(name).replace(" ", "") for name in exact_names(title)])


@lru_cache(100)
def year_and_keys(title: str) -> tuple[int | None, frozenset[str]]:
    """Return the year of a title, and every name of it as `keys_of` has them."""
    if simple := simple_name(title):
        return simple[1], frozenset((_american(simple[0]).replace(" ", ""),))
    return parse_year(title), keys_of(title)


def _american(name: str) -> str:
    if "our" in name:
        name = _BRITISH.sub(r"\1or", name)
    return _CENTRE.sub(r"\1er", name) if "tre" in name else name


def first_keys(title: str) -> frozenset[str]:
    """Return the names of a title without those in brackets."""
    return keys_of(title.partition("(")[0]) if not title.startswith("(") else keys_of(title)


def parts_in(title: str, whole: bool = False) -> set[str]:
    """Return what is before and after colons and dashes, if it is two words or more or like "X2", and both joined: of
    "Star Wars: Episode VIII - The Last Jedi" Star Wars, The Last Jedi, and the two together. `whole`:
    the two only."""
    pieces = _JOINT.split(spoken_name(title)) if _JOINT.search(title) else ()
    if len(pieces) < 2:
        return set()
    first, last = (min(exact_names(piece), default="") for piece in (pieces[0], pieces[-1]))
    parts = {f"{first}: {last}".replace(" ", "")}
    return (
        parts
        if whole
        else parts
        | {piece.replace(" ", "") for piece in (first, last) if " " in piece or _LETTERS_AND_DIGITS.fullmatch(piece)}
    )
