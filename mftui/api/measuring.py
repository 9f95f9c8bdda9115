"""Ratings to test a model on, from outside its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.data.reading.reading import Reading
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.data.ids import Ids
    from mftui.engine.model.factors import Factors


@dataclass(frozen=True)
class KnownRatings:
    """Test ratings by indices of the model."""

    ratings: Ratings
    n_left_out: int
    """Ratings of a user or movie that the model does not know."""
    n_trained_on: int
    """Those of the rest that the model was trained on."""

    reading: Reading | None = None
    """How they were read, where they are from a file."""

    @property
    def counts(self) -> dict[str, int]:
        """Return the counts for the document of an evaluation."""
        return {"n_left_out": self.n_left_out, "n_trained_on": self.n_trained_on}

    @property
    def notes(self) -> list[str]:
        """Return what a reader of the measures must know, a sentence each."""
        n, notes = len(self.ratings), []
        if self.n_left_out:
            left, of = f"{self.n_left_out:,}", f"{n + self.n_left_out:,}"
            notes.append(f"{left} of {of} test ratings are left out: their user or movie is not in the model.")
        if self.n_trained_on:
            notes.append(f"{self.n_trained_on:,} of {n:,} test ratings were trained on: this flatters the model.")
        return notes


def ratings_known_to(factors: Factors, user_ids: Ids, movie_ids: Ids, ratings: Ratings, source: str) -> KnownRatings:
    """Return the ratings whose user and movie the model knows.

    Parameters
    ----------
    user_ids, movie_ids: the vocabularies that `ratings` are by.
    source: where they are from, for messages.

    Raises UsageError where there are none.
    """
    users, user_known = factors.user_ids.indices(user_ids.raws(np.arange(len(user_ids))))
    movies, movie_known = factors.movie_ids.indices(movie_ids.raws(np.arange(len(movie_ids))))
    rows = user_known[ratings.users] & movie_known[ratings.movies]
    if not rows.any():
        raise UsageError(f"{source}: none of its ratings has a user and a movie of this model.")
    known = ratings.take(rows)
    test = Ratings(users[known.users], movies[known.movies], known.values, known.timestamps)
    train = factors.history.part(held_out=False)
    seen = np.isin(_pairs(test, factors.n_movies), _pairs(train, factors.n_movies)).sum()
    return KnownRatings(test, int((~rows).sum()), int(seen))


def _pairs(ratings: Ratings, n_movies: int) -> NDArray[Any]:
    """Return (n,) one number for each pair of a user and a movie."""
    return ratings.users.astype(np.int64) * n_movies + ratings.movies
