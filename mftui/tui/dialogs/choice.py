"""Dialogs: something went wrong, or something is to be decided."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from mftui.tables.cells import cells_of
from mftui.tui.base import dialog_keys
from mftui.tui.widgets.columns import Column, Mark
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.table import Table

_BESIDE_EFFECT = 7
"""Cells of a row of answers that are neither the answer nor what it does: the cursor, the key, gaps."""

_AROUND = 6
"""Cells around them: the border, and blanks within."""


class MessageDialog(ModalScreen[None]):
    """What is wrong, what to do about it, and where to read more."""

    BINDINGS = dialog_keys.DIALOG

    def __init__(self, title: str, message: str, *, hint: str = "", path: str = "") -> None:
        super().__init__()
        self._paragraphs = [("title", title), ("text", ""), ("text", message)]
        if hint:
            self._paragraphs += [("text", ""), ("text", hint)]
        if path:
            self._paragraphs += [("text", ""), ("dim", f"Log: {path}")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(*self._paragraphs)
        yield KeyBar()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "space"):
            event.stop()
            self.dismiss(None)


@dataclass(frozen=True)
class Option:
    """One way to decide."""

    key: str
    """The letter that chooses it: `y` for yes, `n` for no, where that is the question."""
    value: str
    title: str
    effect: str


class ChoiceDialog(ModalScreen[str | None]):
    """A question with a few answers, each of its own letter; escape is None."""

    BINDINGS = dialog_keys.DIALOG

    def __init__(self, question: str, options: Sequence[Option]) -> None:
        super().__init__()
        self._question = question
        self._options = tuple(options)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:  # as wide as what the answers do, where there is room
            effects = max(cells_of(option.effect) for option in self._options)
            dialog.styles.min_width = min(
                self._widest + _BESIDE_EFFECT + effects + _AROUND, self.app.size.width * 94 // 100
            )
            yield Prose(("title", self._question), ("text", ""))
            table = Table([Column("", 1), Column("", self._widest), Column("")], id="options")
            table.styles.height = len(self._options)
            yield table
            yield Prose(classes="effect")
        yield KeyBar()

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.show([(Mark(o.key, "strong"), o.title, Mark(o.effect, "dim")) for o in self._options])
        table.focus()

    @property
    def _widest(self) -> int:
        return max(8, *(len(option.title) for option in self._options))

    def on_table_moved(self) -> None:
        self._tell()

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        """Say below what the answer under the cursor does, where the table has no room for the sentence."""
        table = self.query_one(Table)
        effect = self._options[table.cursor].effect
        room = table.size.width - self._widest - _BESIDE_EFFECT
        self.query_one(".effect", Prose).say(effect if cells_of(effect) > room else "")

    def on_table_chosen(self, event: Table.Chosen) -> None:
        self.dismiss(self._options[event.index].value)

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            self.dismiss(self._options[self.query_one(Table).cursor].value)
        for option in self._options:
            if event.key == option.key:
                event.stop()
                self.dismiss(option.value)


def quit_dialog() -> ChoiceDialog:
    """Ask, where somebody quits while a training is under way, what is to become of it."""
    return ChoiceDialog(
        "A training is under way. Leave?",
        [
            Option("y", "detach", "Yes, detach", "Leave; the training goes on."),
            Option("s", "stop", "Yes, stop it", "Stop it, keep its model, and leave."),
            Option("n", "stay", "No", "Go on here."),
        ],
    )


def ask_to_stop(app: App[Any], stop: Callable[[], Awaitable[None]]) -> None:
    """Ask whether to stop the training; where that is meant, `stop` it."""
    options = [
        Option("y", "stop", "Yes", "Stop it; what it has learned is kept."),
        Option("n", "leave", "No", "It goes on."),
    ]

    async def decided(answer: str | None) -> None:
        if answer == "stop":
            await stop()

    app.push_screen(ChoiceDialog("A training is under way. Stop it?", options), decided)
