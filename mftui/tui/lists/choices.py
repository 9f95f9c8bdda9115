"""Which movies are listed, and in what order: filters and sorts of the Movies and Users screens."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from mftui.api.rows import rated_order
from mftui.data.titles.years import parse_years
from mftui.errors import UsageError
from mftui.text import fold, visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.engine.model.factors import Factors
    from mftui.engine.query.approximate import Found, Search
    from mftui.engine.query.movie_filter import MovieFilter
    from mftui.engine.query.neighbours import By, Metric
    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.lists.rankings import ListRank

C = TypeVar("C", bound=Any)
MAX_LISTED = 500
"""Movies listed at most."""
MOVIE_SORTS = ("", "title", "year", "ratings", "mean", "bias")
"""By what movies can be sorted; "" is the search's own order, the best match or the most rated first."""
METRICS = {"cosine": "Cosine", "dot": "Dot", "full": "Full", "euclidean": "Dist."}
"""The metrics of neighbours, and how their scores are headed; "full" is the dot product, never reduced."""
MAX_NEIGHBOURS = 1000
MAX_RECOMMENDED = 1000
RATED_SORTS = ("rating", "model", "error", "part", "title")
"""By what a user's ratings can be sorted: the highest, the furthest off, those in the test, first."""
_ASCENDING = ("", "title")
_TAGS_NAMED = 8


def only_known(choices: C, **known: Container[str]) -> C:
    """Return the choices with the default of each field whose value is none of those that are `known`."""
    unknown = {name for name, values in known.items() if getattr(choices, name) not in values}
    return replace(choices, **{name: getattr(type(choices)(), name) for name in unknown})


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to."""

    genre: str = ""
    years: str = ""
    """As typed: "1999", "1990-1999", "1990-", "-1960"."""
    min_ratings: int = 0
    tag: str = ""

    def where(self) -> MovieFilter | None:
        """Return the filter for the engine; None where everything passes."""
        from mftui.engine.query.movie_filter import MovieFilter

        if self == Filter():
            return None
        return MovieFilter(self.genre or None, parse_years(self.years), self.min_ratings, self.tag or None)

    def valid(self) -> Filter:
        """Return this, or no filter where it makes no sense."""
        try:
            parse_years(self.years)
        except UsageError:
            return Filter()
        return self if self.min_ratings >= 0 else Filter()

    @property
    def label(self) -> str:
        """Return the text for a caption: "Drama, tag pixar, 1990-1999, 20+ ratings"; "" where everything passes."""
        tag = f"tag {self.tag}" if self.tag else ""
        few = f"{self.min_ratings:,}+ ratings" if self.min_ratings else ""
        return ", ".join(part for part in (self.genre, tag, self.years, few) if part)


@dataclass(frozen=True)
class MovieChoices:
    """What is chosen on the Movies screen, and remembered from one session to the next."""

    sort: str = ""
    reverse: bool = False
    narrowed: Filter = field(default_factory=Filter)
    metric: str = "cosine"
    neighbours: int = 50
    neighbour_ratings: int = 0
    by: By | Literal[""] = ""
    """"": the model's default."""
    search: Search | Literal[""] = ""
    """How neighbours are searched for; "": as the settings say."""

    def valid(self) -> MovieChoices:
        """Return this, without what this version does not know."""
        from mftui.engine.query.approximate import SEARCHES
        from mftui.engine.query.neighbours import BYS

        return replace(
            only_known(self, sort=MOVIE_SORTS, metric=METRICS, by=BYS, search=SEARCHES),
            narrowed=self.narrowed.valid(),
            neighbours=min(max(self.neighbours, 1), MAX_NEIGHBOURS),
            neighbour_ratings=max(self.neighbour_ratings, 0),
        )

    @property
    def measured(self) -> tuple[Metric, bool]:
        """Return the metric as the engine calls it, and whether scores are reduced where ratings are few."""
        return ("dot", False) if self.metric == "full" else (cast("Metric", self.metric), True)

    def caption(self, text: str) -> str:
        """Return the caption of what a search for `text` finds."""
        if text.strip():
            return "Results"
        return f"Movies by {self.sort}" if self.sort else "Most rated movies"

    def detail(self, arrow: str, listed: int = 0, of: int = 0) -> str:
        """Beside the caption: order, filters, and how many there are where not all are listed."""
        order = f"by {self.sort or 'match'} {arrow}" if self.sort or self.reverse else ""
        only = f"only {self.narrowed.label}" if self.narrowed.label else ""
        some = f"the first {listed:,} of {of:,}" if of > listed else ""
        return ", ".join(part for part in (order, only, some) if part)

    def searched_by(self, setting: str) -> Search:
        """Choose how neighbours are searched for; exactly where the extra is not there."""
        from mftui.engine.query.approximate import available

        return "approximate" if (self.search or setting) == "approximate" and available() else "exact"

    def near(self, by: str, back: int, found: Found | None = None) -> str:
        """Beside the caption of neighbours: how found, how many steps lead back, by which block, of which movies."""
        few = f", {self.neighbour_ratings:,}+ ratings" if self.neighbour_ratings else ""
        index = "" if found is None or found.recall is None else f"index {found.recall:.0%}, "
        return f"{index}{f'{back} back: esc, ' if back else ''}by {by}{few}"


@dataclass(frozen=True)
class UserChoices:
    """What is chosen on the Users screen, and remembered."""

    user: str = ""
    sort: str = "rating"
    reverse: bool = False
    narrowed: Filter = field(default_factory=Filter)
    many: int = 100
    rank: ListRank | Literal[""] = ""
    """"": the model's default."""

    def valid(self) -> UserChoices:
        """Return this, without what this version does not know."""
        from mftui.tui.lists.rankings import LISTS

        return replace(
            only_known(self, sort=RATED_SORTS, rank=LISTS),
            narrowed=self.narrowed.valid(),
            many=min(max(self.many, 1), MAX_RECOMMENDED),
        )


def parse_years_text(text: str) -> str:
    """Return the text itself, where it says years."""
    parse_years(text)
    return text.strip()


def parse_count(text: str) -> int:
    """Parse a whole number, 0 of "". Raises UsageError."""
    digits = text.strip().replace(",", "")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise UsageError(f"{text[:20]}: not a whole number.")
    return int(digits or 0)


def parse_search(text: str) -> Search:
    """ "exact" or "approximate", or how they begin; "exact" of "". Raises UsageError."""
    from mftui.engine.query.approximate import SEARCHES

    wanted = text.strip().casefold()
    found = next((way for way in SEARCHES if way.startswith(wanted)), None)
    if found is None:
        raise UsageError(f"{text[:20]}: no such search.", hint="exact or approximate.")
    return found


def parse_genre(text: str, genres: list[str]) -> str:
    """Return the genre that `text` is, or alone begins with it; case does not matter. Raises UsageError."""
    wanted = text.strip().casefold()
    if not wanted:
        return ""
    exact = [genre for genre in genres if genre.casefold() == wanted]
    near = exact or [genre for genre in genres if genre.casefold().startswith(wanted)]
    if len(near) != 1:
        names = ", ".join(near or genres) or "none in this data"
        raise UsageError(f"{text[:20]}: {'several genres' if near else 'no such genre'}.", hint=f"There are: {names}.")
    return near[0]


def parse_tag(text: str, tags: list[str]) -> str:
    """Return the tag that `text` is, or alone begins with it; case does not matter. Raises UsageError."""
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return ""
    near = [tag for tag in tags if tag.casefold() == wanted]
    near = near or [tag for tag in tags if tag.casefold().startswith(wanted)]
    if len(near) != 1:
        some = [visible(tag) for tag in (near or tags)[:_TAGS_NAMED]]
        names = ", ".join(some) or "none in this data"
        what = f"{len(near):,} tags begin so" if near else "no such tag"
        raise UsageError(f"{visible(text[:20])}: {what}.", hint=f"Such as: {names}.")
    return near[0]


def list_movies(model: OpenModel, text: str, choices: MovieChoices) -> tuple[NDArray[Any], int]:
    """Up to MAX_LISTED movie indices for a search, and how many there would be in all (0: not counted).

    Raises UsageError where the data has not the filter's genre or tag. Not for the event loop.
    """
    import numpy as np

    from mftui.engine.query.movie_filter import passing

    where, sort, reverse = choices.narrowed.where(), choices.sort, choices.reverse
    if where is None and not sort and not reverse:
        return model.index.search(text, limit=MAX_LISTED), 0
    found = model.index.search(text, limit=model.factors.n_movies)
    if where is not None:
        found = found[passing(model.factors, where)[found]]
    if sort:
        values = np.nan_to_num(np.asarray(_values(model, sort)[found], dtype=np.float64), nan=-np.inf)
        found = found[np.argsort(values if sort in _ASCENDING else -values, kind="stable")]
    return (found[::-1] if reverse else found)[:MAX_LISTED], len(found)


def order_of_ratings(
    factors: Factors, movies: NDArray[Any], sort: str, values: Mapping[str, Any], *, reverse: bool
) -> NDArray[Any]:
    """Return (n,) places of n ratings of these movies in an order: "title", or by `values`, the highest first.

    `values`: among them "rating" and "model", the predictions; those of equal value are in the order of `rated_order`.
    """
    import numpy as np

    if sort == "title":
        order = np.argsort(np.array([fold(factors.movies.titles[movie]) for movie in movies]), kind="stable")
    else:
        order = rated_order(values["rating"], values["model"])
        order = order[np.argsort(-values[sort][order], kind="stable")]
    return order[::-1] if reverse else order


def descending(sort: str, reverse: bool) -> bool:
    """Return whether the highest value comes first."""
    return (sort not in _ASCENDING) != reverse


def _values(model: OpenModel, sort: str) -> NDArray[Any]:
    if sort == "title":
        return model.title_places
    if sort in ("mean", "bias"):
        return model.factors.movie_means if sort == "mean" else model.factors.parameters.movie_bias
    return model.factors.movies.years if sort == "year" else model.factors.movie_counts
