"""Messages that cross from one part of the app to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

Value = str | int | float | None
"""What a cell of a table is in an exported file."""


@dataclass
class TrainingNews(Message, bubble=False):
    """The watched training has news; the newest of several says it all."""

    watched: str
    """The run it is about."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, TrainingNews) and message.watched == self.watched


@dataclass
class OverlayNews(Message, bubble=False):
    """An overlaid run has news."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, OverlayNews)


@dataclass
class RowCopied(Message):
    """A row of a table is to go to the clipboard. Cells hold nothing that a terminal would obey."""

    names: Sequence[str]
    cells: Sequence[str]
    """None where the table is empty."""


@dataclass
class ExportAsked(Message):
    """A table, or a picture, is to be written to a file."""

    caption: str
    what: str
    """What of it, in two or three words: "120 rows"; "" where there is nothing."""
    texts: Mapping[str, Callable[[], str]]
    """By the ending of the file's name, the usual one first: makes what is written; not for the event loop."""
