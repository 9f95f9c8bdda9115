"""Which key gives how many stars, and what became of the last one that was pressed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events

from mftui.tui.widgets.cells import CellWidget, Line, Part, cut

_GAP = 2


class StarLine(CellWidget):
    """A click on a rating is its key."""

    DEFAULT_CSS = "StarLine { height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"star-line--key", "star-line--text", "star-line--bad", "star-line--good"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: Sequence[tuple[str, str, str]] = ()
        self._rest = ""
        self._said, self._kind = "", ""
        self._spans: list[tuple[int, int, str]] = []

    def show_keys(self, keys: Sequence[tuple[str, str, str]], rest: str) -> None:
        """`keys`: (how it is written, its rating, the key itself); `rest`: what stands behind, where there is room."""
        if (keys, rest) != (self._keys, self._rest):
            self._keys, self._rest = keys, rest
            self.redraw()

    def say(self, text: str, kind: str = "text") -> None:
        """What became of the last key: `kind` is "text", "good" or "bad"."""
        if (text, kind) != (self._said, self._kind):
            self._said, self._kind = text, kind
            self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        key_style, text = self.style("star-line--key"), self.style("star-line--text")
        parts: list[Part] = []
        self._spans = []
        at = 0
        for sign, rating, key in self._keys:
            end = at + len(sign) + len(rating) + 1
            if end > width:
                break
            parts += [(sign, key_style), (f" {rating}{' ' * _GAP}", text)]
            self._spans.append((at, end, key))
            at = end + _GAP
        ellipsis = self.look.glyphs.ellipsis
        said = self.look.text(self._said)
        if at + len(self._rest) + _GAP + min(len(said), 20) <= width:
            parts.append((self._rest + " " * _GAP, text))
            at += len(self._rest) + _GAP
        parts.append((cut(said, max(0, width - at), ellipsis), self.style(f"star-line--{self._kind or 'text'}")))
        yield parts

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        for start, end, key in self._spans:
            if place is not None and start <= place.x < end:
                self.app.simulate_key(key)
                return
