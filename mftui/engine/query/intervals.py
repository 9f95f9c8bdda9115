"""Where a rating will lie: one ± for all models, as wide as ratings that training did not use show that it has to be.
NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Flags, Floats
from mftui.engine.model.error_scale import ErrorScale, HeldOutErrors
from mftui.engine.query.expected import expected_std, expected_std_of
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.held_out_errors import MIN_PAIRS, has_held_out, held_out_errors
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.rows import UserRows

LEVEL = 0.9
"""How probably a rating lies within its ±, wherever one is shown."""


@dataclass(frozen=True)
class _ByRow:
    """What is known of errors, where some of n rows are of people of whom the model knows nothing."""

    trained: ErrorScale
    folded: ErrorScale
    new: Flags
    """(n,) of whom it knows nothing."""

    def std(self, variance: NDArray[Any]) -> Doubles:
        return np.where(self.new, self.folded.std(variance), self.trained.std(variance))

    def reach(self, share: float, counts: NDArray[Any]) -> Doubles:
        return np.where(self.new, self.folded.reach(share, counts), self.trained.reach(share, counts))

    def quantile(self, share: float, counts: NDArray[Any]) -> Doubles:
        return np.where(self.new, self.folded.quantile(share, counts), self.trained.quantile(share, counts))


@dataclass(frozen=True)
class RatingIntervals:
    """Where n ratings will lie."""

    predicted: Floats
    """(n,) as they are shown: within the scale."""
    std: Floats
    """(n,) standard deviation of a rating around its prediction, in rating units."""
    counts: NDArray[Any]
    """(n,) ratings that the users' rows were made from."""
    errors: ErrorScale | _ByRow
    lo: float
    hi: float
    levels: tuple[float, ...] = ()
    """The steps of the scale, where the model knows them: the ends of intervals are such steps then."""

    def plus_minus(self, share: float = LEVEL) -> Floats:
        """Return (n,) how far a rating is from its prediction at most, with this probability."""
        return np.asarray(self.errors.reach(share, self.counts) * self.std, dtype=np.float32)

    def interval(self, share: float = LEVEL) -> tuple[Floats, Floats]:
        """Return ((n,), (n,)) what lies that far below and above, within the scale; of steps, the lowest and the
        highest within, or the nearest where there is none."""
        reach = self.plus_minus(share)
        low, high = self.predicted - reach, self.predicted + reach
        if not self.levels:
            return np.clip(low, self.lo, self.hi), np.clip(high, self.lo, self.hi)
        levels = np.asarray(self.levels, dtype=np.float32)
        nearest = np.abs(levels - self.predicted[:, None]).argmin(1)
        first = np.minimum(np.searchsorted(levels, low - ROUNDING), nearest)
        final = np.maximum(np.searchsorted(levels, high + ROUNDING, side="right") - 1, nearest)
        return levels[first], levels[final]

    def quantile(self, share: float) -> Floats:
        """Return (n,) what a rating does not exceed with this probability, within the scale; of steps, such a step."""
        at = self.predicted + np.float32(self.errors.quantile(share, self.counts)) * self.std
        if self.levels:
            levels = np.asarray(self.levels, dtype=np.float32)
            at = levels[np.minimum(np.searchsorted(levels, at - ROUNDING), len(levels) - 1)]
        return np.asarray(np.clip(at, self.lo, self.hi), dtype=np.float32)


ROUNDING = 1e-5
"""Of a rating."""


def intervals_of_row(model: Factors, row: UserRows, movies: NDArray[Any], predicted: Floats) -> RatingIntervals | None:
    """Return where the ratings of n movies (indices) by one user will lie: a row, trained or folded in.

    None where too few ratings were held out to tell.

    Parameters
    ----------
    predicted: (n,) ratings by that row, clipped to the scale.
    """
    if (found := held_out_errors(model)) is None:
        return None
    if row.covariance is None and not np.any(row.counts):
        row = _nobody(model)
    errors = found.trained if row.covariance is None else found.folded
    std, counts = errors.std(expected_std(model, row, movies) ** 2), np.repeat(row.counts, len(movies))
    return _intervals(model, predicted, std, counts, errors)


def intervals_of_pairs(
    model: Factors,
    users: NDArray[Any],
    movies: NDArray[Any],
    known: tuple[Flags, Flags] | None = None,
    errors: ErrorScale | None = None,
    timestamps: NDArray[Any] | None = None,
) -> RatingIntervals:
    """Return where the ratings of n pairs of indices will lie, by the trained rows.

    Parameters
    ----------
    users, movies: (n,) indices.
    known: (n,) whether the model knows the user, and the movie; by default all. One that it does not know, or that is
        cold, could be any: as uncertain as users, or movies, differ. A user without ratings is as uncertain as people
        folded in from none were seen to be.
    errors: to go by; by default those on all ratings that were held out of the model's training.
    timestamps: (n,) of the ratings, where they are known; see `Factors.logits`.

    Raises UsageError where too few ratings were held out to tell.
    """
    variance = expected_std_of(model, users, movies, known) ** 2
    counts = model.user_train_counts[users] * (True if known is None else known[0])
    by_row: ErrorScale | _ByRow | None = errors
    if by_row is None:
        found, new = _required(model), counts == 0
        there = new & (True if known is None else known[1])
        if there.any():
            variance[there] = expected_std(model, _nobody(model), movies[there]) ** 2
        by_row = _ByRow(found.trained, found.folded, new) if new.any() else found.trained
    return _intervals(model, model.predict(users, movies, known, timestamps), by_row.std(variance), counts, by_row)


def _nobody(model: Factors) -> UserRows:
    """Return the row of somebody without ratings: what is known of their errors is known of rows folded in."""
    nothing = np.empty(0)
    return fold_in(model, nothing, nothing).row


def require_intervals(model: Factors) -> None:
    """Raise UsageError where too few ratings were held out to tell how far ratings lie from predictions."""
    if not has_held_out(model):
        raise UsageError(
            f"this run held out fewer than {MIN_PAIRS} ratings, too few to tell how far ratings lie from predictions.",
            hint="Train with a larger --test-fraction.",
        )


def _required(model: Factors) -> HeldOutErrors:
    require_intervals(model)
    found = held_out_errors(model)
    assert found is not None
    return found


def _intervals(
    model: Factors, predicted: Floats, std: NDArray[Any], counts: NDArray[Any], errors: ErrorScale | _ByRow
) -> RatingIntervals:
    scale, levels = model.scale, model.parameters.levels
    return RatingIntervals(predicted, np.asarray(std, dtype=np.float32), counts, errors, scale.lo, scale.hi, levels)
