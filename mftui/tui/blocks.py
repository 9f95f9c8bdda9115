"""Taste, audience, or both: what neighbours and lists are made by, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from mftui.engine.factors import Factors
    from mftui.engine.lists import Rank
    from mftui.engine.neighbours import By, Metric

T = TypeVar("T")

NEIGHBOURS: dict[By, str] = {
    "both": "Neighbours by both: watched by the same people, who thought the same of them.",
    "taste": "Neighbours by taste: people thought the same of them, whoever watched them.",
    "audience": "Neighbours by audience: watched, and gladly, by the same people.",
}
ListRank = Literal["like", "watch", "both", "taste"]
"""The engine's rankings, and taste alone."""
LISTS: dict[ListRank, str] = {
    "both": "Ranked by both: likely to be watched, and to be liked.",
    "like": "Ranked by like: the highest predicted ratings, seldom watched or not.",
    "watch": "Ranked by watch: what people who watch the same films watch.",
    "taste": "Ranked by taste alone: the biases of user and films left out, as in the post, but in order.",
}
METRICS: dict[Metric, str] = {
    "cosine": "Cosine: how much two films point the same way, however strongly.",
    "dot": "Dot product: as cosine, but strong films come first; 1 is the film itself.",
    "euclidean": "Euclidean distance: 0 is the same place; the nearest come first.",
}
ONE_BLOCK = "This model knows taste alone. Train with the field audience on to learn who watched what."


def next_by(factors: Factors, by: By | None) -> By | None:
    """The choice after `by` (None is the model's default); None where there is nothing to choose."""
    return _after(by or "both", list(NEIGHBOURS)) if factors.has_audience else None


def next_rank(factors: Factors, rank: ListRank | None) -> ListRank:
    """The ranking after `rank`, likewise; a model of one block has like and taste."""
    ranks: list[ListRank] = ["both", "like", "watch", "taste"] if factors.has_audience else ["like", "taste"]
    return _after(rank if rank in ranks else ranks[0], ranks)


def next_own_rank(factors: Factors, rank: Rank) -> Rank:
    """The same for somebody folded in, of whom there is no list by taste alone."""
    ranks: list[Rank] = ["both", "like", "watch"] if factors.has_audience else ["like"]
    return _after(rank if rank in ranks else ranks[0], ranks)


def _after(now: T, choices: list[T]) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]
