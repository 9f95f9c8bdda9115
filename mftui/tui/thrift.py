"""Sends changed spans of cells, and nothing to the left of them.

Textual 8 cuts what it sends at the end of a changed span but begins at the left edge of the widget.
This renders the same update from the first changed cell on.
"""

from __future__ import annotations

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class SpanUpdate(ChopsUpdate):
    """Changed spans of some lines."""

    def render_segments(self, console: Console) -> str:
        """The sequences for the terminal: for each span where it begins, and its cells."""
        sent: list[str] = []
        for y, x1, x2 in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                start, stop = max(x, x1), min(end, x2)
                if strip is not None and start < stop:
                    sent.append(Control.move_to(start, y).segment.text)
                    sent.append(strip.crop(start - x, stop - x).simplify().render(console))
        return "".join(sent)


class SpanCompositor(Compositor):
    """A compositor whose partial updates are SpanUpdates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        update = super().render_partial_update()
        return update and SpanUpdate(update.chops, update.spans, update.chop_ends)
