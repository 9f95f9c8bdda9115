"""Sends changed spans of cells, and nothing to the left of them; asks only those widgets that paint them.

Textual 8 cuts what it sends at the end of a changed span but begins at the left edge of the widget, and for it has
every widget within the rectangle of all changes render its lines. This asks whose each changed cell is first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Span = tuple[int, int, int]
"""A line, and from and up to which cell of it."""


class Shown(NamedTuple):
    """A widget, where it would be and which part of that is to be seen, in cells of the screen."""

    widget: Widget
    region: Region
    part: Region


class Piece(NamedTuple):
    """Cells of one line that one widget paints."""

    y: int
    start: int
    stop: int
    shown: Shown


class SpanUpdate(ChopsUpdate):
    """Changed spans of some lines: what stands in them."""

    def __init__(self, spans: list[Span], painted: list[tuple[int, int, Strip]]) -> None:
        """`painted`: line, cell, and what begins there."""
        super().__init__([], spans, [])
        self._painted = painted

    def render_segments(self, console: Console) -> str:
        """Return the sequences for the terminal: for each span where it begins, and its cells."""
        colors = console._color_system or ColorSystem.TRUECOLOR
        return "".join(f"\x1b[{y + 1};{x + 1}H{_sequences(strip, colors)}" for y, x, strip in self._painted)


class SpanCompositor(Compositor):
    """A compositor whose partial updates are SpanUpdates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        screen = self.size.region
        dirty = [seen for region in self._dirty_regions if (seen := region.intersection(screen))]
        self._dirty_regions.clear()
        if not dirty:
            return None
        spans = list(self._regions_to_spans(dirty))
        return SpanUpdate(spans, list(_painted(self._pieces(spans, Region.from_union(dirty)))))

    def _pieces(self, spans: Iterable[Span], around: Region) -> list[Piece]:
        """Whose the cells of the spans are: the foremost widget's there."""
        visible = self.visible_widgets.items()  # from front to back
        shown = [
            Shown(widget, region, part)
            for widget, (region, clip) in visible
            if (part := region.intersection(clip)) and part.overlaps(around)
        ]
        pieces = []
        for y, x1, x2 in spans:
            gaps = [(x1, x2)]
            for one in shown:
                if not one.part.y <= y < one.part.bottom:
                    continue
                left = []
                for first, last in gaps:
                    start, stop = max(first, one.part.x), min(last, one.part.right)
                    if start >= stop:
                        left.append((first, last))
                        continue
                    pieces.append(Piece(y, start, stop, one))
                    left += [gap for gap in ((first, start), (stop, last)) if gap[0] < gap[1]]
                gaps = left
                if not gaps:
                    break
        return pieces


def _painted(pieces: Iterable[Piece]) -> Iterable[tuple[int, int, Strip]]:
    """Line, cell and what stands there; each widget is asked once, for the lines from its first to its last."""
    by_widget: dict[Shown, list[Piece]] = {}
    for piece in pieces:
        by_widget.setdefault(piece.shown, []).append(piece)
    for (widget, region, part), its in by_widget.items():
        first, last = its[0].y, its[-1].y
        crop = Region(part.x - region.x, first - region.y, part.width, last + 1 - first)
        strips = widget.render_lines(crop)
        for y, start, stop, _ in its:
            yield y, start, strips[y - first].crop(start - part.x, stop - part.x)


def _sequences(strip: Strip, colors: ColorSystem) -> str:
    """Return the cells with their styles, neighbours of one style together."""
    runs: list[tuple[Style | None, str]] = []
    for text, style, _ in strip:
        if runs and (runs[-1][0] is style or runs[-1][0] == style):
            runs[-1] = (style, runs[-1][1] + text)
        else:
            runs.append((style, text))
    return "".join(
        text if style is None else Strip.render_style(style, text, color_system=colors) for style, text in runs
    )
