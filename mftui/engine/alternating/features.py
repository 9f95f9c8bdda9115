"""What is known of users and movies beside the ratings, as numbers: tables of features, in groups. NumPy only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Movies, Ratings
from mftui.data.loading.people import People
from mftui.engine.alternating.feature_names import DATE, FEATURES, MOST_AXES, MOST_CELLS, fits
from mftui.engine.training.problem import Problem
from mftui.engine.training.recipe import NONE
from mftui.errors import UsageError

Table = NDArray[np.float32]
SINCE = 1980
"""Earlier years count by decades: few films, few ratings."""
AGES = (18, 25, 30, 35, 40, 45, 50, 56)
"""Where one age group ends and the next begins."""
NEGLIGIBLE = 1e-5
"""An axis of less than this share of the longest says nothing."""


@dataclass(frozen=True)
class Axes:
    """A centred table of features, of rows whose mean square length is 1, turned into its principal axes:

        X = directions · diag(lengths) · turnᵀ

    A prior N(0, v I) of the coefficients is the same on all axes, and what they add to the rows needs no others: so
    axes stand for the features, however many there are.
    """

    name: str
    directions: Table
    """(n, r), orthonormal columns."""
    lengths: Table
    """(r,)."""


@dataclass(frozen=True)
class FeatureAxes:
    """Of users and movies: groups of features, each of which has its own prior."""

    users: list[Axes]
    movies: list[Axes]

    @property
    def describes(self) -> tuple[bool, bool]:
        """Return (users, movies): whether any features describe them."""
        return bool(self.users), bool(self.movies)

    @cached_property
    def digest(self) -> str:
        """Return a digest of all features: the same information, the same digest."""
        found = hashlib.sha256()
        for axes in (*self.users, *self.movies):
            found.update(axes.name.encode() + axes.lengths.tobytes())
        return found.hexdigest()


def side_information(features: str, problem: Problem) -> FeatureAxes:
    """Make the groups that `features` names, a list of FEATURES with commas; the date is of neither side, and in none.

    Raises UsageError for what the data does not have, or what is too large.
    """
    wanted = [] if features == NONE else features.split(",")
    tables: tuple[dict[str, Table], dict[str, Table]] = {}, {}
    for name in wanted:
        found = _tables(name, problem)
        if not any(found) and not _dated(name, problem):
            there = [other for other in FEATURES if any(_tables(other, problem)) or _dated(other, problem)]
            raise UsageError(f"features: the data has no {name}.", hint=f"It has: {', '.join(there)}.")
        for side, more in zip(tables, found, strict=True):
            side.update(more)
    users, movies = ([_axes(*group) for group in side.items()] for side in tables)
    return FeatureAxes([axes for axes in users if len(axes.lengths)], [axes for axes in movies if len(axes.lengths)])


def _tables(name: str, problem: Problem) -> tuple[dict[str, Table], dict[str, Table]]:
    """Return tables of users and of movies by group; both empty where the data has none."""
    if name == "implicit":
        return _implicit(problem.train, problem.n_users, problem.n_movies)
    if problem.side_info is None or name == DATE:
        return {}, {}
    if name == "user":
        people = problem.side_info.people()
        return ({} if people is None else _people(people)), {}
    movies = problem.side_info.movies
    table = _genres(movies) if name == "genres" else _years(movies)
    return {}, ({} if table is None else {name: table})


def _dated(name: str, problem: Problem) -> bool:
    return name == DATE and problem.train.timed


def _implicit(train: Ratings, n_users: int, n_movies: int) -> tuple[dict[str, Table], dict[str, Table]]:
    """Describe a user by the movies that they rated, a movie by its users, whatever the ratings, as in SVD++ (Koren
    2008): each row divided by the root of its number of ratings."""
    if not fits(n_users, n_movies):
        raise UsageError(
            f"features: implicit is for up to {MOST_AXES:,} users or movies and {MOST_CELLS:,} pairs of them; "
            f"there are {n_users:,} and {n_movies:,}.",
            hint="Leave it out.",
        )
    rated = np.zeros((n_users, n_movies), dtype=np.float32)
    rated[train.users, train.movies] = 1
    shrunk = (table / np.sqrt(np.maximum(table.sum(1, keepdims=True), 1)) for table in (rated, rated.T))
    users, movies = ({"implicit": table} for table in shrunk)
    return users, movies


def _genres(movies: Movies) -> Table | None:
    lists = [movies.genres_of(movie) for movie in range(len(movies))]
    names = sorted({genre for genres in lists for genre in genres})
    if not names:
        return None
    return np.array([[name in genres for name in names] for genres in lists], dtype=np.float32)


def _years(movies: Movies) -> Table | None:
    years = np.asarray(movies.years, dtype=np.int64)
    return _one_of(np.where(years < SINCE, years // 10 * 10, years)) if years.any() else None


def _people(people: People) -> dict[str, Table]:
    of_age = np.where(people.ages > 0, np.digitize(people.ages, AGES), -1)
    return {
        "age": _one_of(of_age),
        "gender": _one_of(np.array(people.genders)),
        "occupation": _one_of(np.array(people.occupations)),
    }


def _one_of(values: NDArray[Any]) -> Table:
    """Return (n, kinds): 1 where a row is of a kind."""
    kinds, of_row = np.unique(values, return_inverse=True)
    return np.eye(len(kinds), dtype=np.float32)[of_row]


def _axes(name: str, table: Table) -> Axes:
    centred = table.astype(np.float64) - table.mean(0, dtype=np.float64)
    n, width = centred.shape
    squares, vectors = np.linalg.eigh(centred @ centred.T if n <= width else centred.T @ centred)
    lengths = np.sqrt(np.maximum(squares, 0))
    kept = lengths > NEGLIGIBLE * max(lengths.max(initial=0), 1e-12)
    lengths, vectors = lengths[kept], vectors[:, kept]
    directions = vectors if n <= width else centred @ vectors / lengths
    size = np.sqrt(np.sum(lengths**2) / n)
    return Axes(name, directions.astype(np.float32), (lengths / size).astype(np.float32))
