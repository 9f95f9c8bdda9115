"""Who rated what, by user: the ratings that a trained model carries along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings


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

    @classmethod
    def of(cls, ratings: Ratings, test_rows: NDArray[np.int64], n_users: int) -> History:
        """Group `ratings` by user, the file's order kept within a user."""
        held_out = np.zeros(len(ratings), dtype=bool)
        held_out[test_rows] = True
        order = np.argsort(ratings.users, kind="stable")
        offsets = np.zeros(n_users + 1, dtype=np.int64)
        np.cumsum(np.bincount(ratings.users, minlength=n_users), out=offsets[1:])
        return cls(offsets, ratings.movies[order], ratings.values[order], held_out[order])

    def of_user(self, user: int) -> UserHistory:
        """The ratings of the user at index `user`."""
        row = slice(int(self.offsets[user]), int(self.offsets[user + 1]))
        return UserHistory(self.movies[row], self.ratings[row], self.held_out[row])

    def counts(self) -> NDArray[np.int64]:
        """(n_users,) ratings of each user."""
        return np.diff(self.offsets)

    def part(self, held_out: bool) -> Ratings:
        """The training ratings, or the held-out ones, as columns sorted by user."""
        users = np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), self.counts())
        rows = self.held_out if held_out else ~self.held_out
        return Ratings(users[rows], self.movies[rows], self.ratings[rows])

    def save(self, directory: Path) -> None:
        """Write `history_*.npy`."""
        for name, array in self._columns().items():
            np.save(directory / f"history_{name}.npy", array, allow_pickle=False)

    @classmethod
    def load(cls, directory: Path) -> History:
        """Open what `save` wrote, memory-mapped."""
        names = ("offsets", "movies", "ratings", "held_out")
        return cls(*(np.load(directory / f"history_{n}.npy", mmap_mode="r", allow_pickle=False) for n in names))

    def _columns(self) -> dict[str, NDArray[Any]]:
        return {
            "offsets": self.offsets,
            "movies": self.movies,
            "ratings": self.ratings,
            "held_out": self.held_out,
        }
