"""Taste, audience, or both, safe or adventurous: what neighbours and lists are made by, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar, cast

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.neighbours import By, Metric
    from mftui.engine.query.recommend import Bound, Rank, Recommendations

T = TypeVar("T")

NEIGHBOURS: dict[By, str] = {
    "both": "Neighbours by both: watched by the same people, who thought the same of them.",
    "taste": "Neighbours by taste: people thought the same of them, whoever watched them.",
    "audience": "Neighbours by audience: watched, and gladly, by the same people.",
}
OwnRank = Literal["like", "watch", "both", "safe", "adventurous"]
"""The engine's rankings, and those by the ends of the interval of a predicted rating."""
ListRank = Literal[OwnRank, "taste"]
"""These, and taste alone."""
LISTS: dict[ListRank, str] = {
    "both": "Ranked by both: likely to be watched, and to be liked.",
    "like": "Ranked by like: the highest predicted ratings, seldom watched or not.",
    "watch": "Ranked by watch: what people who watch the same films watch.",
    "taste": "Ranked by taste alone: the biases of user and films left out, as in the post, but in order.",
    "safe": "Safe bets first: ranked by the low end of the bar, the least that a film may well be worth to you.",
    "adventurous": "Adventurous first: ranked by the high end of the bar, what a film may be worth with luck.",
}
_BOUNDS: dict[ListRank, Bound] = {"safe": "lower", "adventurous": "upper"}
METRICS: dict[Metric, str] = {
    "cosine": "Cosine: how much two films point the same way, however strongly.",
    "dot": "Dot product: as cosine, but strong films come first; 1 is the film itself.",
    "euclidean": "Euclidean distance: 0 is the same place; the nearest come first.",
}
ONE_BLOCK = "This model knows taste alone. Train with the field audience on to learn who watched what."


def next_by(factors: Factors, by: By | None) -> By | None:
    """The choice after `by` (None is the model's default); None where there is nothing to choose."""
    return _after(by or "both", list(NEIGHBOURS)) if factors.has_audience else None


def own_ranks(factors: Factors) -> list[OwnRank]:
    """The rankings that a model has, its default first."""
    blocks: list[OwnRank] = ["both", "like", "watch"] if factors.has_audience else ["like"]
    return [*blocks, "safe", "adventurous"] if factors.parameters.spread_of else blocks


def ranks_of(factors: Factors) -> list[ListRank]:
    """The same, of users of the data, of whom there are lists by taste alone."""
    ranks: list[ListRank] = [*own_ranks(factors)]
    ranks.insert(3 if factors.has_audience else 1, "taste")
    return ranks


def known_rank(factors: Factors, rank: ListRank | Literal[""]) -> ListRank | None:
    """The ranking that was chosen, where the model has it; None is its default."""
    return next((one for one in ranks_of(factors) if one == rank), None)


def next_rank(factors: Factors, rank: ListRank | None) -> ListRank:
    """The ranking after `rank`; None, or one that the model has not, is its default."""
    ranks = ranks_of(factors)
    return _after(rank if rank in ranks else ranks[0], ranks)


def next_own_rank(factors: Factors, rank: OwnRank) -> OwnRank:
    """The same for somebody folded in."""
    ranks = own_ranks(factors)
    return _after(rank if rank in ranks else ranks[0], ranks)


def engine_rank(rank: ListRank) -> tuple[Rank, Bound | None]:
    """What the engine calls it; taste alone is made out of like."""
    return ("like", _BOUNDS.get(rank)) if rank == "taste" or rank in _BOUNDS else (cast("Rank", rank), None)


def rank_of(listed: Recommendations) -> OwnRank:
    """What a list is ranked by."""
    return {None: listed.ranked_by, "lower": "safe", "upper": "adventurous"}[listed.bound]


def ordered(rank: ListRank) -> str:
    """For a caption."""
    return {"safe": "safe bets first", "adventurous": "adventurous first"}.get(rank, f"by {rank}")


def spread_label(factors: Factors) -> str:
    """What ± is, for a caption; "" where there is none."""
    n, of = factors.parameters.members, factors.parameters.spread_of
    return {None: "", "draws": f"+/- between {n} draws, bar 80%", "members": f"+/- spread of {n} members"}[of]


def _after(now: T, choices: list[T]) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]
