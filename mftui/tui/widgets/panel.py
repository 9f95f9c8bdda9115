"""What the panels have in common that draw one page of something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from mftui.tui.widgets.bars import histogram_lines
from mftui.tui.widgets.cells import CellWidget, Line, fit
from mftui.tui.widgets.histogram import Histogram

Page = TypeVar("Page")
GAP = 3
"""Columns between two pictures."""


class Panel(CellWidget, Generic[Page]):
    """Draws one page, or nothing while there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel--title", "panel--dim", "panel--bar", "panel--down", "panel--text"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: Page | None = None

    def show(self, page: Page | None) -> None:
        """Draw another page."""
        self._page = page
        self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        return () if self._page is None else self.page_lines(self._page, width, height)

    def page_lines(self, page: Page, width: int, height: int) -> Iterable[Line]:
        """The lines of a page."""
        raise NotImplementedError

    def histogram_beside(self, shown: Histogram, width: int, right: Sequence[Line]) -> Iterable[Line]:
        """A histogram of ratings, `width` wide, with other lines to its right."""
        bars, dim = histogram_lines(shown, width, self.look), self.style("panel--dim")
        for i in range(max(len(bars), len(right))):
            label, bar, count = bars[i] if i < len(bars) else ("", "", "")
            line = [(label, dim), (bar, self.style("panel--bar"))]
            line.append((fit(count, width - len(label) - len(bar) + GAP), dim))
            yield [*line, *(right[i] if i < len(right) else [])]
