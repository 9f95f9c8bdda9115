"""All there is to say of one movie: gathered in a thread, and drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style

from mftui.data.web_ids import imdb_page, tmdb_page
from mftui.engine.recipes import RESCALED
from mftui.tables.cells import cells_of, cut
from mftui.tui.widgets.bars import Histogram, histogram, profile_lines
from mftui.tui.widgets.cells import Line, Part, wrap
from mftui.tui.widgets.panel import GAP, Panel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.engine.model.factors import Factors
    from mftui.tui.base.open_model import OpenModel

_BLOCK = 1 << 18
"""Ratings gone through at once."""
_PROFILE_ROWS = 4
_APART = 3
"""Blanks between what a film is and its links."""


@dataclass(frozen=True)
class MoviePage:
    """One movie."""

    title: str
    genres: tuple[str, ...]
    year: int | None
    n_ratings: int
    n_train: int
    """Ratings in the training part."""
    mean: float
    """NaN where there is no rating."""
    bias: float
    """b_m, in `unit`."""
    average_gives: float
    """What a user of no taste and no bias is predicted to give."""
    average_of_all: float
    """The same for a movie of no bias."""
    unit: str
    """What bias and predictions are counted in."""
    ratings: Histogram
    factors: tuple[float, ...]
    """(k,) taste factors, of all members."""
    n_members: int = 1
    tags: tuple[str, ...] = ()
    """Those of most people first."""
    imdb_id: str | None = None
    tmdb_id: int | None = None


def movie_page(model: OpenModel, movie: int) -> MoviePage:
    """Gather what is known of the movie at an index."""
    import numpy as np

    from mftui.engine.model.user_prior import everybody, movie_bias_in_stars
    from mftui.engine.recipes import unit_of

    factors, row = model.factors, model.factors.row(movie)
    start, (user, mean) = float(factors.parameters.global_bias), everybody(factors)
    biases = np.array([factors.parameters.movie_bias[movie], mean], dtype=np.float32)
    gives = factors.shown(start + user + biases)
    ratings = ratings_of_movie(factors, movie)
    return MoviePage(
        title=row.title,
        genres=tuple(row.genres),
        year=row.year,
        n_ratings=row.n_ratings,
        n_train=int(factors.movie_train_counts[movie]),
        mean=float(ratings.mean()) if len(ratings) else math.nan,
        bias=float(movie_bias_in_stars(factors, np.array([movie]))[0]),
        average_gives=float(gives[0]),
        average_of_all=float(gives[1]),
        unit=unit_of(factors.meta),
        ratings=histogram(ratings, factors.scale),
        factors=tuple(factors.parameters.movie_factors[movie].tolist()),
        n_members=factors.parameters.members,
        tags=tuple(row.tags),
        imdb_id=row.imdb_id,
        tmdb_id=row.tmdb_id,
    )


def ratings_of_movie(factors: Factors, movie: int) -> NDArray[np.float32]:
    """Return (n,) all ratings of the movie at an index."""
    import numpy as np

    history, found = factors.history, []
    for at in range(0, len(history.movies), _BLOCK):
        rows = slice(at, at + _BLOCK)
        found.append(history.ratings[rows][np.flatnonzero(history.movies[rows] == movie)])
    return np.concatenate(found) if found else np.empty(0, dtype=np.float32)


class MoviePanel(Panel[MoviePage]):
    """Draws a MoviePage."""

    def lines(self, width: int, height: int) -> Iterable[Line]:
        if (page := self.page) is None:
            yield from self.without_page(width)
            return
        text, dim = self.style("panel--text"), self.style("panel--dim")
        about = self.terminal.text(", ".join([*page.genres, str(page.year or "year unknown")]))
        links, room = self._links(page), width - cells_of(about) - _APART
        beside = links and sum(cells_of(name) for name, _ in links) <= room
        head: list[Line] = [[(self.terminal.text(page.title), self.style("panel--title"))]]
        head.append([(about, dim), *([(" " * _APART, dim), *links] if beside else [])])
        if links and not beside:
            head.append(links)
        if page.tags:
            tags = self.terminal.text(f"tags: {', '.join(page.tags)}")
            head.append([(cut(tags, width, self.terminal.glyphs.ellipsis), dim)])
        mean = "no mean" if math.isnan(page.mean) else f"mean {page.mean:.2f}"
        in_training = "" if page.n_train == page.n_ratings else f" ({page.n_train:,} in training)"
        head.append([(f"{page.n_ratings:,} ratings{in_training}, {mean}", text)])
        head += [[(line, text)] for line in wrap(self._bias(page, width), width)]
        pictures = list(self._pictures(page, width))
        yield from head
        if len(head) + len(pictures) < height:
            yield []
        yield from pictures

    def _links(self, page: MoviePage) -> list[Part]:
        """Name the film's pages on the web, as hyperlinks where the terminal may know them."""
        links = [(f"IMDb {page.imdb_id}", imdb_page(page.imdb_id))] if page.imdb_id else []
        links += [(f"TMDb {page.tmdb_id}", tmdb_page(page.tmdb_id))] if page.tmdb_id else []
        plain = self.style("panel--text")
        parts: list[Part] = []
        for name, address in links:
            style = plain + Style(link=address) if self.terminal.hyperlinks else plain
            parts += [("  ", plain), (name, style)] if parts else [(name, style)]
        return parts

    def _bias(self, page: MoviePage, width: int) -> str:
        """Describe the bias; where it is no stars, in the longest sentence that fits."""
        bias = f"bias {page.bias:+.2f}"
        if page.unit == RESCALED:
            rescaled = f"{bias} {RESCALED}, no stars"
            return next(
                (one for one in (f"{rescaled}: only the order counts", rescaled) if len(one) <= width), rescaled
            )
        return (
            f"{bias}: an average user would give it {page.average_gives:.2f}, "
            f"and an average film {page.average_of_all:.2f}"
        )

    def _pictures(self, page: MoviePage, width: int) -> Iterable[Line]:
        """Draw a histogram on the left, factors on the right."""
        left = max(16, (width - GAP) * 2 // 5)
        right = width - left - GAP
        return self.histogram_beside(page.ratings, left, self._profile(page, right) if right >= 8 else [])

    def _profile(self, page: MoviePage, width: int) -> list[Line]:
        above, below = profile_lines(page.factors, width, _PROFILE_ROWS, self.terminal)
        strongest = sorted(range(len(page.factors)), key=lambda f: -abs(page.factors[f]))[:2]
        names = ", ".join(f"#{f + 1} {page.factors[f]:+.2f}" for f in strongest)
        n, members = len(page.factors), page.n_members
        of = f", {n // members:,} in each of {members:,} members" if members > 1 else ""
        titles = (f"{n:,} factors of taste{of}, most: {names}", f"{n:,} factors of taste{of}", f"{n:,} factors{of}")
        title = next((one for one in titles if len(one) <= width), f"{n:,} factors")
        up, down = self.style("panel--bar"), self.style("panel--down")
        return [[(title, self.style("panel--dim"))], *([(t, up)] for t in above), *([(t, down)] for t in below)]
