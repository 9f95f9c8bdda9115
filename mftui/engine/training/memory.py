"""How much memory a training needs: what recipes estimate, by what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mftui.engine.compute.machine import TENSORFLOW_BYTES

RATING_BYTES = 26
"""Of one rating, in all its copies: columns, how they are put into batches, splits, evaluation."""
AUDIENCE_RATING_BYTES = 16
"""Of one rating in the audience block, which learns from all of them in memory."""
COPIES_OF_MODEL = 9
"""Variables, two moments, gradients, the best epoch's, what is being saved, temporaries of a step."""
_MOMENTS = 2
"""Of those, what adafactor does without."""


@dataclass(frozen=True)
class Sizes:
    """What a training is on.

    Parameters
    ----------
    whole_batches: whether batches are learned from as a whole, as on anything but one CPU.
    """

    n_users: int
    n_movies: int
    n_ratings: int
    whole_batches: bool = False

    @property
    def rows(self) -> int:
        """Count users and movies together."""
        return self.n_users + self.n_movies


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes that a training needs, a little more rather than less.

    Parameters
    ----------
    model, batch, ratings, matrix: by what they are for; `matrix` has a cell for each pair of a user and a movie.
    sizes, factors: what it is of, for messages.
    matrix_remedy: what to change where the matrix takes most.
    streamed: `batch` and `ratings` where the ratings are read from a file; None where the recipe cannot.
    base: what TensorFlow itself takes.
    """

    model: int
    batch: int
    ratings: int
    sizes: Sizes
    factors: int
    matrix: int = 0
    matrix_remedy: str = ""
    streamed: tuple[int, int] | None = None
    base: int = TENSORFLOW_BYTES

    @property
    def data(self) -> int:
        """Sum all but TensorFlow itself."""
        return self.model + self.batch + self.ratings + self.matrix

    @property
    def total(self) -> int:
        """All of it."""
        return self.data + self.base

    def out_of_core(self) -> MemoryEstimate:
        """Return the same with the ratings in a file."""
        batch, ratings = self.streamed or (self.batch, self.ratings)
        return replace(self, batch=batch, ratings=ratings)

    def per_device(self, devices: int) -> MemoryEstimate:
        """Return one device's part: each has the whole model, and a share of batches and ratings."""
        streamed = self.streamed and (self.streamed[0] // devices, self.streamed[1] // devices)
        return replace(self, base=0, batch=self.batch // devices, ratings=self.ratings // devices, streamed=streamed)

    @property
    def what(self) -> str:
        """Describe the sizes in words."""
        s = self.sizes
        return f"{s.n_users:,} users and {s.n_movies:,} movies by {self.factors:,} factors, and {s.n_ratings:,} ratings"

    @property
    def remedy(self) -> str:
        """What to change, by what takes most."""
        remedies = {
            self.batch: "use a smaller batch size or fewer factors",
            self.model: "use fewer factors or a batch size",
            self.ratings: "use fewer ratings, or a machine with more memory",
            self.matrix: self.matrix_remedy,
        }
        return remedies[max(remedies)]


def model_bytes(rows: int, columns: int, hyper: Mapping[str, Any]) -> int:
    """Return the bytes of a model that is descended, in all its copies."""
    return rows * columns * 4 * (COPIES_OF_MODEL - (_MOMENTS if hyper.get("optimizer") == "adafactor" else 0))


def audience_factors(hyper: Mapping[str, Any]) -> int:
    """Return the factors of the audience block; 0 where there is none."""
    return int(hyper.get("audience_factors", 0)) if hyper.get("audience") else 0
