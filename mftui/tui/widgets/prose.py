"""Sentences, wrapped; as high as they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.geometry import Size

from mftui.tui.widgets.cells import CellWidget, Line, wrap


class Prose(CellWidget):
    """Paragraphs, each of a kind: "title", "text", "dim", "bad"."""

    DEFAULT_CSS = "Prose { height: auto; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"prose--title", "prose--text", "prose--dim", "prose--bad"}

    def __init__(self, *paragraphs: tuple[str, str], classes: str | None = None) -> None:
        """Take `paragraphs`: (kind, text) each; an empty text is an empty line."""
        super().__init__(classes=classes)
        self._paragraphs: Sequence[tuple[str, str]] = paragraphs

    def show(self, *paragraphs: tuple[str, str]) -> None:
        """Other paragraphs, in the same room."""
        self._paragraphs = paragraphs
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return sum(max(1, len(wrap(self.terminal.text(text), width))) for _, text in self._paragraphs)

    def lines(self, width: int, height: int) -> Iterable[Line]:
        for kind, text in self._paragraphs:
            for line in wrap(self.terminal.text(text), width) or [""]:
                yield [(line, self.style(f"prose--{kind}"))]

    def say(self, sentence: str) -> None:
        """Show one paragraph of text as high as it needs, or nothing for ""."""
        before = "".join(text for _, text in self._paragraphs)
        if sentence == before:
            return
        width = self.size.width
        as_high = self.display and len(wrap(before, width)) == len(wrap(sentence, width)) if width else False
        self.display = bool(sentence)
        self.show(("text", sentence))
        if not as_high:
            self.refresh(layout=True)
