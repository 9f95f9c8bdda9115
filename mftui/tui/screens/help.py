"""All keys of a screen, made from its bindings."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

from mftui.tui import keys
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.table import Cell, Column, Mark, Table


class HelpScreen(ModalScreen[None]):
    """A table of keys: of the app, of the screen it was called from, of that screen's parts."""

    BINDINGS = keys.DIALOG

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._rows = help_rows(of)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog help"):
            yield Prose(("title", "Keys"))
            yield Table([Column("", 14), Column("", weight=2), Column("", weight=5, from_width=80)], id="keys")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.show(self._rows)
        table.focus()

    def on_table_moved(self, event: Table.Moved) -> None:
        explanation = self._rows[event.index][2]
        self.query_one(".detail", Prose).show(("dim", explanation.text if isinstance(explanation, Mark) else ""))

    def action_close(self) -> None:
        self.dismiss(None)


def help_rows(screen: Screen[object]) -> list[Sequence[Cell]]:
    """One row for each binding: keys, what they do, the longer explanation. Screen first, then parts, then app."""
    rows: list[Sequence[Cell]] = []
    seen: set[str] = set()
    for node in (screen, *screen.query("*"), screen.app):
        for binding, names in _bindings(node):
            if binding.id and binding.id not in seen:
                seen.add(binding.id)
                rows.append((Mark(" ".join(names), "strong"), binding.description, Mark(binding.tooltip, "dim")))
    rows.append((Mark("ctrl+p", "strong"), "Commands", Mark("Every action by name; themes.", "dim")))
    return rows


def _bindings(node: DOMNode) -> list[tuple[Binding, list[str]]]:
    """The bindings of one node, those of one id together, with all their keys as written for people."""
    together: dict[str, tuple[Binding, list[str]]] = {}
    for key, binding in node._bindings:
        if binding.id:
            together.setdefault(binding.id, (binding, []))[1].append(keys.sign(key))
    return list(together.values())
