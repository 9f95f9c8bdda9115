"""Taste, audience, or both, safe or adventurous: what neighbours and lists are made by, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.neighbours import By
    from mftui.engine.query.recommend import Bound, Rank, Recommendations

T = TypeVar("T")

NEIGHBOURS: dict[By, str] = {
    "both": "Neighbours by both: watched by the same people, and rated alike.",
    "taste": "Neighbours by taste: rated alike, whoever watched them.",
    "audience": "Neighbours by audience: watched, and liked, by the same people.",
}
OwnRank = Literal["like", "watch", "both", "safe", "adventurous"]
"""The engine's rankings, and those by the ends of the interval of a predicted rating."""
ListRank = Literal[OwnRank, "taste"]
"""These, and taste alone."""
LISTS: dict[ListRank, str] = {
    "both": "Ranked by both: likely to be watched, and to be liked.",
    "like": "Ranked by like: the highest predicted rating first.",
    "watch": "Ranked by watch: what people who watch the same films watch.",
    "taste": "Ranked by taste alone: without the biases of user and films, as in the post.",
    "safe": "Safe bets first: ranked by the lower end of the interval.",
    "adventurous": "Adventurous first: ranked by the upper end of the interval.",
}
_BOUNDS: dict[ListRank, Bound] = {"safe": "lower", "adventurous": "upper"}
METRICS = {
    "cosine": "Cosine: the direction of the factors, not their length.",
    "dot": "Dot product as a share of the film's own: 1 is the film itself. Direction and length of the factors.",
    "full": "Dot product as a share of the film's own, in full as in the 2019 post: not reduced where ratings are few.",
    "euclidean": "Euclidean distance between the factors; the nearest come first.",
}
ONE_BLOCK = "This model has taste factors only. Recipes biased and bayes learn who watched what, too (audience)."


def next_by(factors: Factors, by: By | None) -> By | None:
    """Return the choice after `by` (None is the model's default); None where there is nothing to choose."""
    return next_rank(list(NEIGHBOURS), by) if factors.has_audience else None


def own_ranks(factors: Factors) -> list[OwnRank]:
    """Return the rankings that a model has, its default first."""
    from mftui.engine.query.held_out_errors import has_held_out

    blocks: list[OwnRank] = ["both", "like", "watch"] if factors.has_audience else ["like"]
    bounds = factors.parameters.members > 1 and has_held_out(factors)
    return [*blocks, "safe", "adventurous"] if bounds else blocks


def ranks_of(factors: Factors) -> list[ListRank]:
    """Return the same for users of the data, of whom there are lists by taste alone."""
    ranks: list[ListRank] = [*own_ranks(factors)]
    ranks.insert(3 if factors.has_audience else 1, "taste")
    return ranks


def known_rank(factors: Factors, rank: ListRank | Literal[""]) -> ListRank | None:
    """Return the ranking that was chosen, where the model has it; None is its default."""
    return next((one for one in ranks_of(factors) if one == rank), None)


def next_rank(ranks: list[T], rank: T | None) -> T:
    """Return the ranking after `rank`; None, or one that the model has not, is the first, its default."""
    return ranks[((ranks.index(rank) if rank in ranks else 0) + 1) % len(ranks)]


def engine_rank(rank: ListRank) -> tuple[Rank, Bound | None]:
    """Return what the engine calls it; taste alone is made out of like."""
    return ("like", _BOUNDS.get(rank)) if rank == "taste" or rank in _BOUNDS else (cast("Rank", rank), None)


def reason_rank(rank: ListRank) -> dict[str, Any]:
    """Return what `engine.query.explain` calls it."""
    engine, bound = engine_rank(rank)
    return {"rank": "taste" if rank == "taste" else engine, "bound": bound}


def by_points(rank: ListRank) -> bool:
    """Return whether a list is ranked by a score that is no rating."""
    return rank in ("both", "watch", "taste")


def rank_of(listed: Recommendations) -> OwnRank:
    """Return what a list is ranked by."""
    return {None: listed.ranked_by, "lower": "safe", "upper": "adventurous"}[listed.bound]


def ordered(rank: ListRank) -> str:
    """Return the order of a list, for a caption."""
    return {"safe": "safe bets first", "adventurous": "adventurous first"}.get(rank, f"by {rank}")


def spread_label(factors: Factors) -> str:
    """Return what ± is, for a caption; "" where there is none."""
    from mftui.engine.query.held_out_errors import has_held_out
    from mftui.engine.query.intervals import LEVEL

    return f"+/- holds {LEVEL:.0%} of ratings" if has_held_out(factors) else ""


def spread_basis(factors: Factors) -> str:
    """Return on what ± was measured, for a caption: "+/- measured on 4,000 of the 10,083 ratings held out"."""
    from mftui.engine.query.held_out_errors import measured_words

    measured = measured_words(factors)
    return f"+/- {measured}" if measured else ""
