"""The half of the Map screen that tells of the axes: a table of them, and all about the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from mftui.tui.base.background import Latest
from mftui.tui.screens.choosing import ChoosingScreen
from mftui.tui.screens.map.axis_panel import AxisPage, AxisPanel, axis_page
from mftui.tui.screens.map.gather import Gathered, MapChoices, axis_in, ends_of
from mftui.tui.screens.map.scatter import Scatter
from mftui.tui.widgets.data_table import DataTable
from mftui.tui.widgets.table import Cell, Column, Mark, Table

MOST_AXES = 24
"""Axes listed at most; those after are noise in any model."""
_COLUMNS = (
    Column("Axis", 4, right=True),
    Column("Share", 6, right=True),
    Column("- end"),
    Column("+ end"),
    Column("Users", 6, right=True, from_width=60),
)


class FactorsView(ChoosingScreen[MapChoices]):
    """Subclasses make `scatter`, which has the room otherwise, and set `_now`."""

    CHOICES = MapChoices
    scatter: Scatter

    def __init__(self) -> None:
        super().__init__()
        self._now: Gathered | None = None
        self._pages = Latest(self, "axis")
        self.axes = DataTable(_COLUMNS, id="axes")
        self.panel = AxisPanel(id="axis")

    def factors_body(self) -> Iterable[Widget]:
        """Its widgets."""
        yield self.axes
        yield self.panel

    @property
    def shows_factors(self) -> bool:
        """Whether the axes are shown instead of the map."""
        return self.has_class("-factors")

    def action_factors(self) -> None:
        """What each axis goes with; or the map again."""
        self.set_class(not self.shows_factors, "-factors")
        (self.axes if self.shows_factors else self.scatter).focus()
        self.refresh_bindings()

    def show_axes(self) -> None:
        now = self._now
        if now is None:
            return
        axes = now.axes

        def work() -> list[list[Cell]]:
            told = [axes.axis(number, 1) for number in range(1, min(MOST_AXES, len(axes.shares)) + 1)]
            share, spread = "{:.1%}".format, "{:.2f}".format
            return [
                [str(axis.number), Mark(share(axis.share), "", axis.share), *ends_of(axis),
                 Mark(spread(axis.users.std), "", axis.users.std)]
                for axis in told
            ]  # fmt: skip

        def show(rows: list[list[Cell]]) -> None:
            self.axes.show(
                rows,
                caption=f"Axes of {now.choices.block}",
                detail=f"from {len(axes.known):,} films with {axes.least_ratings}+ ratings",
                cursor=self.axes.cursor,
            )

        self._pages.ask(work, show)

    def on_table_moved(self, event: Table.Moved) -> None:
        now = self._now
        if event.table is self.axes and now is not None and len(self.axes):
            number = axis_in(now.axes, self.axes.cursor + 1)

            def work() -> AxisPage:
                return axis_page(now.axes, now.model.factors.movies.title_list, number)

            self._pages.ask(work, self.panel.show)

    def focus_pane(self, selector: str) -> None:
        if (selector == "#axes") != self.shows_factors and selector != "#search":
            self.action_factors()
        super().focus_pane(selector)
