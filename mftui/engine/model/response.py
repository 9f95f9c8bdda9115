"""From logits to ratings: the links that models have. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Link = Literal["sigmoid", "linear", "probit"]
"""From logit to rating: lo + (hi - lo) · sigmoid(logit); the logit itself; the expected level of an ordered probit."""


@dataclass(frozen=True)
class Response:
    """Maps logits to ratings: an inverse link function.

    With a probit link a rating is one of some levels, and above level i where logit + noise is above cut point i. The
    noise is standard normal; `spread` is its standard deviation together with that of what is not known of the logit.
    """

    link: Link
    lo: float
    hi: float
    levels: tuple[float, ...] = ()
    """(n,) rising, of a probit link."""
    cuts: tuple[float, ...] = ()
    """(n - 1,) rising."""
    spread: float = 1.0

    @property
    def of_member(self) -> Response:
        """Return the same for the logits of one member, which are known."""
        return replace(self, spread=1.0)

    def rating(self, logits: NDArray[Any]) -> NDArray[Any]:
        """Map logits to ratings, unclipped, of the logits' type."""
        if self.link == "linear":
            return logits
        if self.link == "sigmoid":
            return np.asarray(self.lo + (self.hi - self.lo) / (1 + np.exp(-logits)), dtype=logits.dtype)
        rating = np.full(logits.shape, self.levels[0], dtype=logits.dtype)
        for cut, step in zip(self.cuts, np.diff(self.levels), strict=True):
            rating += step * normal_share((logits - cut) / self.spread)
        return rating

    def slope(self, logits: NDArray[Any]) -> NDArray[Any]:
        """Return how fast the rating grows with the logit."""
        if self.link == "linear":
            return np.ones_like(logits)
        if self.link == "sigmoid":
            share = 1 / (1 + np.exp(-logits))
            return np.asarray((self.hi - self.lo) * share * (1 - share))
        slope = np.zeros_like(logits)
        for cut, step in zip(self.cuts, np.diff(self.levels), strict=True):
            slope += step / (self.spread * np.sqrt(2 * np.pi)) * np.exp(-(((logits - cut) / self.spread) ** 2) / 2)
        return slope

    def probabilities(self, logits: NDArray[Any]) -> NDArray[np.float64]:
        """Return the (…, n) probabilities of each level, with a probit link."""
        below = normal_share((np.array(self.cuts) - np.asarray(logits, dtype=np.float64)[..., None]) / self.spread)
        ends = np.zeros((*below.shape[:-1], 1))
        return np.diff(np.concatenate([ends, below, ends + 1], axis=-1), axis=-1)


def normal_share(at: NDArray[Any]) -> NDArray[Any]:
    """Φ, the share of a standard normal distribution below `at`, to 1e-7 (Abramowitz and Stegun 1964, 26.2.17)."""
    t = 1 / (1 + 0.2316419 * np.abs(at))
    tail = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail *= np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(np.where(at < 0, tail, 1 - tail))
