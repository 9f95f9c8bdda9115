"""Why somebody is predicted what they are for one film: gathered in a thread, drawn by ExplanationPanel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mftui.engine.query.explain import ROUNDING, explain_user
from mftui.engine.query.intervals import expected_std
from mftui.tui.lists.rankings import engine_rank

if TYPE_CHECKING:
    from mftui.data.ids import RawId
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.rows import UserRows
    from mftui.engine.query.explain import Because
    from mftui.tui.lists.rankings import ListRank


@dataclass(frozen=True)
class Reason:
    """What one of somebody's own ratings adds."""

    title: str
    rating: float
    share: float
    """To the prediction, on the linear scale."""
    ranked: float | None
    """To its place on the list, where that is ranked by more than the prediction."""


@dataclass(frozen=True)
class Explanation:
    """One film."""

    title: str
    predicted: float
    """Clipped to the scale."""
    std: float | None
    """How far the members disagree; None where there is one."""
    terms: tuple[tuple[str, float], ...]
    """(name, value): they add up to `linear`."""
    linear: float
    reasons: tuple[Reason, ...]
    """The largest first, for or against."""
    difference: float | None = None
    """Trained less folded-in prediction, where that is more than rounding."""
    chances: tuple[tuple[float, float], ...] = ()
    """(rating, its probability) of each step of the scale, where the model knows them."""


def why(factors: Factors, because: Because, row: UserRows) -> Explanation:
    """Return the explanation of the first movie, to whom the row is: trained, or folded in."""
    at, std = 0, expected_std(factors, row, because.movies[:1])
    titles, ranked = factors.movies.titles, because.rank_contributions
    difference = because.difference()
    beyond = None if difference is None or abs(difference[at]) <= ROUNDING else float(difference[at])
    reasons = tuple(
        Reason(
            titles[because.rated[own]],
            float(because.ratings[own]),
            float(because.contributions[at, own]),
            None if ranked is None else float(ranked[at, own]),
        )
        for own in because.strongest(at, len(because.rated))
    )
    terms = (
        ("mean", because.mean),
        ("film", float(because.movie_bias[at])),
        ("user", because.user_bias),
        ("ratings", float(because.contributions[at].sum())),
    )
    title, predicted = titles[because.movies[at]], float(because.predicted[at])
    link = factors.parameters.response
    chances = tuple(zip(link.levels, link.probabilities(because.logits[at]), strict=True)) if link.cuts else ()
    linear, sure = float(because.logits[at]), None if std is None else float(std[0])
    return Explanation(title, predicted, sure, terms, linear, reasons, beyond, chances)


def why_user(factors: Factors, user: RawId, movie: int, rank: ListRank) -> Explanation:
    """Why a user of the data is predicted what they are for the movie at an index, by their training ratings."""
    movies, index = np.array([movie]), factors.user_ids.index(user)
    because = explain_user(factors, index, movies, rank=engine_rank(rank)[0])
    row = factors.rows_of(np.array([index]))
    return why(factors, because, row)


def in_short(factors: Factors, because: Because, at: int) -> str:
    """Return, for a cell, the own rating that speaks most for the movie's place on the list; "" where none does."""
    shares = because.shares(ranked=True)
    if not shares.shape[1]:
        return ""
    best = int(shares[at].argmax())
    if shares[at, best] <= 0:
        return ""
    return f"{because.ratings[best]:g} {factors.movies.titles[because.rated[best]]}"
