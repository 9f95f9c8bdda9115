"""A movie's page: genres, ratings and their histogram, mean beside bias, factors as bars."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import ClassVar

from mftui.tui.pages import MoviePage
from mftui.tui.widgets.bars import histogram_lines, profile_lines
from mftui.tui.widgets.cells import CellWidget, Line, fit

_PROFILE_ROWS = 4
_GAP = 3


class MoviePanel(CellWidget):
    """Draws a MoviePage."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel--title", "panel--dim", "panel--bar", "panel--down", "panel--text"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: MoviePage | None = None

    def show(self, page: MoviePage | None) -> None:
        """Draw another page."""
        self._page = page
        self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        page = self._page
        if page is None:
            return
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
        left = max(16, (width - _GAP) * 2 // 5)
        right = width - left - _GAP
        bars = histogram_lines(page.ratings, left, self.look)
        profile = self._profile(page, right) if right >= 8 else []
        for i in range(max(len(bars), len(profile))):
            label, bar, count = bars[i] if i < len(bars) else ("", "", "")
            line = [(label, self.style("panel--dim")), (bar, self.style("panel--bar"))]
            line.append((fit(count, left - len(label) - len(bar) + _GAP), self.style("panel--dim")))
            yield [*line, *(profile[i] if i < len(profile) else [])]

    def _profile(self, page: MoviePage, width: int) -> list[Line]:
        above, below = profile_lines(page.factors, width, _PROFILE_ROWS, self.look)
        strongest = sorted(range(len(page.factors)), key=lambda f: -abs(page.factors[f]))[:2]
        names = ", ".join(f"#{f + 1} {page.factors[f]:+.2f}" for f in strongest)
        title = f"{len(page.factors)} factors of taste, most: {names}"
        if len(title) > width:
            title = f"{len(page.factors)} factors"
        up, down = self.style("panel--bar"), self.style("panel--down")
        return [[(title, self.style("panel--dim"))], *([(t, up)] for t in above), *([(t, down)] for t in below)]
