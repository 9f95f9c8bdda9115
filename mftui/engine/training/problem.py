"""What a recipe learns from: ratings, and what else is known of users and movies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mftui.data.dataset import Movies, Ratings, Scale
from mftui.engine.compute.device import CPU, Computing

if TYPE_CHECKING:
    from mftui.data.loading.people import People


@dataclass(frozen=True)
class SideInfo:
    """What is known of movies and users beside their ratings."""

    movies: Movies
    people: Callable[[], People | None]
    """Reads it; None where the data has nothing of the kind."""
    timed: bool = False
    """Whether ratings have times."""

    def features(self) -> tuple[str, ...]:
        """Return the names of the features that the data has beside the ratings themselves."""
        genres, years = bool(self.movies.genre_names), bool(self.movies.years.any())
        there = {"genres": genres, "year": years, "user": self.people() is not None, "date": self.timed}
        return tuple(name for name, has in there.items() if has)


@dataclass(frozen=True)
class Problem:
    """What is to be learned from.

    `train` and `valid` are disjoint parts of the training ratings; test ratings are not here at all.
    """

    train: Ratings
    valid: Ratings
    n_users: int
    n_movies: int
    scale: Scale
    seed: int
    computing: Computing = CPU
    side_info: SideInfo | None = None
    """What is known of users and movies beside the ratings, for recipes that learn from it."""
    stream_in: Path | None = None
    """Where to keep the training ratings in a file and read them from there; None: in memory."""
