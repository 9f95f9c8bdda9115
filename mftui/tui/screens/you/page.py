"""All that the You screen shows beside one's own ratings: gathered in threads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from mftui.engine.query.explain import Because, explain
from mftui.engine.query.fold_in import FoldedIn, fold_in
from mftui.engine.query.neighbours import users_near
from mftui.engine.query.recommend import Recommendations, best_rank, logits_of, recommend_newcomer
from mftui.engine.query.suggest import Suggestions, suggest
from mftui.tui.lists.choices import MAX_RECOMMENDED, Filter, only_known, order_of_ratings
from mftui.tui.lists.explanation import OWN, Explanation, why
from mftui.tui.lists.rankings import OwnRank, engine_rank, own_ranks, reason_rank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.ids import RawId
    from mftui.engine.insight.principal_axes import Axes
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.rows import UserRows
    from mftui.tui.screens.you.ratings import ProfileRatings

PROFILE_SORTS = ("newest", "rating", "model", "error", "title")
"""By what one's own ratings can be sorted."""
VIEWS = ("next", "rated")
"""What is listed on the left: what to rate next, or one's own ratings."""
SUGGESTED = 20
_ALIKE = 6
_AXES = 3


@dataclass(frozen=True)
class YouChoices:
    """What is chosen on the You screen, and remembered."""

    view: str = "next"
    sort: str = "newest"
    reverse: bool = False
    narrowed: Filter = field(default_factory=Filter)
    many: int = 100
    rank: OwnRank | Literal[""] = ""
    """"": the model's default."""

    def valid(self) -> YouChoices:
        """Return these choices, with defaults for what this version does not know."""
        return replace(
            only_known(self, view=VIEWS, sort=PROFILE_SORTS, rank=get_args(OwnRank)),
            narrowed=self.narrowed.valid(),
            many=min(max(self.many, 1), MAX_RECOMMENDED),
        )

    def rank_for(self, factors: Factors) -> OwnRank:
        """Choose what a list of this model is ranked by."""
        return self.rank if self.rank and self.rank in own_ranks(factors) else best_rank(factors, None)


@dataclass(frozen=True)
class YouList:
    """Somebody folded in from their ratings, and what is recommended to them."""

    given: ProfileRatings
    person: FoldedIn
    fitted: NDArray[Any]
    """(n,) what is predicted of one's own ratings."""
    recommended: Recommendations
    because: Because | None
    """Of the movies that are recommended; None where nothing is rated."""

    @property
    def errors(self) -> NDArray[Any]:
        """Return (n,) prediction minus rating."""
        return self.fitted - self.given.ratings


@dataclass(frozen=True)
class About:
    """What takes a moment longer."""

    suggested: Suggestions
    alike: tuple[tuple[RawId, float], ...]
    """(user, cosine), the nearest first; none where nothing is rated."""


def you_list(factors: Factors, given: ProfileRatings, choices: YouChoices) -> YouList:
    """Recommend movies for one's own ratings. Raises UsageError for a genre that the data does not have."""
    rank, bound = engine_rank(choices.rank_for(factors))
    person, where = fold_in(factors, given.movies, given.ratings), choices.narrowed.where()
    unwanted = np.array(sorted(given.not_interested), dtype=np.int64)
    listed = recommend_newcomer(factors, person, choices.many, rank=rank, where=where, bound=bound, leave_out=unwanted)
    because = explain(factors, person, listed.movies, rank=rank, bound=bound) if len(given) else None
    return YouList(given, person, predicted_of(factors, person.row, given.movies), listed, because)


def about(factors: Factors, now: YouList, choices: YouChoices) -> About:
    """Find what to rate next, and the users most alike."""
    skipped = np.array(sorted(now.given.not_seen | now.given.not_interested), dtype=np.int64)
    suggested = suggest(factors, now.person, SUGGESTED, skipped=skipped, where=choices.narrowed.where())
    if not len(now.given):
        return About(suggested, ())
    users, cosines = users_near(factors, now.person.row, _ALIKE)
    return About(suggested, tuple(zip(factors.user_ids.raws(users), cosines.tolist(), strict=True)))


def predicted_of(factors: Factors, row: UserRows, movies: NDArray[Any]) -> NDArray[np.float32]:
    """Return (n,) predicted ratings of n movies (indices) for one row, clipped to the scale."""
    return factors.shown(logits_of(factors, row, movies))


def why_you(factors: Factors, now: YouList, movie: int, rank: OwnRank) -> Explanation:
    """Explain why the movie at an index is predicted what it is, and comes where on a list ranked by `rank`."""
    ranked = reason_rank("like" if movie in now.person.movies else rank)
    because = explain(factors, now.person, np.array([movie]), **ranked)
    return why(factors, because, now.person.row, OWN)


def profile_order(factors: Factors, now: YouList, sort: str, *, reverse: bool) -> NDArray[np.int64]:
    """Return (n,) places of one's own ratings in the order of `sort`, one of PROFILE_SORTS."""
    given, newest = now.given, np.arange(len(now.given))
    values = {"newest": newest, "rating": given.ratings, "model": now.fitted, "error": abs(now.errors)}
    return order_of_ratings(factors, given.movies, sort, values, reverse=reverse)


@dataclass(frozen=True)
class Compass:
    """The first axes of a model, with what their ends are known by: made once for each model."""

    axes: Axes
    ends: tuple[tuple[str, str], ...]
    """(negative end, positive end) of each of the first."""

    def places(self, row: UserRows) -> tuple[str, ...]:
        """Describe in words where somebody stands on each of the first axes."""
        return tuple(self._place(at, row) for at in range(len(self.ends)))

    def _place(self, at: int, row: UserRows) -> str:
        users = self.axes.users[:, at]
        along = float(self.axes.turned(row.factors)[0, at])
        share = float((users < along).mean())
        low, high = self.ends[at]
        towards, beyond = (high, share) if share >= 0.5 else (low, 1 - share)
        end = towards.replace(", ", "/") or f"the {'+' if share >= 0.5 else '-'} end"
        return f"axis {at + 1}: nearer {end} than {beyond:.0%} of users"


def compass(factors: Factors) -> Compass:
    """Find the first axes. Raises UsageError if the model has none. Not for the event loop: it can take a second."""
    from mftui.engine.insight.principal_axes import principal_axes

    axes = principal_axes(factors)
    first = range(1, min(_AXES, len(axes.shares)) + 1)
    return Compass(axes, tuple(axes.axis(number, 1).ends(2) for number in first))
