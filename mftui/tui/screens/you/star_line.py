"""Ten keys for the ratings of any scale (whole stars, and half a star more), and the line that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events

from mftui.data.profiles.stars import TOP, from_stars
from mftui.tables.captions import cut_name
from mftui.tui.widgets.cells import CellWidget, Line, Part

if TYPE_CHECKING:
    from mftui.data.dataset import Scale

WHOLE = tuple(float(star) for star in range(1, int(TOP) + 1))
HALF = 0.5
_STEPS_WITHOUT = 20
"""How many steps a scale without steps is given."""
_GAP = 2
_MIN_WIDTH = 110
"""Columns from which each key is named."""


class StarLine(CellWidget):
    """A click on a rating is its key."""

    DEFAULT_CSS = "StarLine { height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"star-line--key", "star-line--text", "star-line--bad", "star-line--good"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: Sequence[tuple[str, str, str]] = ()
        self._halves: Sequence[tuple[str, str, str]] = ()
        self._half = self._rest = ""
        self._said, self._kind = "", ""
        self._spans: list[tuple[int, int, str]] = []

    def show_keys(
        self,
        keys: Sequence[tuple[str, str, str]],
        halves: Sequence[tuple[str, str, str]] = (),
        half: str = "",
        rest: str = "",
    ) -> None:
        """Show the keys. `keys`, `halves`: (how it is written, its rating, the key itself); `half`: what adds half a
        star; `rest`: what stands behind, if there is room."""
        self._keys, self._halves, self._half, self._rest = keys, halves, half, rest
        self.redraw()

    def say(self, text: str, kind: str = "text") -> None:
        """Say what became of the last key: `kind` is "text", "good" or "bad"."""
        if (text, kind) != (self._said, self._kind):
            self._said, self._kind = text, kind
            self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        key_style, text = self.style("star-line--key"), self.style("star-line--text")
        parts: list[Part] = []
        self._spans = []
        at = 0
        wide = width >= _MIN_WIDTH
        said = " stars" if all(sign == rating for sign, rating, _ in self._keys) else ""
        for sign, rating, key in [*self._keys, *(self._halves if wide else ())]:
            means = "" if rating == sign else f" {rating}"
            means += said if key == self._keys[-1][2] else ""
            end = at + len(sign) + len(means)
            if end > width:
                break
            parts += [(sign, key_style), (means + " " * _GAP, text)]
            self._spans.append((at, end, key))
            at = end + _GAP
        for more in (self._half, self._rest if wide else ""):
            if more and at + len(more) <= width:
                parts.append((more + " " * _GAP, text))
                at += len(more) + _GAP
        said = cut_name(self.terminal.text(self._said), max(0, width - at), self.terminal.glyphs.ellipsis)
        parts.append((said, self.style(f"star-line--{self._kind or 'text'}")))
        yield parts

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        for start, end, key in self._spans:
            if place is not None and start <= place.x < end:
                self.app.simulate_key(key)
                return


def ratings_of_stars(scale: Scale) -> dict[float, float]:
    """Return what half and whole stars of five mean on `scale`, lowest first: the nearest rating that it has. A half is
    left out if it would be the same as a whole one."""
    whole = {star: nearest(from_stars(star, scale), scale) for star in WHOLE}
    halves = {star - HALF: nearest(from_stars(star - HALF, scale), scale) for star in WHOLE}
    taken = set(whole.values())
    return dict(sorted((whole | {star: r for star, r in halves.items() if r not in taken}).items()))


def nearest(rating: float, scale: Scale) -> float:
    """Return the rating of the scale that is nearest."""
    step = _step(scale)
    return round(min(max(scale.lo + round((rating - scale.lo) / step) * step, scale.lo), scale.hi), 6)


def nudged(rating: float, by: int, scale: Scale) -> float:
    """Move the rating by `by` steps of the scale, as far as it goes."""
    return nearest(rating + by * _step(scale), scale)


def _step(scale: Scale) -> float:
    return scale.step or (scale.hi - scale.lo) / _STEPS_WITHOUT or 1.0
