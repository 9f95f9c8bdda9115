"""How far ratings lie from their predictions, as ratings that training did not use show it. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles

SHARES = (*(round(0.025 * i, 3) for i in range(40)), 0.99, 1.0)
"""Of the errors, at which their quantiles are kept."""
TINY = 1e-3
"""Of the mean square error: variances that differ less are alike."""
Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class ErrorScale:
    """The distribution of rating less prediction for rows made in one way (trained, or folded in).

    An error has the standard deviation sqrt(noise + slope · variance of the expected rating); over it, errors have
    these quantiles, by how many ratings the user's row was made from.
    """

    noise: float
    """Variance of ratings around an expectation that is known."""
    slope: float
    """Times the variance of the expected rating."""
    counts: tuple[float, ...]
    """(n,) rising: ratings of a user for which quantiles are known."""
    within: Rows
    """(n, len(SHARES)) quantiles of the errors' sizes."""
    below: Rows
    """(n, len(SHARES)) quantiles of the errors."""

    @classmethod
    def fit(cls, errors: list[Doubles], variances: list[Doubles], counts: list[float]) -> Self:
        """Fit one to errors (rating less shown prediction) of held-out ratings, by `counts`, rising.

        `variances`: of the expected ratings. The noise is no smaller than a quarter of the mean square error, so that
        no prediction is called sure. Where all variances are alike, errors cannot show the slope: then it is 1.
        """
        squares, variance = np.concatenate(errors) ** 2, np.concatenate(variances)
        around, mean = variance - variance.mean(), float(squares.mean())
        doubt = (TINY * mean) ** 2
        slope = (float(np.mean(around * squares)) + doubt) / (float(np.mean(around**2)) + doubt)
        most = 0.75 * mean / float(variance.mean()) if variance.any() else slope
        slope = min(max(slope, 0.0), most)
        noise = max(mean - slope * float(variance.mean()), 1e-12)
        scaled = [e / np.sqrt(noise + slope * v) for e, v in zip(errors, variances, strict=True)]
        within = tuple(_quantiles(np.abs(z)) for z in scaled)
        return cls(noise, slope, tuple(map(float, counts)), within, tuple(map(_quantiles, scaled)))

    def std(self, variance: NDArray[Any]) -> Doubles:
        """Return (n,) standard deviations of ratings around predictions whose expected ratings have these variances."""
        return np.sqrt(self.noise + self.slope * np.asarray(variance, dtype=np.float64))

    def reach(self, share: float, counts: NDArray[Any]) -> Doubles:
        """Return (n,) how many of those a rating is at most from its prediction, with this probability."""
        return self._at(self.within, share, counts)

    def quantile(self, share: float, counts: NDArray[Any]) -> Doubles:
        """Return (n,) how many of those above its prediction a rating is at most, with this probability."""
        return self._at(self.below, share, counts)

    def _at(self, rows: Rows, share: float, counts: NDArray[Any]) -> Doubles:
        known = [np.interp(share, SHARES, row) for row in rows]
        return np.asarray(np.interp(np.log1p(counts), np.log1p(self.counts), known))

    @classmethod
    def of_document(cls, d: dict[str, Any]) -> Self:
        """Read what `asdict` returned. Raises LookupError, TypeError or ValueError for anything else."""
        within, below = (tuple(tuple(map(float, row)) for row in d[name]) for name in ("within", "below"))
        counts = tuple(map(float, d["counts"]))
        if not len(counts) == len(within) == len(below) or {len(row) for row in within + below} != {len(SHARES)}:
            raise ValueError("intervals do not fit together")
        return cls(float(d["noise"]), float(d["slope"]), counts, within, below)


@dataclass(frozen=True)
class HeldOutErrors:
    """What ratings that were held out of its training say of a model's errors."""

    n: int
    """Ratings that were used."""
    trained: ErrorScale
    """Of trained rows."""
    folded: ErrorScale
    """Of rows folded in."""

    @classmethod
    def of_document(cls, d: dict[str, Any]) -> Self:
        """Read what `asdict` returned. Raises LookupError, TypeError or ValueError for anything else."""
        return cls(int(d["n"]), ErrorScale.of_document(d["trained"]), ErrorScale.of_document(d["folded"]))


def _quantiles(values: Doubles) -> tuple[float, ...]:
    """Return the values that hold each of SHARES of what else may come: a little more than of these n values."""
    n = len(values)
    return tuple(np.quantile(values, [min(share * (n + 1) / n, 1.0) for share in SHARES]).tolist())
