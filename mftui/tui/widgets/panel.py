"""What the panels have in common that draw one page of something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from mftui.tui.widgets.bars import Histogram, histogram_lines
from mftui.tui.widgets.cells import CellWidget, Line, fit, wrap

Page = TypeVar("Page")
GAP = 3
"""Columns between two pictures."""


class Panel(CellWidget, Generic[Page]):
    """Draws one page, or nothing while there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel--title", "panel--dim", "panel--bar", "panel--down", "panel--text"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.page: Page | None = None
        self._empty = ""

    def show(self, page: Page | None, empty: str = "") -> None:
        """Draw another page, or say why there is none."""
        self.page, self._empty = page, empty
        self.redraw()

    def without_page(self, width: int) -> Iterable[Line]:
        """Say why there is no page, unless the list beside it says so."""
        if self.screen.has_class("-beside"):
            return
        yield from ([(line, self.style("panel--dim"))] for line in wrap(self.terminal.text(self._empty), width))

    def histogram_beside(self, shown: Histogram, width: int, right: Sequence[Line]) -> Iterable[Line]:
        """Return a histogram of ratings, `width` wide, with other lines to its right."""
        bars, dim = histogram_lines(shown, width, self.terminal), self.style("panel--dim")
        for i in range(max(len(bars), len(right))):
            label, bar, count = bars[i] if i < len(bars) else ("", "", "")
            line = [(label, dim), (bar, self.style("panel--bar"))]
            line.append((fit(count, width - len(label) - len(bar) + GAP), dim))
            yield [*line, *(right[i] if i < len(right) else [])]
