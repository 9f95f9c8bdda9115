"""What a data set is, once it has been read: ratings, vocabularies, movies, scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids, RawId
from mftui.data.storage.string_column import StringColumn

NO_GENRES = "(no genres listed)"
PIECE = 1_000_000
"""Ratings that are worked on at once where there may be too many to hold."""


@dataclass(frozen=True)
class Ratings:
    """n ratings as columns of equal length, in the order of the file."""

    users: NDArray[np.int32]
    """(n,) user indices."""
    movies: NDArray[np.int32]
    """(n,) movie indices."""
    values: NDArray[np.float32]
    """(n,) ratings as given."""
    timestamps: NDArray[np.int64] | None = None
    """(n,) seconds since 1970, where the data has them."""

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: NDArray[Any]) -> Ratings:
        """The ratings at `rows` (indices or a mask)."""
        times = None if self.timestamps is None else self.timestamps[rows]
        return Ratings(self.users[rows], self.movies[rows], self.values[rows], times)

    def pieces(self) -> Iterator[Ratings]:
        """All ratings in their order, PIECE at a time at most, without timestamps."""
        for at in range(0, len(self), PIECE):
            rows = slice(at, at + PIECE)
            yield Ratings(self.users[rows], self.movies[rows], self.values[rows])

    def mean(self) -> float:
        """The mean rating."""
        return sum(float(piece.values.sum(dtype=np.float64)) for piece in self.pieces()) / len(self)

    def variance(self) -> float:
        """The variance of the ratings about their mean."""
        mean = self.mean()
        return sum(float(((piece.values - mean) ** 2).sum(dtype=np.float64)) for piece in self.pieces()) / len(self)

    def whole(self) -> Ratings:
        """The same with columns that lie there as arrays."""
        return self


@dataclass(frozen=True)
class Scale:
    """The rating scale: lowest and highest rating, and the step between (0 where there is none)."""

    lo: float
    hi: float
    step: float


def genres_in(text: str) -> list[str]:
    """The genres that a text, joined by "|", names."""
    return [genre for genre in text.split("|") if genre and genre != NO_GENRES]


@dataclass(frozen=True)
class Movies:
    """Titles, years and genres of the movies of a vocabulary, by movie index."""

    titles: StringColumn
    """(n_movies,) titles as in the file, with the year; the id where there is no title."""
    genres: StringColumn
    """(n_movies,) genres joined by "|", empty where unknown."""
    years: NDArray[np.int16]
    """(n_movies,) year of release, 0 where unknown."""
    titled: bool = True
    """False where no titles were found and ids stand in."""

    def __len__(self) -> int:
        return len(self.years)

    def genres_of(self, index: int | np.integer) -> list[str]:
        """The genres of one movie, as a list."""
        return genres_in(self.genres[index])

    @cached_property
    def title_list(self) -> list[str]:
        """All titles, decoded once."""
        return self.titles.tolist()

    @cached_property
    def genre_texts(self) -> tuple[list[str], NDArray[np.int64]]:
        """The texts of genres that there are, and (n_movies,) which of them each movie has."""
        found: dict[str, int] = {}
        which = [found.setdefault(text, len(found)) for text in self.genres.tolist()]
        return list(found), np.array(which, dtype=np.int64)

    @cached_property
    def genre_names(self) -> list[str]:
        """All genres, by name."""
        texts, _ = self.genre_texts
        return sorted({genre for text in texts for genre in genres_in(text)})

    def save(self, directory: Path) -> None:
        """Write `titles.*`, `genres.*`, `years.npy`."""
        self.titles.save(directory, "titles")
        self.genres.save(directory, "genres")
        np.save(directory / "years.npy", self.years, allow_pickle=False)

    @classmethod
    def load(cls, directory: Path, titled: bool = True) -> Movies:
        """Open what `save` wrote, memory-mapped."""
        return cls(
            StringColumn.load(directory, "titles"),
            StringColumn.load(directory, "genres"),
            np.load(directory / "years.npy", mmap_mode="r", allow_pickle=False),
            titled,
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
class SplitSpec:
    """How to part training from test ratings."""

    kind: str = "random"
    """"random", "temporal", "leave-last", "file" (explicit test file) or "none"."""
    fraction: float = 0.1
    """Share of the ratings that is tested on, for random and temporal."""
    seed: int = 0
    """For random: `default_rng(seed).permutation(n)`, test is the first `int(n * fraction)` of it."""

    @property
    def label(self) -> str:
        """For people: "random 10 % (seed 0)"."""
        percent = f"{100 * self.fraction:g} %"
        return {
            "random": f"random {percent} (seed {self.seed})",
            "temporal": f"latest {percent}",
            "leave-last": "last rating of each user",
            "file": "given test file",
            "none": "no test ratings",
        }[self.kind]


@dataclass(frozen=True)
class Split:
    """Which of a data set's ratings are in training, and which are held out for the test."""

    spec: SplitSpec
    trained: NDArray[np.bool_]
    """(n_ratings,) True where the rating is trained on."""
    held_out: NDArray[np.bool_]
    """(n_ratings,) True where it is tested on."""

    @classmethod
    def of(cls, spec: SplitSpec, n_ratings: int, train_rows: NDArray[Any], test_rows: NDArray[Any]) -> Split:
        """From the rows of both parts; a row may be in neither."""
        trained, held_out = np.zeros(n_ratings, dtype=bool), np.zeros(n_ratings, dtype=bool)
        trained[train_rows], held_out[test_rows] = True, True
        return cls(spec, trained, held_out)

    @cached_property
    def n_train(self) -> int:
        return int(np.count_nonzero(self.trained))

    @cached_property
    def n_test(self) -> int:
        return int(np.count_nonzero(self.held_out))

    @property
    def train_rows(self) -> NDArray[np.int64]:
        """(n_train,) rows in file order."""
        return np.flatnonzero(self.trained)

    @property
    def test_rows(self) -> NDArray[np.int64]:
        """(n_test,) rows in file order."""
        return np.flatnonzero(self.held_out)


@dataclass(frozen=True)
class MovieRow:
    """One movie for a table or a JSON document."""

    movie_id: RawId
    title: str
    genres: list[str] = field(default_factory=list)
    year: int | None = None
    n_ratings: int = 0
