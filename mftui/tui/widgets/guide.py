"""The line that says what is seen and what to press."""

from __future__ import annotations

from mftui.tui.widgets.cells import wrap
from mftui.tui.widgets.prose import Prose


class GuideLine(Prose):
    """As high as its sentence; nothing where there is none."""

    def __init__(self) -> None:
        super().__init__(("text", ""))
        self._said = ""

    def on_mount(self) -> None:
        self.display = bool(self._said)

    def say(self, sentence: str) -> None:
        """Say something else, or "" for nothing."""
        if sentence == self._said:
            return
        width = self.size.width
        as_high = self.display and len(wrap(self._said, width)) == len(wrap(sentence, width)) if width else False
        self._said = sentence
        self.display = bool(sentence)
        self.show(("text", sentence))
        if not as_high:
            self.refresh(layout=True)
