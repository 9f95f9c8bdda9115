"""Keys in the order in which they were typed, each handled before the next is looked at.

Textual hands a key to the widget that has the focus when it comes in, although a key before it may
be about to move the focus: typed fast, "enter 2" would open a field and go to screen 2. Over a slow
link keys always come in bunches.
"""

from __future__ import annotations

from collections import deque
from time import monotonic

from textual import events
from textual.app import App
from textual.message import Message

from mftui.tui.base.messages import KeyHandled

_PATIENCE_S = 0.5
_LOOK_S = 0.01


class TypeaheadApp(App[None]):
    """An app whose keys wait for each other."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[events.Key] = deque()
        self._sent_at: float | None = None
        """When the key under way was handed on; None while there is none."""

    def post_message(self, message: Message) -> bool:
        if not isinstance(message, events.Key) or message.is_forwarded:
            return super().post_message(message)
        self._typed.append(message)
        lost = self._sent_at is not None and monotonic() - self._sent_at > _PATIENCE_S
        if self._sent_at is None or lost:  # lost: with a widget that was removed under it
            self._next_key()
        return True

    def _next_key(self) -> None:
        if not self._typed:
            self._sent_at = None
            return
        self._sent_at = monotonic()
        if self._screen_stack and not self.screen.is_mounted:
            self.set_timer(_LOOK_S, self._next_key)  # as soon as it is, something on it will have the focus
            return
        super().post_message(self._typed.popleft())
        self.call_later(self._follow_key)

    def _follow_key(self) -> None:
        (self.focused or self.screen).post_message(KeyHandled())

    def on_key_handled(self) -> None:
        """After what the key has set in motion, such as a change of focus."""
        self.call_later(self._next_key)
