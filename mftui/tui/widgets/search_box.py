"""One line to type into, left by escape or the down key."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Input

from mftui.tui import keys
from mftui.tui.look import look_of


class SearchBox(Input):
    """An Input without a frame."""

    BINDINGS = keys.SEARCH

    @dataclass
    class Left(Message):
        """The box was left for the list below it."""

    def __init__(self, what: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=f"/ {what}", id=id, compact=True, select_on_focus=True)

    def on_mount(self) -> None:
        self.cursor_blink = not look_of(self).low_bandwidth

    def action_leave(self) -> None:
        self.post_message(self.Left())
