"""All there is to say of one user: gathered in a thread, and drawn; and the table of their ratings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mftui.engine.recipes import STARS
from mftui.tables.captions import whole_parts
from mftui.tui.lists.choices import UserChoices, order_of_ratings
from mftui.tui.lists.rankings import ListRank, engine_rank, known_rank, rank_of
from mftui.tui.lists.rows import FOR_EXPORT, TITLE, LazyRows, alike, error_cell, export_cells, number_cell
from mftui.tui.widgets.bars import Histogram, histogram, scatter_lines
from mftui.tui.widgets.cells import Line
from mftui.tui.widgets.columns import Cell, Column, Mark, Rows
from mftui.tui.widgets.panel import GAP, Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.api.two_models.answers import Answer, Models
    from mftui.data.dataset import Scale
    from mftui.data.ids import RawId
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.history import UserHistory
    from mftui.engine.query.movie_filter import MovieFilter
    from mftui.engine.query.recommend import Recommendations

RATED_COLUMNS = (
    TITLE,
    Column("Rating", 6, right=True),
    Column("Model", 5, right=True),
    Column("Error", 6, right=True),
    Column("Part", 4),
    *FOR_EXPORT,
)
_SIMILAR = 50
_LIKED = 6
_ALIKE = 8
_HEAD = 5
"""Lines above the pictures."""
_SCATTER = (30, 7)
"""Columns and rows of what is predicted over what was given."""
_DOUBT = 5.0
"""A genre's mean is pulled towards the user's own as if by so many ratings of it."""


@dataclass(frozen=True)
class UserPage:
    """One user."""

    user: RawId
    index: int
    mean: float
    """NaN where there is no rating."""
    bias: float
    """b_u, in `unit`."""
    unit: str
    """What bias and predictions are counted in."""
    rmse: str
    """As text, of each part (test, training) that has ratings."""
    rated: UserHistory
    predicted: NDArray[Any]
    """(n_ratings,) predictions for `rated`."""
    scale: Scale
    histogram: Histogram
    likes: tuple[tuple[str, float, int], ...]
    """(genre, mean rating, number of ratings), the best liked first."""
    similar: tuple[tuple[RawId, float], ...]
    """(user, cosine), the nearest first."""
    recommended: Recommendations
    ranked_by: ListRank

    @property
    def errors(self) -> NDArray[Any]:
        """Return (n_ratings,) prediction minus rating."""
        return self.predicted - self.rated.ratings


def user_page(
    factors: Factors, user: RawId, n: int = 100, *, rank: ListRank | None = None, where: MovieFilter | None = None
) -> UserPage:
    """Collect all about one user. Raises UnknownId, naming the nearest known ids; UsageError for an unknown genre."""
    import numpy as np

    from mftui.engine.evaluation.measures import rmse
    from mftui.engine.model.user_prior import user_bias_in_stars
    from mftui.engine.query.neighbours import similar_users
    from mftui.engine.recipes import unit_of

    index = factors.user_ids.index(user)
    history = factors.history.of_user(index)
    predicted = factors.predict(np.full(len(history), index), history.movies)
    parts = {"test": history.held_out, "training": ~history.held_out}
    users, cosines = similar_users(factors, index, _SIMILAR)
    recommended = _listed(factors, index, n, rank, where)
    return UserPage(
        user=factors.user_ids.raw(index),
        index=index,
        mean=float(history.ratings.mean()) if len(history) else math.nan,
        bias=float(user_bias_in_stars(factors, np.array([index]))[0]),
        unit=unit_of(factors.meta),
        rmse=", ".join(
            f"{rmse(predicted[rows], history.ratings[rows]):.3f} {part}" for part, rows in parts.items() if rows.any()
        ),
        rated=history,
        predicted=predicted,
        scale=factors.scale,
        histogram=histogram(history.ratings, factors.scale),
        likes=_likes(factors, history),
        similar=tuple(zip(factors.user_ids.raws(users), cosines.tolist(), strict=True)),
        recommended=recommended,
        ranked_by="taste" if rank == "taste" else rank_of(recommended),
    )


def order_of(factors: Factors, page: UserPage, sort: str, *, reverse: bool) -> NDArray[Any]:
    """Return the places of the user's ratings in the order of `sort`, one of lists.choices.RATED_SORTS."""
    rated = page.rated
    values = {"rating": rated.ratings, "model": page.predicted, "error": abs(page.errors), "part": rated.held_out * 1}
    return order_of_ratings(factors, rated.movies, sort, values, reverse=reverse)


@dataclass(frozen=True)
class Both:
    """One user as two models see them."""

    page: UserPage
    """Of the first."""
    rated: Answer
    listed: Answer
    notes: tuple[str, ...]
    """What is to be known of both lists."""


def user_in_both(models: Models, user: RawId, choices: UserChoices) -> Both:
    """Collect what two models say of a user. Raises UnknownId where the first does not know them."""
    from mftui.api.two_models.answers import known_id, rated_in_both, recommended_by_both, user_notes

    factors, where = models[0], choices.narrowed.where()
    page = user_page(factors, user, choices.many, rank=known_rank(factors, choices.rank), where=where)
    known = known_id((factors.user_ids, models[1].user_ids), page.user)
    second = None
    if known[1] is not None:
        second = _listed(models[1], known[1], choices.many, known_rank(models[1], choices.rank), where)
    rated, listed = rated_in_both(models, known), recommended_by_both(models, (page.recommended, second))
    notes = dict.fromkeys((*user_notes(known, page.user), *listed.notes, *rated.notes))
    return Both(page, rated, listed, tuple(notes))


def _listed(factors: Factors, index: int, n: int, rank: ListRank | None, where: MovieFilter | None) -> Recommendations:
    """Recommend to the user at an index, by any of the rankings that there are for users of the data."""
    from mftui.engine.query.recommend import recommend

    if rank == "taste":
        return _taste_alone(factors, index, n, where)
    engine, bound = (None, None) if rank is None else engine_rank(rank)
    return recommend(factors, index, n, rank=engine, where=where, bound=bound)


def rated_rows(factors: Factors, page: UserPage, order: NDArray[Any]) -> Rows:
    """Return title, rating, prediction, error, part of a user's ratings at these places of the page."""
    errors = page.errors

    def row(i: int) -> Sequence[Cell]:
        at = order[i]
        movie, cold = factors.row(page.rated.movies[at]), factors.cold_movies[page.rated.movies[at]]
        held_out = Mark("cold" if cold else "test" if page.rated.held_out[at] else "", "bad" if cold else "strong")
        numbers = number_cell(page.rated.ratings[at], "g"), number_cell(page.predicted[at], ".2f")
        return (movie.title, *numbers, error_cell(errors[at]), held_out, *export_cells(movie))

    return LazyRows(len(order), row)


def _taste_alone(factors: Factors, user: int, n: int, where: MovieFilter | None) -> Recommendations:
    """Recommend by the product of factors alone: b_u, b_m and the mean left out."""
    import numpy as np

    from mftui.engine.query.recommend import recommend

    everything = recommend(factors, user, factors.n_movies, rank="like", where=where)
    p = factors.parameters
    scores = p.movie_factors[everything.movies] @ p.user_factors[user]
    best = np.argsort(-scores, kind="stable")[:n]
    return replace(
        everything.select(best), scores=scores[best], note=recommend(factors, user, n, rank="like", where=where).note
    )


def _likes(factors: Factors, history: UserHistory) -> tuple[tuple[str, float, int], ...]:
    given: dict[str, list[float]] = {}
    for movie, rating in zip(history.movies.tolist(), history.ratings.tolist(), strict=True):
        for genre in factors.movies.genres_of(movie):
            given.setdefault(genre, []).append(rating)
    mean = float(history.ratings.mean()) if len(history) else 0.0

    def liking(genre: str) -> float:
        ratings = given[genre]
        return (sum(ratings) - mean * len(ratings)) / (len(ratings) + _DOUBT)

    best = sorted(given, key=lambda genre: (-liking(genre), genre))[:_LIKED]
    return tuple((genre, sum(given[genre]) / len(given[genre]), len(given[genre])) for genre in best)


class UserPanel(Panel[UserPage]):
    """Draws a UserPage, but for its tables."""

    def lines(self, width: int, height: int) -> Iterable[Line]:
        if (page := self.page) is None:
            yield from self.without_page(width)
            return
        text, dim = self.style("panel--text"), self.style("panel--dim")
        mean = "no mean" if math.isnan(page.mean) else f"mean {page.mean:.2f}"
        unit = "" if page.unit == STARS else f" {page.unit}, no stars"
        yield [(self.terminal.text(f"User {page.user}"), self.style("panel--title"))]
        yield [(f"{len(page.rated):,} ratings, {mean}, bias {page.bias:+.2f}{unit}", text)]
        likes = ", ".join(
            f"{genre} {mean:.1f} ({n:,}{'' if at else ' rated'})" for at, (genre, mean, n) in enumerate(page.likes)
        )
        for name, what in (("RMSE   ", page.rmse), ("likes  ", likes), ("alike  ", alike(page.similar[:_ALIKE]))):
            told = whole_parts(self.terminal.text(what), width - len(name))
            yield [(name, dim), (told, text)]
        pictures = list(self._pictures(page, width))
        if _HEAD + len(pictures) < height:
            yield []
        yield from pictures

    def _pictures(self, page: UserPage, width: int) -> Iterable[Line]:
        """Draw a histogram on the left, scatter on the right."""
        left = max(16, (width - GAP) // 2)
        columns, rows = min(_SCATTER[0], width - left - GAP - 6), _SCATTER[1]
        return self.histogram_beside(page.histogram, left, self._scatter(page, columns, rows) if columns >= 10 else [])

    def _scatter(self, page: UserPage, columns: int, rows: int) -> list[Line]:
        dim, points, glyphs = self.style("panel--dim"), self.style("panel--bar"), self.terminal.glyphs
        lo, hi = page.scale.lo, page.scale.hi
        drawn = scatter_lines(
            page.rated.ratings.tolist(), page.predicted.tolist(), lo, hi, columns, rows, self.terminal
        )
        labels = {0: f"{hi:g}", rows - 1: f"{lo:g}"}
        lines: list[Line] = [[("model over rating", dim)]]
        for i, line in enumerate(drawn):
            lines.append([(f"{labels.get(i, ''):>4} {glyphs.axis}", dim), (line, points)])
        lines.append([(f"     {glyphs.corner}{glyphs.dash * columns}", dim)])
        lines.append([(f"      {lo:g}{f'{hi:g}':>{max(1, columns - len(f'{lo:g}'))}}", dim)])
        return lines
