"""The line at the top: screens and their keys on the left, what is open and under way on the right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.message import Message

from mftui.tables.cells import cut
from mftui.tui.base.shell import Headline
from mftui.tui.widgets.cells import CellWidget, Line, Part

_LEAST = 8
"""Cells from which what is open is named."""
_TAIL = 3
"""Signs at the end of a run's name: the number that sets it apart."""
_BETWEEN = " · "


class TopBar(CellWidget):
    """One line. The screens are those that exist, in the order of their keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"top-bar--name", "top-bar--here", "top-bar--key", "top-bar--busy"}

    @dataclass
    class Go(Message):
        """A screen's name was clicked."""

        mode: str

    def __init__(self, here: str, screens: Iterable[tuple[str, str, str]]) -> None:
        """`here`: the mode that this bar belongs to; `screens`: (mode, key, title) of each."""
        super().__init__()
        self._here = here
        self._screens = tuple(screens)
        self._headline = Headline()
        self._ends: list[tuple[int, str]] = []

    def show(self, headline: Headline) -> None:
        """Change the right half."""
        if headline != self._headline:
            self._headline = headline
            self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        parts: list[Part] = [(" mftui ", self.style("top-bar--name")), ("  ", self.style())]
        used, self._ends = 9, []
        for mode, key, title in self._screens:
            style = self.style("top-bar--here" if mode == self._here else "top-bar--key")
            text = f" {key} {title} "
            parts.append((text, style))
            used += len(text)
            self._ends.append((used, mode))
        return [[*parts, *self._right(width - used)]]

    def _right(self, room: int) -> list[Part]:
        training = self._headline.training
        if training:
            training = f"{self.terminal.glyphs.busy} {training} "
        for_model = room - cell_len(training) - 3
        model = self._model(for_model) if for_model >= _LEAST else ""
        text = f"{model}  " if model and training else f"{model} " if model else ""
        gap = room - cell_len(text) - cell_len(training)
        return [(" " * max(gap, 0) + text, self.style()), (training, self.style("top-bar--busy"))]

    def _model(self, room: int) -> str:
        """Return as many parts of what is open as there is room for; of the first, begin and end."""
        parts = [self.terminal.text(part) for part in self._headline.model]
        between = self.terminal.text(_BETWEEN)
        while len(parts) > 1 and cell_len(between.join(parts)) > room:
            parts.pop()
        text, ellipsis = between.join(parts), self.terminal.glyphs.ellipsis
        return text if cell_len(text) <= room else cut(text, room - _TAIL, ellipsis) + text[-_TAIL:]

    def on_click(self, event: events.Click) -> None:
        for end, mode in self._ends:
            if 9 <= event.x < end:
                self.post_message(self.Go(mode))
                return
