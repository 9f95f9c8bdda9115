"""IMDb's and TMDb's ids of movies, from links.csv and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftui.data.movies.movie_table import Key, Kind, movie_columns
from mftui.data.movies.texts import read_texts
from mftui.data.readers.names import listed
from mftui.data.storage.files import FileRef
from mftui.data.web_ids import imdb_number
from mftui.errors import DataError


@dataclass(frozen=True)
class LinkTable:
    """What a file of links says, line by line."""

    movies: list[str] = field(default_factory=list)
    """The movies' own ids, as text."""
    imdb: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """0 where there is none."""
    tmdb: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def links_movies(ref: FileRef) -> bool:
    """Return whether a file has the movies' own ids beside IMDb's or TMDb's; reads its first line."""
    try:
        return _kinds(read_texts(ref, 1).first) is not None
    except DataError:
        return False


def read_links(ref: FileRef) -> LinkTable:
    """Read a file of links; lines without a movie's own id are passed over.

    Raises DataError where it has no column for the movie, or none for the others' ids.
    """
    texts = read_texts(ref)
    kinds = _kinds(texts.first)
    if kinds is None:
        raise DataError(
            f"no columns for the movie and its IMDb or TMDb id; columns found: {listed(texts.first)}.",
            path=ref,
            hint="A file of links has movieId, imdbId and tmdbId. Or move it away: it is optional.",
        )
    rows = [row for _, row in texts.rows[1:] if len(row) > max(kinds.values()) and row[kinds["own"]].strip()]

    def numbers(kind: Kind) -> NDArray[np.int64]:
        return numbers_of([row[kinds[kind]] for row in rows]) if kind in kinds else np.zeros(len(rows), np.int64)

    return LinkTable([row[kinds["own"]].strip() for row in rows], numbers("imdb"), numbers("tmdb"))


def numbers_of(texts: list[str]) -> NDArray[np.int64]:
    """Return (n,) the numbers of IMDb's or TMDb's ids; 0 where there is none."""
    whole = whole_numbers([text or "0" for text in texts])
    return whole if whole is not None else np.array([max(imdb_number(text), 0) for text in texts], dtype=np.int64)


def whole_numbers(texts: Sequence[str]) -> NDArray[np.int64] | None:
    """Return (n,) texts as numbers where all of them are digits and nothing else, as most are; else None."""
    digits = "".join(texts)
    if not (digits.isdigit() and digits.isascii()):
        return None
    try:
        return np.array(texts).astype(np.int64)
    except (ValueError, OverflowError):  # one is empty, or too long
        return None


def links_within(keys: list[Key], movies: list[str]) -> LinkTable:
    """Return the links that a movies file has itself, in columns beside the movies' own ids."""
    found = {key.kind: numbers_of(key.texts) for key in reversed(keys) if key.kind != "own"}
    nothing = np.zeros(len(movies), np.int64)
    return LinkTable(movies, found.get("imdb", nothing), found.get("tmdb", nothing))


def _kinds(names: list[str]) -> dict[Kind, int] | None:
    columns = movie_columns([*names, "title"])
    kinds: dict[Kind, int] = {} if columns is None else dict(reversed(columns.keys))
    return kinds if "own" in kinds and len(kinds) > 1 else None
