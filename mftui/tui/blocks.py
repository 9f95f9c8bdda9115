"""Taste, audience, or both: what neighbours and lists are made by, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

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
LISTS: dict[Rank, str] = {
    "both": "Ranked by both: likely to be watched, and to be liked.",
    "like": "Ranked by like: the highest predicted ratings, seldom watched or not.",
    "watch": "Ranked by watch: what people who watch the same films watch.",
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


def next_rank(factors: Factors, rank: Rank | None) -> Rank | None:
    """The ranking after `rank`, likewise."""
    return _after(rank or "both", list(LISTS)) if factors.has_audience else None


def _after(now: T, choices: list[T]) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]
