"""A movie's page: genres, ratings and their histogram, mean beside bias, factors as bars."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mftui.tui.screens.movies.page import MoviePage
from mftui.tui.widgets.bars import profile_lines
from mftui.tui.widgets.cells import Line
from mftui.tui.widgets.panel import GAP, Panel

_PROFILE_ROWS = 4


class MoviePanel(Panel[MoviePage]):
    """Draws a MoviePage."""

    def page_lines(self, page: MoviePage, width: int, height: int) -> Iterable[Line]:
        text, dim = self.style("panel--text"), self.style("panel--dim")
        yield [(self.look.text(page.title), self.style("panel--title"))]
        about = ", ".join([*page.genres, str(page.year or "year unknown")])
        yield [(self.look.text(about), dim)]
        mean = "no mean" if math.isnan(page.mean) else f"mean {page.mean:.2f}"
        in_training = "" if page.n_train == page.n_ratings else f" ({page.n_train:,} in training)"
        yield [(f"{page.n_ratings:,} ratings{in_training}, {mean}", text)]
        yield [(self._bias(page, width), text)]
        yield []
        yield from self._pictures(page, width)

    def _bias(self, page: MoviePage, width: int) -> str:
        """As a sentence, the longest that fits."""
        bias, gives, all_get = f"bias {page.bias:+.2f}", f"{page.average_gives:.2f}", f"{page.average_of_all:.2f}"
        sentences = [
            f"{bias}: an average user would give {gives}, and an average movie {all_get}",
            f"{bias}: average user {gives}, average movie {all_get}",
            f"{bias}: {gives}, not {all_get}",
        ]
        return next((line for line in sentences if len(line) <= width), sentences[-1])

    def _pictures(self, page: MoviePage, width: int) -> Iterable[Line]:
        """Histogram on the left, factors on the right."""
        left = max(16, (width - GAP) * 2 // 5)
        right = width - left - GAP
        return self.histogram_beside(page.ratings, left, self._profile(page, right) if right >= 8 else [])

    def _profile(self, page: MoviePage, width: int) -> list[Line]:
        above, below = profile_lines(page.factors, width, _PROFILE_ROWS, self.look)
        strongest = sorted(range(len(page.factors)), key=lambda f: -abs(page.factors[f]))[:2]
        names = ", ".join(f"#{f + 1} {page.factors[f]:+.2f}" for f in strongest)
        title = f"{len(page.factors)} factors of taste, most: {names}"
        if len(title) > width:
            title = f"{len(page.factors)} factors"
        up, down = self.style("panel--bar"), self.style("panel--down")
        return [[(title, self.style("panel--dim"))], *([(t, up)] for t in above), *([(t, down)] for t in below)]
