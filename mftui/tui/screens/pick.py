"""Choose one of many: a line to type into, a list that narrows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from mftui.text import fold
from mftui.tui import keys
from mftui.tui.rows import LazyRows
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Cell, Column, Table

Item = tuple[str, str, str]
"""(value, what stands beside it, what stands below while the cursor is on it)."""


class PickScreen(ModalScreen[str | None]):
    """Gives the value that was chosen, what was typed where `free` takes it, or None.

    Parameters
    ----------
    title: what is chosen.
    items: read by index, so a list of a million costs what is shown.
    now: the value under the cursor at first.
    free: says whether a text that is no item is an answer, such as a path.
    """

    BINDINGS = keys.PICK

    def __init__(
        self,
        title: str,
        items: Sequence[Item],
        *,
        now: str = "",
        prompt: str = "type to narrow",
        free: Callable[[str], bool] | None = None,
        widths: tuple[int, int] = (18, 0),
    ) -> None:
        super().__init__()
        self._title, self._items, self._now, self._free = title, items, now, free
        self._prompt, self._widths = prompt, widths
        self._shown: Sequence[Item] = items

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog pick"):
            yield Prose(("title", self._title))
            yield SearchBox(self._prompt, id="narrow")
            yield Table([Column("", self._widths[0]), Column("", self._widths[1])], id="items")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        values = [value for value, *_ in self._items] if len(self._items) < 1000 else []
        self._show(values.index(self._now) if self._now in values else 0)
        self.query_one(Table).focus()

    def _show(self, cursor: int = 0) -> None:
        shown = self._shown

        def row(i: int) -> Sequence[Cell]:
            return shown[i][:2]

        empty = "Enter takes what you typed." if self._free else "Nothing fits."
        self.query_one(Table).show(LazyRows(len(shown), row), empty=empty, cursor=cursor)

    def on_input_changed(self, event: Input.Changed) -> None:
        words = fold(event.value).split()
        narrowed = [item for item in self._items if all(w in fold(f"{item[0]} {item[1]}") for w in words)]
        first = [item for item in narrowed if fold(item[0]).startswith(fold(event.value))]
        self._shown = [*first, *(item for item in narrowed if item not in first)] if words else self._items
        self._show()

    def action_accept_search(self) -> None:
        """What was typed, where it is an answer; else the first item that fits it."""
        text = self.query_one(SearchBox).value.strip()
        exact = [value for value, *_ in self._items if value == text]
        if exact or (text and self._free and self._free(text)):
            self.dismiss(text)
        elif self._shown:
            self.dismiss(self._shown[0][0])
        elif text and self._free:
            self.dismiss(text)

    def on_table_moved(self, event: Table.Moved) -> None:
        detail = self._shown[event.index][2] if self._shown else ""
        self.query_one(".detail", Prose).show(("dim", detail))

    def action_leave_search(self) -> None:
        """To the list."""
        self.query_one(Table).focus()

    def on_table_chosen(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Take the item under the cursor."""
        if self._shown:
            self.dismiss(self._shown[self.query_one(Table).cursor][0])

    def action_search(self) -> None:
        """Type into the line."""
        self.query_one(SearchBox).focus()

    def action_close(self) -> None:
        self.dismiss(None)
