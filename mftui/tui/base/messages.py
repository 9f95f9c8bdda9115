"""Messages that cross from one part of the app to another."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class TrainingNews(Message, bubble=False):
    """The watched training has news; the newest of several says it all."""

    watched: str
    """The run it is about."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, TrainingNews) and message.watched == self.watched


@dataclass
class OverlayNews(Message, bubble=False):
    """A run that is laid over has news."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, OverlayNews)


class KeyHandled(Message):
    """Goes the way of a key, behind it: from the widget that had the focus up to the app."""
