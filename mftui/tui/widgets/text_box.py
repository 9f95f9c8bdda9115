"""One line to type into, of which nothing reaches the terminal that it would obey or hide."""

from __future__ import annotations

from textual.strip import Strip
from textual.widgets import Input

from mftui.tui.widgets.cells import harmless


class TextBox(Input):
    """An Input that shows what was pasted into it, or stood in a file, without control characters."""

    def render_line(self, y: int) -> Strip:
        return harmless(super().render_line(y))
