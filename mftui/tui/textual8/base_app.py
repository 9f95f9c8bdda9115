"""All that this program changes of Textual's own `App`, in one class; each workaround with its reason."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections import deque
from typing import TYPE_CHECKING

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.message import Message
from textual.worker import WorkerFailed

from mftui.tui.textual8.dismissals import answer_once
from mftui.tui.textual8.pastes import take_pastes_whole
from mftui.tui.textual8.tiny_terminals import bear_tiny_terminals

if TYPE_CHECKING:
    from mftui.reports import Crash

log = logging.getLogger(__name__)

_MASK_S = 0.01
_KEY_PATIENCE = 5
"""How often a key is looked for, while the app is not busy, before it is given up."""
_KEY_LOOK_S = 0.1
_KEY_POLL_S = 0.01


answer_once()
bear_tiny_terminals()
take_pastes_whole()


class KeyHandled(Message):
    """Goes the way of a key, behind it: from the widget that had the focus up to the app."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class Textual8App(App[None]):
    """An App whose faults end in a report, whose keys wait for each other, and that changes screens at once.

    Written against Textual 8.2. A subclass sets `painted` after its first paint.
    """

    crash: Crash | None = None
    ended_by: signal.Signals | None = None
    painted = False

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[events.Key | events.Paste] = deque()
        self._turn = 0
        """Of the key under way; 0 while there is none."""
        self._turns = 0

    # Back from `fg`. Textual 8 starts the terminal's other screen, which is empty, and sends what changes from then on.

    def on_mount(self) -> None:
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())

    # Faults. Textual 8 prints a traceback with all local variables, and so ratings; we write a report instead.

    def handled_before(self, key: events.Key) -> bool:
        """Return whether a key has been handled by the app, before the widget that has the focus hears of it."""
        return False

    async def leave(self) -> None:
        """End in order: what a signal calls."""
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        self.note_crash(error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End; Textual calls this where its own threads fail, as they do once the terminal has gone."""
        if self.ended_by is None:
            self.note_crash(sys.exc_info()[1] or OSError("the terminal can no longer be read"))
        self._close_messages_no_wait()

    def note_crash(self, error: BaseException) -> None:
        """Report the first fault; those that follow from it are left out."""
        if isinstance(error, WorkerFailed):
            error = error.error
        if self.crash is None:
            from mftui.reports import report_crash

            self.crash = report_crash(error)
            log.error("crash: %s", self.crash.what)

    # Keys. Textual 8 hands a key to the widget that has the focus when it comes in, although a key before it may be
    # about to move the focus: typed fast, "enter 2" would open a field and go to screen 2. Over a slow link keys always
    # come in bunches. So each key, and each paste, is handled before the next is looked at.

    def post_message(self, message: Message) -> bool:
        if not isinstance(message, events.Key | events.Paste) or message.is_forwarded:
            return super().post_message(message)
        self._typed.append(message)
        if not self._turn:
            self._next_key(0)
        return True

    def _next_key(self, after: int) -> None:
        if after != self._turn:  # that one was given up
            return
        self._turn = 0
        if not self._typed:
            return
        self._turns += 1
        self._turn = turn = self._turns
        if self._screen_stack and not self.screen.is_mounted:
            # As soon as it is, something on it will have the focus. A timer of Textual's would need an active app.
            asyncio.get_running_loop().call_later(_KEY_POLL_S, self._next_key, turn)
            return
        typed = self._typed.popleft()
        with self._context():  # a key that comes alone is here from the driver, for which no app is the active one
            handled = isinstance(typed, events.Key) and self.handled_before(typed)
        if not handled:
            super().post_message(typed)
        self.call_later(self._follow_key, turn)
        asyncio.get_running_loop().call_later(_KEY_LOOK_S, self._look_for, turn, _KEY_PATIENCE)

    def _follow_key(self, turn: int) -> None:
        (self.focused or self.screen).post_message(KeyHandled(turn))

    def _look_for(self, turn: int, patience: int) -> None:
        """Go on without a key that is lost, with a widget that was removed under it. One that is slow is not: while the
        app is stuck, or suspended, nobody looks."""
        if turn != self._turn:
            return
        if patience:
            asyncio.get_running_loop().call_later(_KEY_LOOK_S, self._look_for, turn, patience - 1)
        else:
            self._next_key(turn)

    def on_key_handled(self, message: KeyHandled) -> None:
        """Display at the next key after what this one has set in motion, such as a change of focus."""
        self.call_later(self._next_key, message.turn)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do what a key is bound to; nothing where it was meant for a screen that another has covered since, which is
        not yet made up."""
        if self._screen_stack and not self.screen.is_mounted:
            return False
        return await super()._check_bindings(key, priority)

    # Style sheets. Textual 8 reads all of them twice for each screen that is new. Here all are there from the start:
    # only another theme has them read again, and a screen's styles come to it as it is mounted.

    def delay_update(self, delay: float = _MASK_S) -> None:
        """Hide a transition for a moment: Textual's 50 ms are all one waits for where the screen is there already."""
        super().delay_update(min(delay, _MASK_S))

    def refresh_css(self, animate: bool = True) -> None:
        """Restyle the screens if the shown one is out of date. Before the first paint there is nothing to do: the style
        sheets were read with the first theme's colours."""
        if not self.painted or self.screen._css_update_count == self._css_update_count:
            return
        if self.get_css_variables() != self.stylesheet._variables:
            super().refresh_css(animate)
        else:
            self.stylesheet.update(self, animate=animate)
            if self.screen.is_mounted:
                self.screen._refresh_layout(self.size)
            for screen in self.screen_stack[:-1]:
                self.stylesheet.update(screen, animate=animate)
        for screen in self.screen_stack:
            screen._css_update_count = self._css_update_count
