"""Choose one of many: a line to type into, a list that narrows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from mftui.tables.cells import cells_of
from mftui.text import fold
from mftui.tui.base import dialog_keys
from mftui.tui.base.background import LatestWins
from mftui.tui.lists.rows import LazyRows
from mftui.tui.widgets.cells import wrap
from mftui.tui.widgets.columns import Cell, Column
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

_AROUND = 12
"""Cells of a dialog around and between what it lists."""
_BELOW, _HIGH = (58, 7), 24
"""Cells and lines for what stands below the list; and rows of a terminal from which it may have more."""
_WIDER, _EDGES, _KEYS = 100, 6, 3
"""Cells of a wider dialog; cells, and lines, around what is in a dialog; lines for keys and names below and above."""
_MANY = 1000
"""From so many items on they are narrowed in a thread."""
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

    BINDINGS = dialog_keys.PICK

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
        self._shown: Sequence[int] = range(len(items))
        """Places of the items that are listed."""
        self._narrowing = LatestWins(self, "pick")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog pick") as dialog:
            if 0 < len(self._items) < _MANY:  # as wide as what stands beside the values, where there is room
                beside = max(cells_of(beside) for _, beside, _ in self._items)
                dialog.styles.min_width = min(self._widths[0] + beside + _AROUND, self.app.size.width * 94 // 100)
            yield Prose(("title", self._title))
            yield SearchBox(self._prompt, id="narrow")
            yield Table([Column("", self._widths[0]), Column("", self._widths[1])], id="items")
            detail = Prose(classes="detail")
            detail.display = bool(self._items and self._items[0][2])
            yield detail
            self._give_room(dialog, detail)
        yield KeyBar()

    def _give_room(self, dialog: Vertical, detail: Prose) -> None:
        """Make the dialog wider and higher where what stands below the list would be cut otherwise."""
        width, height = self.app.size
        texts = [text for *_, text in self._items] if len(self._items) < _MANY and height >= _HIGH else []
        if all(len(wrap(text, _BELOW[0])) <= _BELOW[1] for text in texts):
            return
        wide = min(_WIDER, width * 94 // 100)
        lines = max(len(wrap(text, wide - _EDGES)) for text in texts)
        dialog.styles.min_width, detail.styles.height = wide, lines
        dialog.styles.height = dialog.styles.max_height = min(len(texts) + lines + _EDGES, height - _KEYS)

    def on_mount(self) -> None:
        values = [value for value, *_ in self._items] if len(self._items) < _MANY else []
        self._show(values.index(self._now) if self._now in values else 0)
        self.query_one(Table).focus()

    def _show(self, cursor: int = 0) -> None:
        items, shown = self._items, self._shown

        def row(i: int) -> Sequence[Cell]:
            return items[shown[i]][:2]

        empty = "Enter uses what you typed." if self._free else "No match."
        self.query_one(Table).show(LazyRows(len(shown), row), empty=empty, cursor=cursor)

    def on_input_changed(self, event: Input.Changed) -> None:
        text = event.value
        if len(self._items) < _MANY:
            self._list(self._narrowed(text))
        else:
            self._narrowing.ask(lambda: self._narrowed(text), self._list)

    def _list(self, shown: Sequence[int]) -> None:
        self._shown = shown
        self._show()

    @cached_property
    def _folded(self) -> list[tuple[str, str]]:
        """Return for each item what it may begin with, and all that is searched."""
        return [(fold(value), fold(f"{value} {beside}")) for value, beside, _ in self._items]

    def _narrowed(self, text: str) -> Sequence[int]:
        """Return the places of the items that have all the words, those that begin with the text first."""
        words, start = fold(text).split(), fold(text)
        if not words:
            return range(len(self._items))
        found = [at for at, (_, words_of) in enumerate(self._folded) if all(word in words_of for word in words)]
        return sorted(found, key=lambda at: not self._folded[at][0].startswith(start))

    def action_accept_search(self) -> None:
        """Accept what was typed, where it is an answer; else the first item that fits it."""
        text = self.query_one(SearchBox).value.strip()
        shown = self._narrowed(text)
        exact = [at for at in shown if self._items[at][0] == text] if text else []
        if exact or (text and self._free and self._free(text)):
            self.dismiss(text)
        elif shown:
            self.dismiss(self._items[shown[0]][0])
        elif text and self._free:
            self.dismiss(text)

    def on_table_moved(self, event: Table.Moved) -> None:
        detail = self._items[self._shown[event.index]][2] if self._shown else ""
        self.query_one(".detail", Prose).show(("dim", detail))

    def action_leave_search(self) -> None:
        """Move to the list."""
        self.query_one(Table).focus()

    def on_table_chosen(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Take the item under the cursor."""
        if self._shown:
            self.dismiss(self._items[self._shown[self.query_one(Table).cursor]][0])

    def action_search(self) -> None:
        """Type into the line."""
        self.query_one(SearchBox).focus()
