"""What a data set is, once it has been read: ratings, vocabularies, movies, scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids, RawId
from mftui.data.strings import StringColumn

NO_GENRES = "(no genres listed)"


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


@dataclass(frozen=True)
class Scale:
    """The rating scale: lowest and highest rating, and the step between (0 where there is none)."""

    lo: float
    hi: float
    step: float


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
        return [g for g in self.genres[index].split("|") if g and g != NO_GENRES]

    @cached_property
    def title_list(self) -> list[str]:
        """All titles, decoded once."""
        return self.titles.tolist()

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
    """Rows of a data set's ratings: in training, and held out for the test. Both in file order."""

    spec: SplitSpec
    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]


@dataclass(frozen=True)
class MovieRow:
    """One movie for a table or a JSON document."""

    movie_id: RawId
    title: str
    genres: list[str] = field(default_factory=list)
    year: int | None = None
    n_ratings: int = 0
