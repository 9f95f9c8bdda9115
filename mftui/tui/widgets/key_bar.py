"""The line at the bottom: the keys that work here and now, made from the bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.geometry import Size

from mftui.tui.base.keys import sign
from mftui.tui.widgets.cells import CellWidget, Line, Part

if TYPE_CHECKING:
    from textual.screen import Screen

Entry = tuple[str, str, str]
_ALWAYS = ("help", "quit")
_TWO_LINES_FROM = 24
"""Rows of a terminal from which two lines may be keys."""


class KeyBar(CellWidget):
    """Shows as many keys as there is room for; help and quit always. A click runs the action.

    Where one line is too short and the terminal high enough, it takes a second one, and keeps it. In a dialog it hides
    that of the screen below, whose keys do nothing there.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--label"}

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, int, str]] = []
        """(line, first column, behind the last, key) of each."""
        self._rows, self._rows_for = 1, 0
        """Lines needed so far in a width."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        if max(self._needed(self.size.width), self._hidden) != self.size.height:
            self.refresh(layout=True)
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(self._needed(width), self._hidden) if viewport.height >= _TWO_LINES_FROM else 1

    @property
    def _hidden(self) -> int:
        """Return the lines of keys below a dialog; 0 where nothing lies below."""
        stack = self.app.screen_stack
        at = stack.index(self.screen) if self.screen in stack else 0
        below = stack[at - 1].query(KeyBar) if at and self.screen.is_modal else ()
        return max((bar.size.height for bar in below), default=0)

    def _needed(self, width: int) -> int:
        """Return how many lines the keys need, or have needed before."""
        if width != self._rows_for:
            self._rows, self._rows_for = 1, width
        entries = [entry for group in self._entries() for entry in group]
        if sum(map(_length, entries)) > width - 1:
            self._rows = 2
        return self._rows

    def lines(self, width: int, height: int) -> Iterable[Line]:
        wanted, always = self._entries()
        if spare := height - self._needed(width) if self._hidden else 0:
            yield from ([(" ", self.style())] for _ in range(spare))
            height -= spare
        left, rows = [width - 1] * height, [list[Entry]() for _ in range(height)]
        left[-1] -= sum(map(_length, always))
        for entry in wanted:
            row = next((at for at, room in enumerate(left) if room >= _length(entry)), None)
            if row is not None:
                left[row] -= _length(entry)
                rows[row].append(entry)
        rows[-1] += always
        self._spans = []
        for number, entries in enumerate(rows, spare):
            parts: list[Part] = [(" ", self.style())]
            at = 1
            for key, label, action in entries:
                parts += [(key, self.style("key-bar--key")), (f" {label}  ", self.style("key-bar--label"))]
                self._spans.append((number, at, at + _length((key, label, action)), action))
                at += _length((key, label, action))
            yield parts

    def _entries(self) -> tuple[list[Entry], list[Entry]]:
        """Return keys of this place, and those that are always shown: (key, label, action with its namespace)."""
        wanted: list[Entry] = []
        always: list[Entry] = []
        names: dict[str, str] = getattr(self.screen, "key_names", {})
        seen = set()
        typing = self.screen.focused is not None and self.screen.focused.check_consume_key("a", "a")
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if typing and len(sign(binding.key)) == 1:
                continue
            if not (enabled and binding.id) or binding.action in seen:
                continue
            entry = (sign(binding.key), names.get(binding.id, binding.description), binding.key)
            if binding.action in _ALWAYS:
                seen.add(binding.action)
                always.append(entry)
            elif binding.show:
                seen.add(binding.action)
                wanted.append(entry)
        return wanted, always

    async def on_click(self, event: events.Click) -> None:
        for row, start, end, key in self._spans:
            if row == event.y and start <= event.x < end:
                self.app.simulate_key(key)
                return


def _length(entry: Entry) -> int:
    return len(entry[0]) + len(entry[1]) + 3
