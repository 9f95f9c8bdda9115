"""How a film comes to its place on a list that is ranked by more than the predicted rating. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.query.recommend import Bound, Rank, best_rank, like_part, list_scores, reach

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.rows import UserRows
    from mftui.engine.query.fold_in import FoldedIn

STAR_DIGITS, POINT_DIGITS = 2, 3
"""Decimals that are shown of a rating, and of a score."""
ListedBy = Rank | Literal["taste"]
"""The engine's rankings, and the product of factors alone."""


@dataclass(frozen=True)
class Place:
    """What the scores of m films are made of, by which a list is ranked.

    In this order, as far as they are parts of the score: "predicted", the rating as it is shown; "limit", what of it
    lies beyond the scale; "reach", from there to an end of its interval; "usual", because most people watch the film;
    "ratings", what the person's own ratings add; "liked", what the predicted rating adds; "training", what training
    found beyond their ratings; "less_seen", what less-seen films gain.
    """

    parts: dict[str, Doubles]
    """(m,) each; they add up to the score."""
    shares: Doubles | None
    """(m, n) what each own rating adds to the part "ratings", through who watches what and through genres; None where
    the list is ranked by nothing but what the ratings add to the prediction."""
    in_stars: bool
    """Whether the score is a rating; otherwise it is a number of points."""

    @property
    def digits(self) -> int:
        """Return how many decimals are shown."""
        return STAR_DIGITS if self.in_stars else POINT_DIGITS

    def of(self, at: int) -> dict[str, float]:
        """Return what adds up to the score of film `at`."""
        return {name: float(part[at]) for name, part in self.parts.items()}

    def score(self, at: int) -> float:
        """Return the score of film `at`."""
        return sum(self.of(at).values())

    def shown(self, at: int) -> tuple[dict[str, float], float]:
        """Return the same and the score, rounded so that what is shown adds up to it; parts that are too small to be
        shown are left out, but the first."""
        parts, total = self.of(at), round(self.score(at), self.digits)
        first = next(iter(parts))
        parts = {name: x for name, x in parts.items() if name == first or abs(x) >= 0.5 * 10**-self.digits}
        start = round(parts.pop(first), self.digits)
        if not parts:
            return {first: total}, total
        rest = rounded([*parts.values()], total - start, self.digits)
        return {first: start} | dict(zip(parts, rest, strict=True)), total

    def shown_shares(self, at: int) -> list[float]:
        """Return what each own rating adds to the part "ratings" of film `at`, rounded so that they add up to it as it
        is shown; none where no rating adds to it."""
        if self.shares is None:
            return []
        return rounded(self.shares[at].tolist(), self.shown(at)[0].get("ratings", 0.0), self.digits)


def place_of(
    model: Factors,
    person: FoldedIn,
    row: UserRows,
    movies: Indices,
    logits: NDArray[Any],
    linear_shares: Doubles,
    *,
    rank: ListedBy | None = None,
    bound: Bound | None = None,
    discover: float = 0.0,
) -> Place | None:
    """Return how some movies come to their places; None where the list is ranked by the predicted rating alone.

    Parameters
    ----------
    row: what predicts: the trained one, or `person`'s.
    movies: (m,) indices.
    logits: (m,) by that row.
    linear_shares: (m, n) what each own rating adds to them.
    rank, bound, discover: as for `recommend`.

    Raises UsageError for a ranking that the model lacks.
    """
    if rank == "taste":
        scores = model.parameters.movie_factors[movies].astype(np.float64) @ row.factors[0]
        of_ratings = linear_shares.sum(1)
        return Place({"ratings": of_ratings, "training": scores - of_ratings}, None, in_stars=False)
    rank = best_rank(model, rank, bound)
    if rank == "like" and bound is None and not discover:
        return None
    parts: dict[str, Doubles] = {}
    shares, ratings = None, model.to_rating(np.asarray(logits, dtype=np.float32))
    clipped = model.shown(np.asarray(logits, dtype=np.float32))
    to_end = np.zeros(len(movies), dtype=np.float32) if bound is None else reach(model, row, movies, clipped, bound)
    if rank != "like":
        table = np.asarray(model.audience.table[movies], dtype=np.float64)
        shares = table @ model.audience.entries(person.movies, person.ratings).T
        parts = {"usual": table @ model.audience.usual(len(person.movies)), "ratings": shares.sum(1)}
    if rank == "both":
        parts["liked"] = _doubles(like_part(model, ratings))
        parts["reach"] = _doubles(like_part(model, ratings + to_end)) - parts["liked"]
    elif bound is not None:
        parts = {"predicted": _doubles(clipped), "limit": _doubles(ratings - clipped), "reach": _doubles(to_end)}
    elif rank == "like":
        parts["liked"] = _doubles(logits)
    if discover:
        scores = _doubles(list_scores(model, row, rank, discover=discover, bound=bound)[0][movies])
        parts["less_seen"] = scores - sum(parts.values())
    return Place(parts, shares, in_stars=rank == "like" and not discover)


def _doubles(values: Floats | NDArray[Any]) -> Doubles:
    return np.asarray(values, dtype=np.float64)


def rounded(values: Sequence[float], total: float, digits: int = STAR_DIGITS) -> list[float]:
    """Round values to `digits` decimals, so that they add up to `total` as it is rounded: those that are furthest from
    their rounding are rounded the other way."""
    unit = 10**digits
    exact = np.asarray(values, dtype=np.float64) * unit
    near = np.floor(exact + 0.5)
    missing = round(round(total, digits) * unit) - int(near.sum())
    order = np.argsort(-np.sign(missing) * (exact - near), kind="stable")
    for step in range(abs(missing) if len(exact) else 0):
        near[order[step % len(order)]] += np.sign(missing)
    return [float(value) / unit + 0.0 for value in near]
