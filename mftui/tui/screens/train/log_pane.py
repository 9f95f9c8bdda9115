"""The end of the training's log, below the chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from mftui.tables.cells import cut
from mftui.tui.widgets.cells import CellWidget, Line


class LogPane(CellWidget):
    """Shows as many of the newest lines of the trainer's log as there is room for."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--text"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: tuple[str, ...] = ()

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines, oldest first."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        for line in self._lines[-height:]:
            yield [(cut(self.terminal.text(line), width, self.terminal.glyphs.ellipsis), self.style("log--text"))]
