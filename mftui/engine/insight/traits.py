"""What movies are known to be (genres, decades), and how much a number that each has goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np

from mftui.engine.model.arrays import Doubles, Floats, Indices

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Kind = Literal["genre", "decade", "year"]
MIN_MOVIES = 5
"""Movies that must have a trait, and as many that must not, for it to be told of."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Trait:
    """How much an axis goes with one trait."""

    name: str
    """"Comedy", "1990s", "year"."""
    kind: Kind
    n: int
    """Movies that have it (for the year: whose year is known)."""
    r: float
    """Correlation over the well-known movies; for genre and decade with having it or not."""
    low: float
    """The 95 % confidence interval of `r`, by Fisher's z."""
    high: float
    sure: bool
    """Whether the correlation is not 0 even when so many traits are tried: with Bonferroni's correction."""


@dataclass(frozen=True)
class Traits:
    """The traits of n movies, one column each."""

    names: tuple[tuple[str, Kind], ...]
    counts: Indices
    """(t,) movies that have each."""
    columns: Doubles
    """(n, t) standardized: mean 0, sum of squares 1."""
    n: int

    @classmethod
    def of_movies(cls, model: Factors, movies: Indices) -> Traits:
        """Return genres, decades and year of the movies at these indices, without what fewer than MIN_MOVIES have."""
        genres, has_genre = model.movies.genre_table
        wide: list[tuple[str, Kind, Doubles]] = [
            (genre, "genre", has_genre[movies, at].astype(np.float64)) for at, genre in enumerate(genres)
        ]
        years = np.asarray(model.movies.years)[movies].astype(np.int64)
        for decade in np.unique(years[years > 0] // 10 * 10).tolist():
            wide.append((f"{decade}s", "decade", ((years > 0) & (years // 10 * 10 == decade)).astype(np.float64)))
        kept = [(name, kind, has) for name, kind, has in wide if MIN_MOVIES <= has.sum() <= len(movies) - MIN_MOVIES]
        counts = [int(has.sum()) for _, _, has in kept]
        if (years > 0).sum() >= MIN_MOVIES:
            known = years > 0
            kept.append(("year", "year", np.where(known, years, years[known].mean())))
            counts.append(int(known.sum()))
        columns = np.stack([has for _, _, has in kept], axis=1) if kept else np.zeros((len(movies), 0))
        names = tuple((name, kind) for name, kind, _ in kept)
        return cls(names, np.array(counts, dtype=np.int64), _standardized(columns), len(movies))

    def correlations(self, along: Floats) -> Doubles:
        """Return (t,) Pearson's r of a number of each movie (n,) with each trait."""
        return np.asarray(_standardized(along.astype(np.float64)[:, None])[:, 0] @ self.columns)

    def strongest_genre(self, along: Floats) -> float | None:
        """Return the correlation of the genre that it goes with most; None without genres."""
        genres = [at for at, (_, kind) in enumerate(self.names) if kind == "genre"]
        if not genres or self.n < 4:
            return None
        found = self.correlations(along)[genres]
        return float(found[np.argmax(np.abs(found))])

    def of(self, along: Floats) -> tuple[Trait, ...]:
        """Return what a number of each movie (n,) goes with: the sure ones first, then by strength."""
        if self.n < 4 or not self.names:
            return ()
        r = np.clip(self.correlations(along), -0.999999, 0.999999)
        z, error = np.arctanh(r), 1 / np.sqrt(self.n - 3)
        width = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
        strict = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / len(self.names)) * error
        found = [
            Trait(name, kind, int(n), float(one), float(low), float(high), bool(sure))
            for (name, kind), n, one, low, high, sure in zip(
                self.names, self.counts, r, np.tanh(z - width), np.tanh(z + width), np.abs(z) > strict, strict=True
            )
        ]
        return tuple(sorted(found, key=lambda trait: (not trait.sure, -abs(trait.r), trait.name)))


def _standardized(columns: Doubles) -> Doubles:
    centred = columns - columns.mean(axis=0) if len(columns) else columns
    return np.asarray(centred / np.maximum(np.sqrt((centred**2).sum(axis=0)), 1e-12))
