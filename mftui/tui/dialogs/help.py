"""All keys of a screen, made from its bindings; and the words that the app uses. What is typed narrows them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from mftui.text import fold
from mftui.tui.base import dialog_keys, keys
from mftui.tui.base.glossary import WORDS
from mftui.tui.base.shell import shell_of
from mftui.tui.widgets.columns import Cell, Column, Mark, text_of
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

_NAMES, _LONGEST_NAMES = 14, 18
"""Cells for the keys: enough for most; for every pair of keys, where the screen is as wide as the next number."""
_WIDE = 100
_NO_MATCH = "No {} has these words. Fewer letters find more; tab: the {}."


class HelpScreen(ModalScreen[None]):
    """A table of keys: of the screen it was called from, of that screen's parts, of the app; and one of words."""

    BINDINGS = dialog_keys.HELP

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._keys = [*help_rows(of), *map(_row, dialog_keys.TYPED)]
        self._words: list[Sequence[Cell]] = [(Mark(word, "strong"), "", Mark(what, "dim")) for word, what in WORDS]
        self._shows_words = False
        self._rows: list[Sequence[Cell]] = self._keys

    @property
    def key_names(self) -> dict[str, str]:
        """Return what the key bar says of keys, by binding id: both that close this."""
        again = keys.sign(keys.key_of("app.help", shell_of(self).settings.keys))
        return {"help.close": f"or {again} Close"}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog help"):
            yield Prose(("title", "Keys"), classes="title")
            if hint := shell_of(self).guidance(self.app.current_mode, hidden=True):
                yield Prose(("text", hint))
            yield SearchBox("type to narrow", id="narrow")
            names = _LONGEST_NAMES if self.app.size.width >= _WIDE else _NAMES
            yield Table([Column("", names), Column(""), Column("", least=40, is_extra=True)], id="keys")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        again = keys.pressed("app.help", shell_of(self).settings.keys)
        self._bindings.bind(again, "dismiss", show=False, priority=True)
        box = self.query_one(SearchBox)
        box.leaves = again
        self._show()
        box.focus()

    def _show(self) -> None:
        here, there = ("word", "keys") if self._shows_words else ("key", "words")
        self._rows = narrowed(self._words if self._shows_words else self._keys, self.query_one(SearchBox).value)
        self.query_one(Table).show(self._rows, empty=_NO_MATCH.format(here, there))
        if not self._rows:
            self._tell(0)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show()

    def on_table_moved(self, event: Table.Moved) -> None:
        self._tell(event.index)

    def _tell(self, at: int) -> None:
        """Say which of how many rows the cursor is on, and what its row says in full."""
        title, n = "Words (tab: keys)" if self._shows_words else "Keys (tab: words)", len(self._rows)
        self.query_one(".title", Prose).show(("title", f"{title}  {at + 1}/{n}" if at < n else title))
        self.query_one(".detail", Prose).show(("dim", text_of(self._rows[at][2]) if at < n else ""))

    def action_list(self, what: str, by: int) -> None:
        """Move in the list."""
        table = self.query_one(Table)
        (table.action_move if what == "move" else table.action_page)(by)

    def action_words(self) -> None:
        """Switch from the keys to the words, and back."""
        self._shows_words = not self._shows_words
        self._show()


def narrowed(rows: Sequence[Sequence[Cell]], text: str) -> list[Sequence[Cell]]:
    """Return the rows that have all the words of `text`; those whose key or word it is come first."""
    wanted, words = text.strip(), fold(text).split()
    named = [row for row in rows if wanted and wanted in text_of(row[0]).split(" ")]
    if not words:
        return named if wanted else list(rows)
    found = [row for row in rows if all(word in fold(" ".join(map(text_of, row))) for word in words)]
    return named + [row for row in found if row not in named]


def help_rows(screen: Screen[object]) -> list[Sequence[Cell]]:
    """Return a row for each binding: keys, what they do, longer explanation. Screen first, then parts, then app."""
    return [_row((" ".join(map(keys.sign, names)), b.description, b.tooltip)) for b, names in help_bindings(screen)]


def _row(told: tuple[str, str, str]) -> Sequence[Cell]:
    signs, what, longer = told
    return Mark(signs, "strong"), what, Mark(longer, "dim")


def help_bindings(screen: Screen[object]) -> list[tuple[Binding, list[str]]]:
    """Return each binding of the screen, of its parts and of the app, with all its keys; those that mean something else
    on this screen are none of the app's."""
    found: dict[str, tuple[Binding, list[str]]] = {}
    of_screen = {key for key, _ in screen._bindings}
    for node in (screen, *screen.query("*"), screen.app):
        its: dict[str, tuple[Binding, list[str]]] = {}
        for key, binding in node._bindings:
            if binding.id and not (node is screen.app and key in of_screen):
                its.setdefault(binding.id, (binding, []))[1].append(key)
        found |= {id: one for id, one in its.items() if id not in found}
    return list(found.values())
