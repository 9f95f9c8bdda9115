"""Why somebody is predicted what they are for one film: gathered in a thread, drawn by ExplanationPanel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mftui.api.explanation import place_words
from mftui.engine.query.explain import explain_user
from mftui.engine.query.intervals import intervals_of_row
from mftui.engine.recipes import STARS, unit_of
from mftui.tui.lists.rankings import reason_rank

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
    """To the prediction."""
    ranked: float | None
    """To the score of its place on the list, where that is ranked by more than the prediction."""


@dataclass(frozen=True)
class Explanation:
    """One film."""

    title: str
    predicted: float
    """Clipped to the scale."""
    plus_minus: float | None
    """How far from it 90 % of ratings lie at most; None where too few ratings were held out to tell."""
    parts: tuple[tuple[str, float], ...]
    """(name, value), rounded: they add up to the prediction as it is shown."""
    reasons: tuple[Reason, ...]
    """The largest first by what ranks the list, for or against; rounded, the shares add up to the part of the
    ratings."""
    unit: str = STARS
    """What the prediction, its parts and the shares are counted in."""
    placed: tuple[str, ...] = ()
    """What adds up to its place on the list, in words; empty where that is ranked by the prediction."""
    chances: tuple[tuple[float, float], ...] = ()
    """(rating, its probability) of each step of the scale, where the model knows them."""


OWN, OTHERS = "you", "the user"
_NAMES = {"everybody": "everybody", "film": "this film", "training": "training", "limit": "end of scale"}


def why(factors: Factors, because: Because, row: UserRows, who: str = OTHERS) -> Explanation:
    """Return the explanation of the first movie, to `who` has this row: trained, or folded in."""
    at, intervals = 0, intervals_of_row(factors, row, because.movies[:1], because.predicted[:1])
    titles, place, whose = factors.movies.titles, because.place, "your" if who == OWN else "their"
    ranked = [] if place is None else place.shown_shares(at)
    parts, stars = because.shown_parts(at)
    names = _NAMES | {"user": who, "ratings": f"{whose} ratings"}
    reasons = tuple(
        Reason(
            titles[because.rated[own]],
            float(because.ratings[own]),
            stars[own],
            ranked[own] if ranked else None,
        )
        for own in because.named(at, stars, len(because.rated))
    )
    title, predicted = titles[because.movies[at]], float(because.predicted[at])
    link = factors.parameters.response
    chances = tuple(zip(link.levels, link.probabilities(because.logits[at]), strict=True)) if link.cuts else ()
    reach = None if intervals is None else float(intervals.plus_minus()[0])
    named = tuple((names[name], value) for name, value in parts.items())
    placed = () if place is None else tuple(place_words(place, at, whose))
    return Explanation(title, predicted, reach, named, reasons, unit_of(factors.meta), placed, chances)


def why_user(factors: Factors, user: RawId, movie: int, rank: ListRank) -> Explanation:
    """Why a user of the data is predicted what they are for the movie at an index, by their training ratings."""
    movies, index = np.array([movie]), factors.user_ids.index(user)
    because = explain_user(factors, index, movies, **reason_rank(rank))
    row = factors.rows_of(np.array([index]))
    return why(factors, because, row)


def in_short(factors: Factors, because: Because, at: int) -> str:
    """Return, for a cell, the own rating that speaks most for the movie's place on the list; "" where none does."""
    shares = because.shares(ranked=True)
    if not shares.shape[1]:
        return ""
    best = int(shares[at].argmax())
    if shares[at, best] < because.least:
        return ""
    return f"{because.ratings[best]:g} {factors.movies.titles[because.rated[best]]}"
