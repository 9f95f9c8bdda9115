"""Who rated what, by user: the ratings that a trained model carries along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import forget
from mftui.data.dataset import PIECE, Ratings
from mftui.data.storage.npy import LARGEST, open_array, require_rising, require_values, save_array
from mftui.engine.model.parameters import DAY, days_of

_COLUMNS = ("offsets", "movies", "ratings", "held_out")
_DAYS = "history_days.npy"
_TOGETHER = 256
"""Users whose ratings are read from a mapped file before its pages are let go of."""


@dataclass(frozen=True)
class UserHistory:
    """The n ratings of one user, in the order of the file."""

    movies: NDArray[np.int32]
    """(n,) movie indices."""
    ratings: NDArray[np.float32]
    """(n,) ratings as given."""
    held_out: NDArray[np.bool_]
    """(n,) True where the rating was kept out of training, for the test."""

    def __len__(self) -> int:
        return len(self.movies)


@dataclass(frozen=True)
class History:
    """All ratings, grouped by user: row u is `offsets[u]` to `offsets[u + 1]` of the columns."""

    offsets: NDArray[np.int64]
    """(n_users + 1,)."""
    movies: NDArray[np.int32]
    """(n_ratings,) movie indices."""
    ratings: NDArray[np.float32]
    """(n_ratings,)."""
    held_out: NDArray[np.bool_]
    """(n_ratings,) True for test ratings."""
    days: NDArray[np.int32] | None = None
    """(n_ratings,) days since 1970, where the model has learned from them."""

    @classmethod
    def of(cls, ratings: Ratings, held_out: NDArray[np.bool_], n_users: int, *, dated: bool = False) -> History:
        """Group `ratings` by user, the file's order kept within a user; `held_out` (n_ratings,) as in a Split.

        Where they lie in that order already, nothing is copied. `dated`: with the days of ratings that have times.
        """
        times = ratings.timestamps if dated else None
        days = None if times is None else days_of(times)
        offsets = np.append(0, np.cumsum(ratings.counts_of("users", n_users)))
        ordered = in_order(ratings.users)
        forget(ratings.users)
        if ordered:
            return cls(offsets, ratings.movies, ratings.values, held_out, days)
        order = np.argsort(ratings.users, kind="stable")
        days = None if days is None else days[order]
        return cls(offsets, ratings.movies[order], ratings.values[order], held_out[order], days)

    def of_user(self, user: int) -> UserHistory:
        """Return the ratings of the user at index `user`."""
        row = slice(int(self.offsets[user]), int(self.offsets[user + 1]))
        return UserHistory(self.movies[row], self.ratings[row], self.held_out[row])

    def trained_of(self, users: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
        """Return the n training ratings of b users (indices): (n,) places in `users`, movie indices and ratings."""
        starts, counts = self.offsets[users], self.offsets[users + 1] - self.offsets[users]
        first = np.cumsum(counts) - counts
        places = np.repeat(starts - first, counts) + np.arange(counts.sum())
        kept = ~self.held_out[places]
        return np.repeat(np.arange(len(users)), counts)[kept], self.movies[places[kept]], self.ratings[places[kept]]

    def at(self, places: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the movie indices and ratings at b rows of places, each row those of one user, users rising.

        Read from mapped files some users at a time: else the files' pages of all would be in memory at once.
        """
        movies, ratings = np.empty(places.shape, np.int32), np.empty(places.shape, np.float32)
        for start in range(0, len(places), _TOGETHER):
            some = slice(start, start + _TOGETHER)
            movies[some], ratings[some] = self.movies[places[some]], self.ratings[places[some]]
            forget(self.movies, self.ratings)
        return movies, ratings

    def counts(self) -> NDArray[np.int64]:
        """Return (n_users,) ratings of each user."""
        return np.diff(self.offsets)

    def part(self, held_out: bool) -> Ratings:
        """Return the training ratings, or the held-out ones, as columns sorted by user; with times that are the
        beginnings of days, where days are known."""
        return self.portion(held_out).whole()

    def portion(self, held_out: bool) -> Ratings:
        """Return the same, read piece by piece without a copy."""
        n = len(self.movies)
        spans = [slice(at, min(at + PIECE, n)) for at in range(0, n, PIECE)]
        lengths = [int(np.count_nonzero(self.held_out[span] == held_out)) for span in spans]

        def make(name: str, number: int) -> NDArray[Any]:
            span = spans[number]
            forget(self.movies, self.ratings)  # the pieces before
            rows: NDArray[Any] = self.held_out[span] == held_out
            if name == "timestamps" and self.days is not None:
                return np.asarray(self.days[span][rows], dtype=np.int64) * DAY
            columns = {"movies": self.movies, "values": self.ratings}
            column: NDArray[Any] = columns[name][span] if name in columns else self._users(span)
            found: NDArray[Any] = column[rows]
            return found

        return Ratings.pieced(lengths, make, timed=self.days is not None)

    def _users(self, span: slice) -> NDArray[np.int32]:
        """Return the users of the ratings of a span."""
        first = int(np.searchsorted(self.offsets, span.start, side="right")) - 1
        last = int(np.searchsorted(self.offsets, span.stop, side="left"))
        ends = np.clip(self.offsets[first : last + 1], span.start, span.stop)
        counts = ends[1:] - ends[:-1]
        return np.repeat(np.arange(first, last, dtype=np.int32), counts)

    def trained_counts(self) -> NDArray[np.int64]:
        """Return (n_users,) training ratings of each user."""
        return self.counts() - np.diff(np.searchsorted(np.flatnonzero(self.held_out), self.offsets))

    def save(self, directory: Path) -> None:
        """Write `history_*.npy`."""
        for name in _COLUMNS:
            save_array(directory / f"history_{name}.npy", getattr(self, name))
            forget(getattr(self, name))
        if self.days is not None:
            save_array(directory / _DAYS, self.days)

    @classmethod
    def load(cls, directory: Path, n_users: int, n_movies: int) -> History:
        """Open what `save` wrote. Raises OSError or ValueError where it is none of these sizes."""
        offsets = open_array(directory / "history_offsets.npy", ("int64",), n_users + 1)
        movies = open_array(directory / "history_movies.npy", ("int32",), None)
        n = len(movies)
        ratings = open_array(directory / "history_ratings.npy", ("float32",), n)
        held_out = open_array(directory / "history_held_out.npy", ("bool",), n)
        days = open_array(directory / _DAYS, ("int32",), n) if (directory / _DAYS).exists() else None
        require_rising("history_offsets", offsets, n)
        require_values("history_movies", movies, 0, n_movies - 1)
        require_values("history_ratings", ratings, -LARGEST, LARGEST)
        require_values("history_held_out", held_out.view(np.uint8), 0, 1)
        return cls(offsets, movies, ratings, held_out, days)


def in_order(indices: NDArray[np.int32]) -> bool:
    """Return whether indices never fall."""
    spans = (slice(at, at + PIECE + 1) for at in range(0, len(indices), PIECE))
    return all((indices[span][1:] >= indices[span][:-1]).all() for span in spans)
