"""How much memory a training needs: what recipes estimate, by what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mftui.engine.compute.machine import TENSORFLOW_BYTES
from mftui.engine.training.audience_size import audience_size

RATING_BYTES = 26
"""Of one rating, in all its copies: columns, how they are put into batches, splits, evaluation."""
AUDIENCE_RATING_BYTES = 20
"""More of one rating in the audience block, where it learns from all of them in memory."""
AUDIENCE_PROGRAM_BYTES = 85 << 20
"""More that TensorFlow takes for the programs of the audience block, once those of the ratings' block are compiled."""
COPIES_OF_MODEL = 9
"""Variables, two moments, gradients, the best epoch's, what is being saved, temporaries of a step."""
_MOMENTS = 2
"""Of those, what adafactor does without."""
PART_NUMBERS = 400_000
"""Numbers of either side's rows that a CPU works on at once: 1.6 MB, several times over, stay in its caches."""
COPIES_OF_BATCH = 4
BATCHED_RATING_BYTES = 12
"""Of one rating of a batch: its user, its movie, its value."""
BATCHES_AHEAD = 4
"""Read from a file: those that wait, the one that is learned from, the one that is being read."""
STREAMED_RATING_BYTES = 6
"""Of one rating that is read from a file: which part it is in, the order that the parts were drawn in."""
CHUNK_NUMBERS = 32_000_000
"""Numbers in the normal equations that are held at once: 128 MB."""
COPIES_OF_EQUATIONS = 5
"""Sums, normal equations, their roots, temporaries of both."""
SOLVED_RATING_BYTES = 56
"""More of one rating: two sparse matrices of each side, and what they are made from."""
LATENT_RATING_BYTES = 250
"""More of one rating where latent ratings are drawn: indices to set them anew, temporaries in double precision."""
DATED_RATING_BYTES = 80
"""More of one rating where its date is learned from: its day, and sums of days, as if each rating had its own."""
COPIES_OF_DRAWS = 4
"""As they were drawn, as one wide model, what is being saved, temporaries."""
IMPLICIT_CELL_BYTES = 40
"""Of one pair of a user and a movie where who rated what is learned from: the table, its axes, temporaries."""


@dataclass(frozen=True)
class Sizes:
    """What a training is on.

    Parameters
    ----------
    whole_batches: whether batches are learned from as a whole, as on anything but one CPU.
    levels: steps of the ratings' scale; 0 where it has none, or is not known.
    features: finds the names of the features that the data has beside the ratings; None where it is not known.
    """

    n_users: int
    n_movies: int
    n_ratings: int
    whole_batches: bool = False
    levels: int = 0
    features: Callable[[], tuple[str, ...]] | None = None

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
        """Sum all of it."""
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
        """Say what to change, by what takes most."""
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


def audience_factors(sizes: Sizes, hyper: Mapping[str, Any]) -> int:
    """Return the factors of the audience block; 0 where there is none."""
    if not hyper.get("audience"):
        return 0
    return audience_size(hyper, sizes.n_ratings, sizes.n_users, sizes.n_movies).factors


def minibatch_estimate(
    sizes: Sizes, hyper: Mapping[str, Any], batch_size: int, *, adds_up: bool = False
) -> MemoryEstimate:
    """Estimate a training by mini-batches, with its audience block; `adds_up` as in the recipe's `Objective`."""
    members, audience, n = int(hyper.get("members", 1)), audience_factors(sizes, hyper), sizes.n_ratings
    width, batch = int(hyper["factors"]) * members, min(n, batch_size)
    part = max(1, min(batch, PART_NUMBERS // (width + members))) if adds_up and not sizes.whole_batches else batch
    batch_bytes = part * max(width + 1, audience) * 4 * COPIES_OF_BATCH + batch * BATCHED_RATING_BYTES
    of_audience = AUDIENCE_RATING_BYTES if audience else 0
    streamed = (batch_bytes + batch * BATCHED_RATING_BYTES * BATCHES_AHEAD, n * STREAMED_RATING_BYTES)
    return MemoryEstimate(
        model=model_bytes(sizes.rows, width + 1, hyper) + model_bytes(sizes.n_movies, audience, hyper),
        batch=batch_bytes,
        ratings=n * (RATING_BYTES + of_audience),
        base=TENSORFLOW_BYTES + (AUDIENCE_PROGRAM_BYTES if audience else 0),
        sizes=sizes,
        factors=width + audience,
        streamed=streamed if "memory" in hyper else None,
    )


def rows_estimate(sizes: Sizes, hyper: Mapping[str, Any], kept_draws: int = 0) -> MemoryEstimate:
    """Estimate a training that solves or draws the rows of each side in turn, with its audience block."""
    width, audience = int(hyper["factors"]) + 1, audience_factors(sizes, hyper)
    features, ordinal = str(hyper.get("features", "")).split(","), hyper.get("likelihood") == "ordinal"
    each = RATING_BYTES + SOLVED_RATING_BYTES
    each += (AUDIENCE_RATING_BYTES if audience else 0) + (LATENT_RATING_BYTES if ordinal else 0)
    each += DATED_RATING_BYTES if "date" in features else 0
    draws = 4 * sizes.rows * width * kept_draws * COPIES_OF_DRAWS
    return MemoryEstimate(
        model=model_bytes(sizes.rows, width, hyper) + model_bytes(sizes.n_movies, audience, hyper) + draws,
        batch=min(max(sizes.n_users, sizes.n_movies) * width**2, CHUNK_NUMBERS) * 4 * COPIES_OF_EQUATIONS,
        ratings=sizes.n_ratings * each,
        base=TENSORFLOW_BYTES + (AUDIENCE_PROGRAM_BYTES if audience else 0),
        sizes=sizes,
        factors=width - 1 + audience,
        matrix=sizes.n_users * sizes.n_movies * IMPLICIT_CELL_BYTES if "implicit" in features else 0,
        matrix_remedy="leave implicit out of the features",
    )
