"""What Movies, Users and You share: a list on the left, a page and a second list on the right; sort and filter."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from mftui.tables.columns import beside
from mftui.tui.base.open_model import OpenModel
from mftui.tui.base.panes import TITLES
from mftui.tui.screens.base import Choices, ChoosingScreen
from mftui.tui.widgets.panel import Panel
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

_BESIDE, _PAGE_HEIGHT = 100, 32
"""Columns from which the lists may stand side by side, and rows from which the page then comes without being asked."""

_PREDICTING = ("users", "you")
"""Screens whose lists have predictions, which may be no stars."""


class TwoListsScreen(ChoosingScreen[Choices]):
    """A search box, and below it tables `left` and `right`, with a page (one widget or more) above the right one.
    Choices have `sort` and `reverse`."""

    SEARCHED: ClassVar[str]
    """What the search box is for."""

    SORTS: ClassVar[tuple[str, ...]]
    """By what the list on the left can be sorted: the titles of its columns, and more."""

    def __init__(self, left: Table, right: Table, *page: Widget) -> None:
        super().__init__()
        self.left, self.right, self._page_widgets = left, right, page
        self._below_search: tuple[Widget, ...] = ()
        self._shown: OpenModel | None = None
        self._page_wanted: bool | None = None
        """None: where there is room."""

    def compose(self) -> ComposeResult:
        yield from self.head()
        yield SearchBox(self.SEARCHED, id="search")
        yield from self._below_search
        with Container(classes="panes"):
            yield self.left
            with Vertical(classes="right"):
                yield from self._page_widgets
                yield self.right
        yield from self.foot()

    def on_mount(self) -> None:
        self._choices = self.remembered().valid()
        self.left.sorts = {sort: sort for sort in self.SORTS if sort}
        self.left.focus()

    @property
    def main_table(self) -> Table:
        return self.left if self.left.display else self.right

    def model_changed(self) -> None:
        model, before = self.shell.model, self._shown
        if model is None:
            self.left.show((), caption=TITLES[self.MODE], empty=self.no_model())
            self.right.show(())
            for widget in self._page_widgets:
                if isinstance(widget, Panel):
                    widget.show(None, self.no_model())
        elif model is not before:
            self._shown = model
            self.left.about = self.right.about = model.about_predictions if self.MODE in _PREDICTING else model.about
            self.model_opened(model, again=model.same_run(before))

    def model_opened(self, model: OpenModel, *, again: bool) -> None:
        """Show another model than before; `again`: a newer one of the same run."""

    def on_resize(self) -> None:
        # The page comes once the screen is known to be wide, and goes before it is known to be narrow: a narrow
        # screen with a page hides the list, which would lose the keys.
        if self.shows_page:
            self.call_next(self._bring_page)
        else:
            self._divide()

    def _bring_page(self) -> None:
        is_new = not self.has_class("-page")
        self._divide()
        if is_new:
            self.page_shown()

    @property
    def shows_page(self) -> bool:
        """Return whether the page is to be seen."""
        if self._page_wanted is not None:
            return self._page_wanted
        return self.is_beside and self.size.height >= _PAGE_HEIGHT

    @property
    def is_beside(self) -> bool:
        """Return whether the lists stand side by side: where the titles of both have their room so."""
        return self._left_width is not None

    @property
    def _left_width(self) -> int | None:
        width = self.size.width
        return beside(width, self.left.span, self.right.span) if width >= _BESIDE else None

    def _divide(self) -> None:
        self.set_class(self.is_beside, "-beside")
        self.set_class(not self.is_beside, "-stacked")
        self.set_class(self.shows_page, "-page")
        self.left.styles.width = self._left_width or "1fr"
        if self.shows_page and not self.is_beside and self.left.has_focus:
            self.right.focus()

    def on_table_measured(self) -> None:
        self._divide()

    def bring_list(self) -> None:
        """Give the list on the left its room back if the page has it."""
        if self.shows_page and not self.is_beside:
            self.action_page()

    def focus_pane(self, selector: str) -> None:
        if selector == "#page":
            if not self.shows_page:
                self.action_page()
        elif selector == f"#{self.left.id}":
            self.action_pane(-1)
        else:
            super().focus_pane(selector)

    def page_shown(self) -> None:
        """Respond to the page coming into view, or going."""

    @property
    def order(self) -> tuple[str, bool]:
        """Return one of SORTS, and whether it is reversed."""
        return self._choices.sort, self._choices.reverse

    def sort_by(self, column: str, *, reverse: bool = False) -> None:
        """Sort the list on the left."""
        self.bring_list()
        self.choose(sort=column, reverse=reverse)
        self.order_changed()

    def order_changed(self) -> None:
        """Show the list on the left in its new order."""

    def on_table_sort_asked(self, event: Table.SortAsked) -> None:
        self.sort_by(event.sort, reverse=self.order == (event.sort, False))

    def action_accept_search(self) -> None:
        """Go on with what was typed; where the list follows each letter, that is there already."""
        self.action_leave_search()

    def action_leave_search(self) -> None:
        """Go from the search to the list on the left, or to the other where that alone is to be seen."""
        (self.left if self.left.display else self.right).focus()

    def usual_order(self) -> None:
        self.sort_by("" if "" in self.SORTS else self.SORTS[0])

    def reverse_order(self) -> None:
        self.sort_by(self.order[0], reverse=not self.order[1])

    def action_page(self) -> None:
        """Show the page, or hide it."""
        self._page_wanted = not self.shows_page
        self._divide()
        if not self._page_wanted:
            self.left.focus()
        self.page_shown()

    def action_pane(self, by: int) -> None:
        """Move between the lists; if there is room for one only, the page gives way to the list."""
        if by < 0:
            self.bring_list()
        (self.right if by > 0 else self.left).focus()
