"""A data set, once it has been read: ratings, vocabularies of users and movies, titles, rating scale, split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids, RawId
from mftui.data.reading.reading import Reading
from mftui.data.storage.string_column import StringColumn
from mftui.data.web_ids import WebIds

NO_GENRES = "(no genres listed)"
PIECE = 1_000_000
"""Ratings in one piece, where there may be too many to hold."""


class Ratings:
    """n ratings as columns of equal length, in the order of the file.

    The columns are arrays, or, for ratings that `where` and `pieced` return, made anew each time they are read:
    whoever needs such a column twice keeps it, or calls `whole`.

    Parameters
    ----------
    users: (n,) user indices.
    movies: (n,) movie indices.
    values: (n,) ratings as given.
    timestamps: (n,) seconds since 1970, where the data has them.
    """

    def __init__(
        self,
        users: NDArray[np.int32],
        movies: NDArray[np.int32],
        values: NDArray[np.float32],
        timestamps: NDArray[np.int64] | None = None,
    ) -> None:
        self._columns = {"users": users, "movies": movies, "values": values}
        self._length = len(values)
        self._make: Callable[[], Iterator[Ratings]] | None = None
        self.timestamps = timestamps

    @classmethod
    def pieced(cls, length: int, make: Callable[[], Iterator[Ratings]]) -> Ratings:
        """Return ratings that are not held, but made piece by piece.

        Parameters
        ----------
        length: how many ratings there are.
        make: yields them, always in the same order, as Ratings without timestamps that are small enough to be held.
        """
        ratings = cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))
        ratings._columns, ratings._length, ratings._make = {}, length, make
        return ratings

    @property
    def users(self) -> NDArray[np.int32]:
        """Return the user index of each rating, (n,)."""
        return self._column("users", np.int32)

    @property
    def movies(self) -> NDArray[np.int32]:
        """Return the movie index of each rating, (n,)."""
        return self._column("movies", np.int32)

    @property
    def values(self) -> NDArray[np.float32]:
        """Return the ratings as given, (n,)."""
        return self._column("values", np.float32)

    def __len__(self) -> int:
        return self._length

    def take(self, rows: NDArray[Any]) -> Ratings:
        """Return a copy of the ratings at `rows` (indices or a mask)."""
        times = None if self.timestamps is None else self.timestamps[rows]
        return Ratings(self.users[rows], self.movies[rows], self.values[rows], times)

    def where(self, mask: NDArray[np.bool_]) -> Ratings:
        """Return the ratings where `mask` (n,) is True, not copied and without timestamps."""

        def make() -> Iterator[Ratings]:
            at = 0
            for piece in self.pieces():
                yield piece.take(mask[at : at + len(piece)])
                at += len(piece)

        return Ratings.pieced(int(np.count_nonzero(mask)), make)

    def pieces(self) -> Iterator[Ratings]:
        """Yield all ratings in their order, at most PIECE at a time, without timestamps."""
        if self._make is not None:
            yield from self._make()
            return
        for at in range(0, len(self), PIECE):
            rows = slice(at, at + PIECE)
            yield Ratings(self.users[rows], self.movies[rows], self.values[rows])

    def whole(self) -> Ratings:
        """Return the same ratings with columns that are held as arrays."""
        return self if self._make is None else Ratings(self.users, self.movies, self.values)

    def mean(self) -> float:
        """Return the mean rating."""
        return sum(float(piece.values.sum(dtype=np.float64)) for piece in self.pieces()) / len(self)

    def variance(self) -> float:
        """Return the variance of the ratings about their mean."""
        mean = self.mean()
        return sum(float(((piece.values - mean) ** 2).sum(dtype=np.float64)) for piece in self.pieces()) / len(self)

    def counts(self, n_users: int, n_movies: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many ratings each user (n_users,) and each movie (n_movies,) has."""
        of_users, of_movies = np.zeros(n_users, dtype=np.int64), np.zeros(n_movies, dtype=np.int64)
        for piece in self.pieces():
            of_users += np.bincount(piece.users, minlength=n_users)
            of_movies += np.bincount(piece.movies, minlength=n_movies)
        return of_users, of_movies

    def _column(self, name: str, kind: type[Any]) -> NDArray[Any]:
        if self._make is None:
            return self._columns[name]
        filled, at = np.empty(len(self), dtype=kind), 0
        for piece in self.pieces():
            filled[at : at + len(piece)] = getattr(piece, name)
            at += len(piece)
        return filled


def movie_means(movies: NDArray[np.int32], values: NDArray[np.float32], n_movies: int) -> NDArray[np.float32]:
    """Return the mean rating of each movie (n_movies,), NaN where it has none.

    Parameters
    ----------
    movies: (n,) the movie of each rating.
    values: (n,) the ratings.
    n_movies: how many movies there are.
    """
    counts, sums = np.zeros((2, n_movies))
    for at in range(0, len(movies), PIECE):
        rows = slice(at, at + PIECE)
        counts += np.bincount(movies[rows], minlength=n_movies)
        sums += np.bincount(movies[rows], weights=values[rows], minlength=n_movies)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)


@dataclass(frozen=True)
class Scale:
    """The rating scale: lowest and highest rating, and the step between (0 where there is none)."""

    lo: float
    hi: float
    step: float

    @property
    def levels(self) -> int:
        """Count the steps from the lowest to the highest rating; 0 where there is no step."""
        return round((self.hi - self.lo) / self.step) + 1 if self.step else 0


def genres_in(text: str) -> list[str]:
    """Split genres that are joined by "|"."""
    return [genre for genre in text.split("|") if genre and genre != NO_GENRES]


@dataclass(frozen=True)
class Movies:
    """Titles, years, genres, tags, and IMDb's and TMDb's ids of the movies of a vocabulary, by movie index."""

    titles: StringColumn
    """(n_movies,) titles as in the file, with the year; the id where there is no title."""
    genres: StringColumn
    """(n_movies,) genres joined by "|", empty where unknown."""
    years: NDArray[np.int16]
    """(n_movies,) year of release, 0 where unknown."""
    titled: bool = True
    """False if no titles were found; ids are used instead."""
    web_ids: WebIds | None = None
    """None where the data has no such ids."""
    tags: StringColumn | None = None
    """(n_movies,) the tags that most people gave, joined by "|"; None where the data has no tags."""

    def __len__(self) -> int:
        return len(self.years)

    def genres_of(self, index: int | np.integer) -> list[str]:
        """Return the genres of one movie as a list."""
        return genres_in(self.genres[index])

    @property
    def n_linked(self) -> int:
        """Return how many movies have an id of IMDb or TMDb."""
        return 0 if self.web_ids is None else int(np.count_nonzero(self.web_ids.imdb + self.web_ids.tmdb))

    @property
    def n_tagged(self) -> int:
        """Return how many movies have tags."""
        return 0 if self.tags is None else int(np.count_nonzero(np.diff(self.tags.arrays[1])))

    def tags_of(self, index: int | np.integer) -> list[str]:
        """Return the tags of one movie, those of most people first."""
        return [] if self.tags is None else [tag for tag in self.tags[index].split("|") if tag]

    @cached_property
    def tag_lists(self) -> list[list[str]]:
        """Return the tags of all movies; empty where the data has no tags."""
        return [] if self.tags is None else [text.split("|") if text else [] for text in self.tags.tolist()]

    @cached_property
    def tag_names(self) -> list[str]:
        """Return all tags, those of most movies first."""
        counts = Counter(chain.from_iterable(self.tag_lists))
        return sorted(counts, key=lambda tag: (-counts[tag], tag))

    @cached_property
    def title_list(self) -> list[str]:
        """Return all titles, decoded once."""
        return self.titles.tolist()

    @cached_property
    def genre_texts(self) -> tuple[list[str], NDArray[np.int64]]:
        """Return the distinct genre texts, and (n_movies,) the index of each movie's text."""
        found: dict[str, int] = {}
        which = [found.setdefault(text, len(found)) for text in self.genres.tolist()]
        return list(found), np.array(which, dtype=np.int64)

    @cached_property
    def genre_names(self) -> list[str]:
        """Return all genres, sorted by name."""
        texts, _ = self.genre_texts
        return sorted({genre for text in texts for genre in genres_in(text)})

    @cached_property
    def genre_table(self) -> tuple[list[str], NDArray[np.bool_]]:
        """Return all genres by name (g), and which movie has which (n_movies, g)."""
        texts, of_movie = self.genre_texts
        parts, names = [set(genres_in(text)) for text in texts], self.genre_names
        rows = np.array([[name in some for name in names] for some in parts], dtype=bool)
        return names, rows.reshape(len(parts), len(names))[of_movie]

    def save(self, directory: Path) -> None:
        """Write `titles.*`, `genres.*`, `years.npy`, and the files of tags and web ids where there are any."""
        self.titles.save(directory, "titles")
        self.genres.save(directory, "genres")
        np.save(directory / "years.npy", self.years, allow_pickle=False)
        if self.web_ids is not None:
            self.web_ids.save(directory)
        if self.tags is not None:
            self.tags.save(directory, "tags")

    @classmethod
    def load(cls, directory: Path, titled: bool = True) -> Movies:
        """Open what `save` wrote, memory-mapped."""
        return cls(
            StringColumn.load(directory, "titles"),
            StringColumn.load(directory, "genres"),
            np.load(directory / "years.npy", mmap_mode="r", allow_pickle=False),
            titled,
            WebIds.load(directory),
            StringColumn.load(directory, "tags") if (directory / "tags.offsets.npy").exists() else None,
        )


@dataclass(frozen=True)
class Dataset:
    """Ratings with their vocabularies. The vocabulary holds every user and movie of all files given,
    the explicit test file included, and is built before any split."""

    name: str
    """Short name: the catalogue's, or the file's or directory's."""
    label: str
    """What is shown: "sample (synthetic ratings)", or the name."""
    ratings: Ratings
    user_ids: Ids
    movie_ids: Ids
    movies: Movies
    scale: Scale
    fingerprint: str
    """Hash of the content of all files read: the same content, the same fingerprint."""
    repairs: tuple[str, ...] = ()
    """What was repaired or left out on reading, one sentence each."""
    test_rows: NDArray[np.int64] | None = None
    """(n_test,) rows of `ratings` that came from an explicit test file."""
    reading: Reading = field(default_factory=Reading)
    """How its ratings were read."""
    source: str = ""
    """Absolute path, or catalogue name, from which it can be read again."""

    @property
    def n_users(self) -> int:
        return len(self.user_ids)

    @property
    def n_movies(self) -> int:
        return len(self.movie_ids)

    @property
    def n_ratings(self) -> int:
        return len(self.ratings)

    @property
    def density(self) -> float:
        """Share of all (user, movie) pairs that are rated."""
        return self.n_ratings / (self.n_users * self.n_movies)


@dataclass(frozen=True)
class MovieRow:
    """One movie for a table or a JSON document."""

    movie_id: RawId
    title: str
    genres: list[str] = field(default_factory=list)
    year: int | None = None
    n_ratings: int = 0
    imdb_id: str | None = None
    """Such as tt0114709."""
    tmdb_id: int | None = None
    tags: list[str] = field(default_factory=list)
