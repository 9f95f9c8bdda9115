"""All keys of a screen, made from its bindings; and the words that the app uses."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from mftui.tui.base import dialog_keys, keys
from mftui.tui.base.glossary import WORDS
from mftui.tui.base.shell import shell_of
from mftui.tui.widgets.columns import Cell, Column, Mark
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.table import Table


class HelpScreen(ModalScreen[None]):
    """A table of keys: of the screen it was called from, of that screen's parts, of the app; and one of words."""

    BINDINGS = dialog_keys.HELP

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._keys = help_rows(of)
        self._words: list[Sequence[Cell]] = [(Mark(word, "strong"), "", Mark(what, "dim")) for word, what in WORDS]
        self._shows_words = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog help"):
            yield Prose(("title", "Keys"), classes="title")
            if hint := shell_of(self).guidance(self.app.current_mode, hidden=True):
                yield Prose(("text", hint))
            yield Table([Column("", 14), Column(""), Column("", least=40, is_extra=True)], id="keys")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()
        self.query_one(Table).focus()

    def _show(self) -> None:
        title = "Words (w: keys)" if self._shows_words else "Keys (w: words)"
        self.query_one(".title", Prose).show(("title", title))
        self.query_one(Table).show(self._rows)

    @property
    def _rows(self) -> list[Sequence[Cell]]:
        return self._words if self._shows_words else self._keys

    def on_table_moved(self, event: Table.Moved) -> None:
        if event.index < len(self._rows):
            explanation = self._rows[event.index][2]
            self.query_one(".detail", Prose).show(("dim", explanation.text if isinstance(explanation, Mark) else ""))

    def action_words(self) -> None:
        """Switch from the keys to the words, and back."""
        self._shows_words = not self._shows_words
        self._show()


def help_rows(screen: Screen[object]) -> list[Sequence[Cell]]:
    """Return a row for each binding: keys, what they do, longer explanation. Screen first, then parts, then app."""
    rows = [(" ".join(map(keys.sign, names)), b.description, b.tooltip) for b, names in help_bindings(screen)]
    rows.append(("ctrl+p", "Commands", "Every action by name; themes."))
    return [(Mark(signs, "strong"), what, Mark(longer, "dim")) for signs, what, longer in rows]


def help_bindings(screen: Screen[object]) -> list[tuple[Binding, list[str]]]:
    """Return each binding of the screen, of its parts and of the app, with all its keys."""
    found: dict[str, tuple[Binding, list[str]]] = {}
    for node in (screen, *screen.query("*"), screen.app):
        its: dict[str, tuple[Binding, list[str]]] = {}
        for key, binding in node._bindings:
            if binding.id:
                its.setdefault(binding.id, (binding, []))[1].append(key)
        found |= {id: one for id, one in its.items() if id not in found}
    return list(found.values())
