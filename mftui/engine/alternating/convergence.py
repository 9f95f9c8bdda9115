"""Whether chains agree: their predictions of the same ratings, summed up draw by draw. NumPy only."""

from __future__ import annotations

import numpy as np

from mftui.engine.model.arrays import Doubles
from mftui.engine.training.learner import Arrays


class Predictions:
    """Of n ratings by some chains: the mean of all draws that count, and how much the chains differ.

    Attributes
    ----------
    last: (chains, n) of each chain's newest draw.
    """

    def __init__(self, chains: int, n: int) -> None:
        self.last = np.zeros((chains, n))
        self._sums = np.zeros((2, chains, n))
        self._counts = np.zeros(chains, dtype=np.int64)

    def see(self, chain: int, predicted: Doubles, *, counts: bool) -> None:
        """Add the (n,) predictions of a chain's next draw. Those before the first that counts are forgotten."""
        self.last[chain] = predicted
        if counts:
            self._sums[:, chain] += predicted, predicted**2
            self._counts[chain] += 1

    def mean(self) -> Doubles:
        """Return (n,) means over the draws after burn-in; before that, of each chain's latest draw."""
        drawn = self._counts.sum()
        return np.asarray(self._sums[0].sum(0) / drawn if drawn else self.last.mean(0))

    def disagreement(self) -> float | None:
        """Return the potential scale reduction, R-hat (Gelman and Rubin 1992), below which 95 % of the predictions lie.

        1 where the chains cannot be told apart; above 1.1 they have not seen the same yet. None for one chain, or
        before each has two draws.
        """
        draws = int(self._counts.min())
        if len(self.last) < 2 or draws < 2 or not self.last.size:
            return None
        means = self._sums[0] / self._counts[:, None]
        squares = self._sums[1] / self._counts[:, None]
        within = ((squares - means**2) * draws / (draws - 1)).mean(0)
        between = means.var(0, ddof=1)
        return float(np.quantile(np.sqrt((draws - 1) / draws + between / np.maximum(within, 1e-12)), 0.95))

    def state(self) -> Arrays:
        """Copy all of it."""
        return {"valid_last": self.last.copy(), "valid_sums": self._sums.copy(), "valid_counts": self._counts.copy()}

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `state` gave."""
        self.last, self._sums, self._counts = (
            np.array(arrays[name]) for name in ("valid_last", "valid_sums", "valid_counts")
        )
