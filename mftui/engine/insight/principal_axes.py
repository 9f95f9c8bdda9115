"""What a model learned, axis by axis: its factors turned to their principal axes, and what each goes with.

U·M does not change when users and movies are turned by the same rotation, so a factor has no meaning of its own.
Turned to the principal axes of the movies (the eigenvectors of their covariance), the first axis is the direction
in which movies differ most, and so on; those directions are the same whichever rotation training happened to find.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from mftui.engine.insight.traits import Trait, Traits
from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Block = Literal["taste", "audience"]
BLOCKS: tuple[Block, ...] = ("taste", "audience")
_USERS = 20_000
"""Users at most by whom axes of the audience are described."""
MIN_RATINGS = 20
"""Training ratings from which on a movie's place is told; fewer where few movies have as many."""
_MIN_MOVIES = 40
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Spread:
    """How users lie along an axis, in the model's units."""

    mean: float
    std: float
    quantiles: tuple[float, ...]
    """5, 25, 50, 75 and 95 %."""


@dataclass(frozen=True)
class Axis:
    """One principal axis."""

    number: int
    """From 1, the axis of the largest variance."""
    share: float
    """Of the variance of the movies' factors, 0 to 1."""
    logits: float
    """Root mean square of what it adds to a logit, over users and movies."""
    high: Indices
    """Movie indices at its positive end, the furthest first."""
    low: Indices
    """At its negative end."""
    traits: tuple[Trait, ...]
    """What it goes with, the surest and strongest first."""
    users: Spread

    def sure_traits(self, sign: int) -> list[Trait]:
        """Return what its positive (1) or negative (-1) end is surely known by, the strongest first. A year above the
        middle is "newer", one below it "older"."""
        return [
            replace(t, name="newer" if t.r * sign > 0 else "older") if t.kind == "year" else t
            for t in self.traits
            if t.sure and (t.kind == "year" or t.r * sign > 0)
        ]

    def ends(self, most: int = 3) -> tuple[str, str]:
        """Return what the negative and the positive end are known by; "" where nothing is sure."""
        low, high = (", ".join(trait.name for trait in self.sure_traits(sign)[:most]) for sign in (-1, 1))
        return low, high


@dataclass(frozen=True)
class Axes:
    """A model's principal axes. `movies` and `users` are the factors, turned: their products are what they were."""

    rotation: Doubles
    """(k, k) orthogonal; a column for each axis. A row of factors times it gives coordinates."""
    shares: Doubles
    """(k,) of the movies' variance, falling."""
    movies: Floats
    """(n_movies, k) coordinates; 0 for movies without training ratings."""
    users: Floats
    """(n_users, k)."""
    known: Indices
    """Movie indices that are well enough known to be told of."""
    least_ratings: int
    """Training ratings that those have at least."""
    traits: Traits

    def turned(self, rows: Floats) -> Floats:
        """Return rows of factors (n, k), such as those of a new user, as coordinates on the axes."""
        return np.asarray(rows @ self.rotation, dtype=np.float32)

    def axis(self, number: int, n: int = 8) -> Axis:
        """Return axis `number` (from 1) with up to `n` movies of each end. Raises UsageError where there is none."""
        if not 1 <= number <= len(self.shares):
            raise UsageError(f"no axis {number}.", hint=f"There are {len(self.shares)}.")
        at = number - 1
        along, users = self.movies[self.known, at], self.users[:, at].astype(np.float64)
        order = self.known[np.argsort(-along, kind="stable")]
        n = min(n, len(order) // 2)
        size = np.sqrt((users**2).mean() * (self.movies[:, at].astype(np.float64) ** 2).mean())
        return Axis(
            number,
            float(self.shares[at]),
            float(size),
            order[:n],
            order[::-1][:n],
            self.traits.of(along),
            Spread(float(users.mean()), float(users.std()), tuple(np.quantile(users, _QUANTILES).tolist())),
        )


def principal_axes(model: Factors, block: Block = "taste", *, least_ratings: int | None = None) -> Axes:
    """Return the principal axes of a block of the model.

    Parameters
    ----------
    block: "taste" or "audience"; raises UsageError where the model lacks it.
    least_ratings: training ratings of the movies that are told of; by default 20, or fewer where fewer than
        40 movies have as many.

    An axis has two directions; the positive one is that of the genre it goes with most (without genres, that
    of the movie furthest out), so that it is the same for every training.
    """
    movies, users = _block(model, block)
    counts = np.asarray(model.movie_train_counts)
    trained = counts > 0
    if trained.sum() < 2:
        raise UsageError("fewer than two movies have training ratings: there is nothing to tell apart.")
    rows = movies if trained.all() else movies[trained]
    mean = rows.mean(axis=0, dtype=np.float64)
    scatter = rows.T @ rows / np.float32(len(rows))
    values, vectors = np.linalg.eigh(scatter.astype(np.float64) - np.outer(mean, mean))
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    least = _least_ratings(counts) if least_ratings is None else least_ratings
    known = np.flatnonzero(counts >= max(least, 1))
    traits = Traits.of_movies(model, known)
    turned = np.asarray(movies @ vectors.astype(np.float32))
    signs = np.array([_sign(traits, turned[known, at]) for at in range(len(values))], dtype=np.float64)
    rotation = np.asarray(vectors * signs, dtype=np.float64)
    total = values.sum()
    return Axes(
        rotation,
        values / total if total > 0 else values,
        turned * signs.astype(np.float32),
        np.asarray(users @ rotation.astype(np.float32)),
        known,
        least,
        traits,
    )


def _block(model: Factors, block: Block) -> tuple[Floats, Floats]:
    p = model.parameters
    if block == "taste":
        return p.movie_factors, p.user_factors
    if block != "audience":
        raise UsageError(f"no block {block}.", hint=f"There are: {', '.join(BLOCKS)}.")
    if not model.has_audience:
        raise UsageError("this model has no audience factors.", hint="Train one with the field audience on.")
    some = np.unique(np.linspace(0, model.n_users - 1, _USERS).astype(np.int64))
    return model.audience.factors, model.audience.factors_of(model.audience.rows(model.history, some))


def _least_ratings(counts: NDArray[np.int32]) -> int:
    """Return 20, or what the 40th of the most rated movies has."""
    if len(counts) <= _MIN_MOVIES:
        return 1
    return int(max(1, min(MIN_RATINGS, np.partition(counts, -_MIN_MOVIES)[-_MIN_MOVIES])))


def _sign(traits: Traits, along: Floats) -> float:
    genre = traits.strongest_genre(along)
    if genre is None:
        genre = float(along[np.argmax(np.abs(along))]) if len(along) else 1.0
    return 1.0 if genre >= 0 else -1.0
