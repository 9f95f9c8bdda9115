"""Lists and texts in a terminal of a few rows or columns, in which Textual 8 divides by nothing or misses a line.

Both are Textual's own classes, which its palettes use, so that a subclass would not do.
"""

from __future__ import annotations

from typing import Any, Literal

from textual.content import Content
from textual.widgets import OptionList

_move_page = OptionList._move_page
_get_height = Content.get_height


def _move_page_in_room(options: OptionList, direction: Literal[-1, 1]) -> None:
    """Move by a page, where the list has a line at all."""
    if (options.highlighted or 0) in options._index_to_line:
        _move_page(options, direction)


def _height_in_room(content: Content, rules: Any, width: int) -> int:
    """Return the lines that a text takes; one that has no column as if it had one."""
    return _get_height(content, rules, max(1, width))


def bear_tiny_terminals() -> None:
    """Let them be drawn all the same."""
    OptionList._move_page = _move_page_in_room  # type: ignore[method-assign, assignment]
    Content.get_height = _height_in_room  # type: ignore[method-assign, assignment]
