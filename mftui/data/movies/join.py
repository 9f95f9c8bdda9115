"""Which movie of the ratings each line of a movies file is: by the movie's own id, unless that plainly cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids, RawId
from mftui.data.movies.link_file import LinkTable, numbers_of, whole_numbers
from mftui.data.movies.movie_table import Key, MovieTable
from mftui.data.readers.columns import as_integer
from mftui.data.web_ids import imdb_number
from mftui.text import visible

_NO_INTEGER = -(2**63)
_HALF = 0.5
_SURE = 0.9
"""The movie's own id is taken without a look at others if it knows so many of the rated movies."""
_PLAINLY_MORE = 0.3
"""Another id is taken if it knows so many more of the rated movies than the movie's own."""
_TMDB_LEAST = 0.75


@dataclass(frozen=True)
class Joined:
    """n lines of a movies file, found among the rated movies."""

    key: Key
    """The column that says which movie a line is."""
    indices: NDArray[np.int32]
    """(n,) movie index; where not known it means nothing."""
    known: NDArray[np.bool_]
    """(n,)"""
    how: str = ""
    """How it was found, where not by the movie's own id as it stands."""
    share: float = 0.0
    """Of the rated movies, those that the file knows."""


def join(movie_ids: Ids, table: MovieTable, links: LinkTable) -> Joined:
    """Find the lines of a movies file among the rated movies.

    The movie's own id decides. Another one, or the same read as IMDb's number, is taken only where it knows at
    least half of the rated movies, and plainly more than the own id does. TMDb's ids are many and small, so that
    other numbers are often among them: most must be known.
    """
    own = next((key for key in table.keys if key.kind == "own"), None)
    imdb = None if imdb_numbers(movie_ids) is None else next((key for key in table.keys if key.kind == "imdb"), None)
    sure = own or imdb  # ids of IMDb are the own ones where the ratings have them
    first = _plain(movie_ids, sure) if sure else Joined(table.keys[0], *_nobody(len(table.titles)))
    if first.share >= _SURE:
        return first
    best = first
    for other, least in _others(movie_ids, table, links, own):
        if other.share >= max(least, best.share + (_PLAINLY_MORE if best.share else 0)):
            best = other
    return best


def indices_of(movie_ids: Ids, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Look up movie ids that are texts: `(indices (n,), known (n,))`."""
    if not movie_ids.numeric:
        raws: list[RawId] = list(texts)
        return movie_ids.indices(raws)
    whole = whole_numbers(texts)
    if whole is not None:
        return movie_ids.indices(whole)
    numbers = [as_integer(text) for text in texts]
    indices, known = movie_ids.indices(np.array([_NO_INTEGER if i is None else i for i in numbers], dtype=np.int64))
    return indices, known & np.array([number is not None for number in numbers], dtype=bool)


def imdb_numbers(movie_ids: Ids) -> NDArray[np.int64] | None:
    """Return (n_movies,) IMDb's numbers where the movies' ids are IMDb's: tt0114709; else None."""
    if movie_ids.numeric or not len(movie_ids):
        return None
    texts = [str(raw) for raw in movie_ids.raws(np.arange(len(movie_ids)))]
    if not all(text.startswith("tt") and imdb_number(text) > 0 for text in texts):
        return None
    return numbers_of(texts)


def _others(movie_ids: Ids, table: MovieTable, links: LinkTable, own: Key | None) -> Iterator[tuple[Joined, float]]:
    """Yield the other ways to find the lines, each with the share of movies that it must know at least."""
    for key in (key for key in table.keys if key.kind == "own" and key is not own):
        yield _plain(movie_ids, key, f"by its column {visible(key.name)}"), _HALF
    for key in (key for key in table.keys if key.kind != "own"):
        yield _through(movie_ids, key, links), _HALF
    by_number = _rated_by_number(movie_ids)
    for key in (key for key in table.keys if key.kind != "tmdb"):
        what = "IMDb's numbers" if key.kind == "imdb" or imdb_numbers(movie_ids) is not None else "numbers"
        yield _numbered(movie_ids, key, by_number, f"by its column {visible(key.name)}, read as {what}"), _HALF
    for key in (key for key in table.keys if key.kind == "tmdb"):
        yield _plain(movie_ids, key, f"by its column {visible(key.name)}, TMDb's ids"), _TMDB_LEAST


def _plain(movie_ids: Ids, key: Key, how: str = "") -> Joined:
    return _joined(movie_ids, key, *indices_of(movie_ids, key.texts), how)


def _through(movie_ids: Ids, key: Key, links: LinkTable) -> Joined:
    """Find lines by IMDb's or TMDb's ids, of which the file of links says which movies they are."""
    numbers = links.imdb if key.kind == "imdb" else links.tmdb
    name = "IMDb" if key.kind == "imdb" else "TMDb"
    at, known = indices_of(movie_ids, links.movies)
    rated = {int(number): int(i) for number, i in zip(numbers[known], at[known], strict=True) if number}
    return _numbered(movie_ids, key, rated, f"by {name}'s ids, through the links")


def _numbered(movie_ids: Ids, key: Key, rated: dict[int, int], how: str) -> Joined:
    found = [rated.get(number, -1) for number in numbers_of(key.texts).tolist()]
    indices = np.array(found, dtype=np.int32)
    return _joined(movie_ids, key, np.maximum(indices, 0), indices >= 0, how)


def _rated_by_number(movie_ids: Ids) -> dict[int, int]:
    """Return number → index of rated movies whose ids are numbers, tt or zeros in front or not; none if ambiguous."""
    raws = movie_ids.raws(np.arange(len(movie_ids)))
    numbers = {imdb_number(str(raw)): at for at, raw in enumerate(raws)}
    return numbers if len(numbers) == len(movie_ids) and -1 not in numbers else {}


def _joined(movie_ids: Ids, key: Key, indices: NDArray[np.int32], known: NDArray[np.bool_], how: str) -> Joined:
    return Joined(key, indices, known, how, len(np.unique(indices[known])) / max(len(movie_ids), 1))


def _nobody(n: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    return np.zeros(n, np.int32), np.zeros(n, dtype=bool)
