"""A dialog that answers twice, as where enter was pressed twice before it was gone, in which Textual 8 takes the screen
below it away, or ends the app because there is none.

Textual's own dialogs do so, too, so that a subclass would not do.
"""

from __future__ import annotations

from typing import Any

from textual.await_complete import AwaitComplete
from textual.screen import Screen

_dismiss = Screen.dismiss


def _dismiss_once(screen: Screen[Any], result: Any = None) -> AwaitComplete:
    """Give the result and go; nothing where another screen is on top, or this one has gone."""
    return _dismiss(screen, result) if screen.is_active else AwaitComplete()


def answer_once() -> None:
    """Let each dialog give one answer, and take away itself alone."""
    Screen.dismiss = _dismiss_once  # type: ignore[method-assign, assignment]
