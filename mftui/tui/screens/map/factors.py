"""The axes that the model found: a table of them, and all about the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.tui.base.background import LatestWins
from mftui.tui.screens.map.axis_panel import AxisPanel, axis_page
from mftui.tui.screens.map.gather import Gathered, axis_in
from mftui.tui.widgets.columns import Cell, Column, Mark
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.dom import DOMNode

MAX_AXES = 24
"""Axes listed at most; those after are noise in any model."""
_COLUMNS = (
    Column("Axis", 4, right=True),
    Column("Share", 6, right=True),
    Column("- end"),
    Column("+ end"),
    Column("Users", 6, right=True),
)


class AxesView:
    """Fills `table` and `panel`, in threads of `node`."""

    def __init__(self, node: DOMNode) -> None:
        self.table = Table(_COLUMNS, of_data=True, id="axes")
        self.panel = AxisPanel(id="axis")
        self._now: Gathered | None = None
        self._pages = LatestWins(node, "axis")

    def show(self, now: Gathered) -> None:
        """List the axes of a picture."""
        self._now, axes = now, now.axes

        def work() -> list[list[Cell]]:
            told = [axes.axis(number, 1) for number in range(1, min(MAX_AXES, len(axes.shares)) + 1)]
            share, spread = "{:.1%}".format, "{:.2f}".format
            return [
                [str(axis.number), Mark(share(axis.share), "", axis.share), *axis.ends(),
                 Mark(spread(axis.users.std), "", axis.users.std)]
                for axis in told
            ]  # fmt: skip

        def show(rows: list[list[Cell]]) -> None:
            self.table.show(
                rows,
                caption=f"Axes of {now.choices.block}",
                detail=f"from {len(axes.known):,} films with {axes.least_ratings}+ ratings",
                cursor=self.table.cursor,
            )

        self._pages.ask(work, show)

    def cursor_moved(self) -> None:
        """Show all about the axis under the cursor."""
        now = self._now
        if now is not None and len(self.table):
            number = axis_in(now.axes, self.table.cursor + 1)
            self._pages.ask(lambda: axis_page(now.axes, now.model.factors.movies.title_list, number), self.panel.show)
