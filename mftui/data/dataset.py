"""A data set, once it has been read: ratings, vocabularies of users and movies, titles, rating scale, split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import forget
from mftui.data.ids import Ids
from mftui.data.reading.reading import Reading
from mftui.data.storage.npy import open_array, save_array
from mftui.data.storage.string_column import StringColumn
from mftui.data.threads import of_each
from mftui.data.web_ids import WebIds
from mftui.errors import DataError

T = TypeVar("T")
ColumnOfPiece = Callable[[str, int], NDArray[Any]]
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
    timestamps: (n,) seconds since 1970, or what makes them when they are first read; None where the data has none.
    """

    def __init__(
        self,
        users: NDArray[np.int32],
        movies: NDArray[np.int32],
        values: NDArray[np.float32],
        timestamps: NDArray[np.int64] | Callable[[], NDArray[np.int64]] | None = None,
    ) -> None:
        self._columns = {"users": users, "movies": movies, "values": values}
        self._length = len(values)
        self._cuts: NDArray[np.int64] | None = None
        self._make: ColumnOfPiece | None = None
        self._times = timestamps

    @classmethod
    def pieced(cls, lengths: Sequence[int], make: ColumnOfPiece, *, timed: bool = False) -> Ratings:
        """Return ratings that are not held, but made piece by piece.

        Parameters
        ----------
        lengths: how many ratings each piece has; it has to be small enough to be held.
        make: (name of a column, number of a piece) to that column of it, always the same; may be called by threads.
        timed: whether it makes the column "timestamps", too.
        """
        ratings = cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))
        ratings._columns, ratings._make = {}, make
        ratings._cuts = np.append(0, np.cumsum(lengths, dtype=np.int64))
        ratings._length = int(ratings._cuts[-1])
        ratings._times = (lambda: ratings._column("timestamps", np.int64)) if timed else None
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

    @property
    def timed(self) -> bool:
        """Return whether the ratings have timestamps."""
        return self._times is not None

    @property
    def timestamps(self) -> NDArray[np.int64] | None:
        """Return the time of each rating, (n,) seconds since 1970; None where the data has none."""
        times = self._times() if callable(self._times) else self._times
        self._times = times if self._make is None else self._times  # of pieces there may be too many to hold
        return times

    def __len__(self) -> int:
        return self._length

    def take(self, rows: NDArray[Any]) -> Ratings:
        """Return a copy of the ratings at `rows` (indices or a mask)."""
        times = self._times
        late = (lambda: times()[rows]) if callable(times) else None if times is None else times[rows]
        return Ratings(self.users[rows], self.movies[rows], self.values[rows], late)

    def where(self, mask: NDArray[np.bool_]) -> Ratings:
        """Return the ratings where `mask` (n,) is True, not copied."""
        cuts = self.cuts
        masks = [mask[start:end] for start, end in pairwise(cuts)]

        def make(name: str, number: int) -> NDArray[Any]:
            return self._column_of(name, number, cuts)[masks[number]]

        return Ratings.pieced([int(np.count_nonzero(part)) for part in masks], make, timed=self.timed)

    def with_values(self, changed: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Ratings:
        """Return the same with other ratings, made of these piece by piece as they are read."""
        cuts = self.cuts

        def make(name: str, number: int) -> NDArray[Any]:
            column = self._column_of(name, number, cuts)
            return changed(column) if name == "values" else column

        return Ratings.pieced(np.diff(cuts).tolist(), make, timed=self.timed)

    @property
    def cuts(self) -> NDArray[np.int64]:
        """Return (pieces + 1,) where each piece begins, and the last one ends."""
        return np.append(np.arange(0, len(self), PIECE), len(self)) if self._cuts is None else self._cuts

    def _column_of(self, name: str, number: int, cuts: NDArray[np.int64]) -> NDArray[Any]:
        if self._make is not None:
            return self._make(name, number)
        column: NDArray[Any] = getattr(self, name)
        forget(column)  # the pieces before
        return column[cuts[number] : cuts[number + 1]]

    def of_pieces(self, function: Callable[[Ratings], T]) -> list[T]:
        """Return what `function` makes of each piece, in their order; several threads call it."""
        cuts = self.cuts
        return of_each(lambda number: function(self._piece(number, cuts)), len(cuts) - 1)

    def pieces(self) -> Iterator[Ratings]:
        """Return all ratings in their order, a piece at a time, each made when it is asked for."""
        cuts = self.cuts
        return (self._piece(number, cuts) for number in range(len(cuts) - 1))

    def _piece(self, number: int, cuts: NDArray[np.int64]) -> Ratings:
        users, movies, values = (self._column_of(name, number, cuts) for name in ("users", "movies", "values"))
        times = (lambda: self._column_of("timestamps", number, cuts)) if self.timed else None
        return Ratings(users, movies, values, times)

    def whole(self) -> Ratings:
        """Return the same ratings with columns that are held as arrays."""
        return self if self._make is None else Ratings(self.users, self.movies, self.values, self._times)

    def mean(self) -> float:
        """Return the mean rating. Raises DataError where there is none."""
        if not len(self):
            raise DataError("there are no ratings to compute a mean of.")
        return self._sum_of_values(lambda values: float(values.sum(dtype=np.float64))) / len(self)

    def variance(self) -> float:
        """Return the variance of the ratings about their mean."""
        mean = self.mean()
        return self._sum_of_values(lambda values: float(((values - mean) ** 2).sum(dtype=np.float64))) / len(self)

    def _sum_of_values(self, part: Callable[[NDArray[np.float32]], float]) -> float:
        cuts = self.cuts
        return sum(of_each(lambda number: part(self._column_of("values", number, cuts)), len(cuts) - 1))

    def counts(self, n_users: int, n_movies: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many ratings each user (n_users,) and each movie (n_movies,) has."""
        sides = ("users", n_users), ("movies", n_movies)
        users, movies = of_each(lambda side: self.counts_of(*sides[side]), 2)
        return users, movies

    def counts_of(self, name: str, n: int) -> NDArray[np.int64]:
        """Return how many ratings each of n "users" or "movies" has, (n,)."""
        cuts, counts = self.cuts, np.zeros(n, dtype=np.int64)
        for number in range(len(cuts) - 1):
            counts += np.bincount(self._column_of(name, number, cuts), minlength=n)
        return counts

    def _column(self, name: str, kind: type[Any]) -> NDArray[Any]:
        if self._make is None:
            return self._columns[name]
        filled, cuts = np.empty(len(self), dtype=kind), self.cuts

        def fill(number: int) -> None:
            filled[cuts[number] : cuts[number + 1]] = self._column_of(name, number, cuts)

        of_each(fill, len(cuts) - 1)
        return filled


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
        return sorted({genre for text in self.genre_texts[0] for genre in genres_in(text)})

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
        save_array(directory / "years.npy", self.years)
        if self.web_ids is not None:
            self.web_ids.save(directory)
        if self.tags is not None:
            self.tags.save(directory, "tags")

    @classmethod
    def load(cls, directory: Path, titled: bool = True, n: int | None = None) -> Movies:
        """Open what `save` wrote; `n`: how many movies. Raises OSError or ValueError."""
        titles, genres = (StringColumn.load(directory, name, n) for name in ("titles", "genres"))
        years = open_array(directory / "years.npy", ("int16",), n)
        tags = StringColumn.load(directory, "tags", n) if (directory / "tags.offsets.npy").exists() else None
        return cls(titles, genres, years, titled, WebIds.load(directory, n), tags)


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
