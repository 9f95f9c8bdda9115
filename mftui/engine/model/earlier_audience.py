"""The audience block of mftui 0.1, for the runs that have it: who watches what, with a table of users. NumPy only.

Those runs open and answer as they did; somebody folded in gets the sum of their ratings' entries that comes nearest to
the row that training would have found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mftui.data.dataset import Scale
from mftui.engine.model.arrays import AnyIndices, Doubles, Floats, Indices
from mftui.engine.model.audience import Audience

if TYPE_CHECKING:
    from mftui.engine.model.history import History

_USERS = 2_000
"""Users whose rows tell how ratings and rows go together."""
_HELD = 1e-3
"""Ridge of that regression, as a share of the sums' mean square."""


@dataclass(frozen=True, eq=False)
class EarlierAudience(Audience):
    """User vectors P and movie vectors Q: P·Q is near 1 where a movie was watched and liked, and near 0 elsewhere."""

    users: Floats
    """(n_users, k), P."""
    history: History
    scale: Scale
    support: ClassVar[float] = 5.0
    taste_share: ClassVar[float] = 0.3
    like_share: ClassVar[float] = 0.2

    @property
    def table(self) -> Floats:
        """Return (n_movies, k)."""
        return self.factors

    def entries(self, movies: AnyIndices, ratings: Floats) -> Floats:
        """Return (n, k)."""
        glad = self._targets(ratings)[:, None] * self.factors[movies]
        return np.asarray(glad @ self._into_rows, dtype=np.float32)

    def rows(self, history: History, users: Indices) -> Floats:
        """Return (b, k), as they were trained."""
        return self.users[users]

    @cached_property
    def _into_rows(self) -> Doubles:
        """Return (k, k) what turns the sum of a user's movie vectors into the user's row: the least squares."""
        some = np.unique(np.linspace(0, len(self.users) - 1, _USERS).astype(np.int64))
        at, movies, ratings = self.history.trained_of(some)
        sums = np.zeros((len(some), self.factors.shape[1]))
        np.add.at(sums, at, self._targets(ratings)[:, None] * self.factors[movies])
        gram = sums.T @ sums
        gram[np.diag_indices_from(gram)] += _HELD * max(float(np.trace(gram)) / len(gram), 1e-12)
        return np.asarray(np.linalg.solve(gram, sums.T @ self.users[some]))

    def _targets(self, ratings: Floats) -> Floats:
        """Return (n,) how far up the scale each rating is: 1 for the highest, one step above 0 for the lowest."""
        lo, hi = self.scale.lo, self.scale.hi
        step = self.scale.step or (hi - lo) / 10
        return np.asarray((ratings - lo + step) / (hi - lo + step), dtype=np.float32)
