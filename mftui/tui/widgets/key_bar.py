"""The line at the bottom: the keys that work here and now, made from the bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events

from mftui.tui.base.keys import sign
from mftui.tui.widgets.cells import CellWidget, Line, Part

if TYPE_CHECKING:
    from textual.screen import Screen

_ALWAYS = ("help", "quit")


class KeyBar(CellWidget):
    """Shows as many keys as there is room for; help and quit always. A click runs the action."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--label"}

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        wanted, always = self._entries()
        room = width - 1 - sum(_length(entry) for entry in always)
        shown = []
        for entry in wanted:
            if room >= _length(entry):
                room -= _length(entry)
                shown.append(entry)
        parts: list[Part] = [(" ", self.style())]
        self._spans = []
        at = 1
        for key, label, action in [*shown, *always]:
            parts += [(key, self.style("key-bar--key")), (f" {label}  ", self.style("key-bar--label"))]
            self._spans.append((at, at + _length((key, label, action)), action))
            at += _length((key, label, action))
        return [parts]

    def _entries(self) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
        """Return keys of this place, and those that are always shown: (key, label, action with its namespace)."""
        wanted: list[tuple[str, str, str]] = []
        always: list[tuple[str, str, str]] = []
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
        for start, end, key in self._spans:
            if start <= event.x < end:
                self.app.simulate_key(key)
                return


def _length(entry: tuple[str, str, str]) -> int:
    return len(entry[0]) + len(entry[1]) + 3
