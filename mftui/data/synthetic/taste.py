"""The planted model of taste from which synthetic ratings are drawn.

Every user u has tastes t_u and every movie m a position x_m on a few axes, and

    like(u, m)  = t_u · x_m + f_u · g_m + d(u, series of m)        t_u ~ N(0, TASTE_SD²) on each axis
    score(u, m) = BASE + harshness_u + quality_m + like(u, m)      harshness_u ~ N(0, HARSHNESS_SD²)
    rating      = score + N(0, NOISE_SD²), rounded to half stars and cut to 0.5 … 5

f_u ~ N(0, GENRE_SD²) is how fond user u is of each genre, g_m which genres movie m has (a row of length 1), and
d ~ N(0, DEVOTION_SD²) how devoted the user is to a film series. Only the sample has these two, its films being real;
there they draw people to films more strongly than PULL says.

Who rates what is no accident either: user u rates n_u movies, drawn without replacement with

    P(u rates m) ∝ fame_m · exp(PULL · like(u, m))

where both n_u and fame_m are long-tailed: people watch what everybody watches, and what they like.
The best prediction that anyone could make is the mean rating given the score (`Stars.expected`);
its error is the noise floor, in which rounding is included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BASE = 3.05
"""Score of the average user for the average movie, before people choose what they like."""
HARSHNESS_SD = 0.38
QUALITY_SD = 0.45
TASTE_SD = 0.30
"""On each axis, with positions of standard deviation 1 over the movies."""
GENRE_SD = 0.20
DEVOTION_SD = 0.40
NOISE_SD = 0.68
PULL = 0.8
FEWEST = 20
"""Ratings that every user makes at least, as in MovieLens."""


class StableRandom:
    """Random numbers made from the raw stream of a bit generator alone.

    NumPy keeps raw streams the same for ever, which it does not promise of `Generator`'s
    distributions; the sample is compared byte for byte, so it draws from here.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int) -> Floats:
        """Draw numbers in (0, 1), of the given shape."""
        raw = self._bits.random_raw(math.prod(shape))
        high = (np.asarray(raw, dtype=np.uint64) >> np.uint64(12)).astype(np.float64)
        return (high.reshape(shape) + 0.5) * 2.0**-52

    def normal(self, *shape: int) -> Floats:
        """Draw standard normal numbers, by Box and Muller."""
        radius = np.sqrt(-2 * np.log(self.uniform(*shape)))
        return np.asarray(radius * np.cos(2 * np.pi * self.uniform(*shape)))

    def gumbel(self, *shape: int) -> Floats:
        """Draw standard Gumbel numbers: the n largest of log-weight + Gumbel are n draws without replacement."""
        return np.asarray(-np.log(-np.log(self.uniform(*shape))))


@dataclass(frozen=True)
class Stars:
    """A rating scale in equal steps, and what rounding to it does to noisy scores."""

    lo: float = 0.5
    hi: float = 5.0
    step: float = 0.5
    noise_sd: float = NOISE_SD

    @property
    def levels(self) -> Floats:
        """Return all possible ratings, ascending."""
        return np.linspace(self.lo, self.hi, round((self.hi - self.lo) / self.step) + 1)

    def codes(self, noisy: Floats) -> NDArray[np.int64]:
        """Return noisy scores as indices into `levels`, same shape."""
        nearest = np.rint((noisy - self.lo) / self.step)
        return np.clip(nearest, 0, len(self.levels) - 1).astype(np.int64)

    def expected(self, scores: Floats) -> Floats:
        """Return the mean rating for each score before noise: what a perfect model predicts, same shape."""
        grid, means = self._curve
        return np.interp(scores, grid, means)

    @cached_property
    def _curve(self) -> tuple[Floats, Floats]:
        """Compute the mean rating over a fine grid of scores: lo + step · Σ P(score + noise above each border)."""
        reach = 5 * self.noise_sd
        grid = np.arange(self.lo - reach, self.hi + reach, 0.01)
        borders = self.levels[:-1] + self.step / 2
        z = (grid[:, None] - borders) / (self.noise_sd * math.sqrt(2))
        above = np.array([[(1 + math.erf(v)) / 2 for v in row] for row in z.tolist()])
        return grid, self.lo + self.step * above.sum(axis=1)


def shares(total: int, weights: Floats, *, fewest: int, most: int) -> NDArray[np.int64]:
    """Part `total` into integers (n,) in proportion to `weights`, each from `fewest` to `most`.

    Needs n · fewest <= total <= n · most.
    """
    n = len(weights)
    parts = np.full(n, float(fewest))
    for _ in range(60):
        room = most - parts
        left = total - parts.sum()
        if left < 0.5:
            break
        free = np.where(room > 0, weights, 0)
        parts += np.minimum(room, left * free / free.sum())
    counts = np.floor(parts + 1e-9).astype(np.int64)
    short = total - int(counts.sum())
    order = np.argsort(counts - parts, kind="stable")
    while short > 0:
        open_ = order[counts[order] < most][:short]
        counts[open_] += 1
        short -= len(open_)
    return counts
