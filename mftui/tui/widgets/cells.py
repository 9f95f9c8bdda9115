"""A widget that draws lines of cells and repaints only the cells that changed.

On a slow link a live screen then costs little more than its news: Textual is given
one region for each span of changed cells, not the widget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from mftui.tables.cells import cells_of, cut
from mftui.text import unseen_dropped
from mftui.tui.base.display import Display, display_of

Part = tuple[str, Style]
Line = Sequence[Part]

# Moving the terminal's cursor costs about as much as this many cells.
_BRIDGE = 10


class CellWidget(Widget):
    """Subclasses give `lines()`; `redraw()` shows what changed since.

    It has padding, but no border, opacity or tint: what Textual would do for those at each line is not done.
    """

    DEFAULT_CSS = "CellWidget { height: 1fr; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        """Line by line, with the padding at both sides."""
        self._drawn_for: object = None
        self._stale = False
        self._styles_of: dict[str, Style] = {}

    def lines(self, width: int, height: int) -> Iterable[Line | Strip]:
        """Make the lines from top to bottom, of (text, style) parts or by `strip`. Missing cells are blank."""
        return ()

    @property
    def terminal(self) -> Display:
        """Return the look of the app."""
        return display_of(self)

    def style(self, name: str = "") -> Style:
        """Return the style of the component class `name` on the widget's own, or that alone."""
        found = self._styles_of.get(name)
        if found is None:
            base = self.visual_style.rich_style
            found = base + self.get_component_rich_style(name) if name else base
            self._styles_of[name] = found
        return found

    def redraw(self) -> None:
        """Draw again and repaint the cells that are not as before."""
        size = self.size if self.is_attached else None
        if not size:
            self._stale = True  # what was drawn before is not what is to be seen when there is room again
            return
        before, fresh = self._strips, self._drawn_for == size
        self._draw(size)
        if not fresh:
            self.refresh()
            return
        spans_of = changed_spans if self.terminal.low_bandwidth else changed_span
        left = self.styles.padding.left
        spans = [
            Region(start - left, y, end - start, 1)
            for y, (new, old) in enumerate(zip(self._strips, before, strict=False))
            if new is not old
            for start, end in spans_of(old, new)
        ]
        if spans:
            self.refresh(*spans)

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    def render_lines(self, crop: Region) -> list[Strip]:
        size = self.size
        if self._stale or self._drawn_for != size:
            self._draw(size)
        padding = self.styles.padding
        width = size.width + padding.width
        blank = Strip.blank(width, self.style())
        first = crop.y - padding.top
        strips = [self._strips[y] if 0 <= y < len(self._strips) else blank for y in range(first, first + crop.height)]
        if filters := self.get_line_filters():
            background = self.background_colors[1]
            for line_filter in filters:
                strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def drawn(self) -> Sequence[Strip]:
        """Return the lines as they are seen."""
        if self._stale or self._drawn_for != self.size:
            self._draw(self.size)
        return [*self._strips]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of.clear()
        self._stale = True

    def strip(self, line: Line, width: int) -> Strip:
        """Return the parts in exactly `width` cells, between the paddings; neighbours of one style together.

        All text of the app's own widgets comes here: what a terminal would obey or hide is left out.
        """
        base, padding = self.style(), self.styles.padding
        runs: list[tuple[str, Style]] = [(" " * padding.left, base)]
        used = 0
        for part, own in line:
            used += cells_of(text := unseen_dropped(part))
            if runs[-1][1] is own:
                runs[-1] = (runs[-1][0] + text, own)
            else:
                runs.append((text, own))
        room = width - used
        if room < 0:
            cropped = Strip([Segment(text, own) for text, own in runs if text]).crop(0, padding.left + width)
            runs, room = [(segment.text, segment.style or base) for segment in cropped], 0
        runs.append((" " * (room + padding.right), base))
        return Strip([Segment(text, own) for text, own in runs if text], width + padding.width)

    def _draw(self, size: Size) -> None:
        width, height = size
        drawn = [
            line if isinstance(line, Strip) else self.strip(line, width)
            for line in islice(self.lines(width, height), height)
        ]
        if len(drawn) < height:
            drawn += [Strip.blank(width + self.styles.padding.width, self.style())] * (height - len(drawn))
        self._strips = drawn
        self._drawn_for = size
        self._stale = False


def harmless(strip: Strip) -> Strip:
    """Return a strip of one of Textual's own widgets without what a terminal would obey or hide."""
    return Strip([segment._replace(text=unseen_dropped(segment.text)) for segment in strip])


def changed_span(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """Return the one span `[start, end)` of cells, in whole runs of a style, outside of which `new` is as `old`; none
    where they are equal."""
    was, now = [*old], [*new]
    alike = _alike(was, now)
    if alike == len(was) == len(now):
        return []
    behind = _alike(was[alike:][::-1], now[alike:][::-1])
    start = sum(cells_of(segment.text) for segment in now[:alike])
    end = new.cell_length - sum(cells_of(segment.text) for segment in now[len(now) - behind :])
    return [(start, end)]


def _alike(was: Sequence[Segment], now: Sequence[Segment]) -> int:
    """Return how many of the first segments are equal."""
    pairs = enumerate(zip(was, now, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(was), len(now)))


def changed_spans(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """Return spans `[start, end)` of cells in which `new` is not as `old`; near ones are one span. Finer than
    `changed_span`, and ten times the work."""
    if old == new:
        return []
    was, now = _cells(old), _cells(new)
    spans: list[tuple[int, int]] = []
    for x, cell in enumerate(now):
        if x < len(was) and cell == was[x]:
            continue
        start = x
        while start and (now[start][0] is None or (start < len(was) and was[start][0] is None)):
            start -= 1  # never begin inside a wide character
        end = x + 1
        while end < len(now) and (now[end][0] is None or (end < len(was) and was[end][0] is None)):
            end += 1
        if spans and start - spans[-1][1] <= _BRIDGE:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _cells(strip: Strip) -> list[tuple[str | None, Style | None]]:
    """Return one entry for each cell; the second cell of a wide character is None."""
    cells: list[tuple[str | None, Style | None]] = []
    for text, style, _ in strip:
        if text.isascii():
            cells.extend((c, style) for c in text)
            continue
        for c in text:
            wide = cell_len(c)
            if wide == 0 and cells:
                cells[-1] = ((cells[-1][0] or "") + c, style)
                continue
            cells.append((c, style))
            cells.extend([(None, style)] * (wide - 1))
    return cells


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells: cut, or filled with blanks on the right."""
    text = cut(text, width, ellipsis)
    return text + " " * (width - cells_of(text))


def fit_right(text: str, width: int, ellipsis: str = "…") -> str:
    """Fit as `fit` does, but fill on the left."""
    text = cut(text, width, ellipsis)
    return " " * (width - cells_of(text)) + text


def wrap_cut(text: str, width: int, most: int, ellipsis: str) -> list[str]:
    """Wrap in at most so many lines; where that is not all of `text`, the last one ends in `ellipsis`."""
    lines = wrap(text, width)
    if len(lines) <= most:
        return lines
    kept = lines[: max(most, 0)]
    return [*kept[:-1], cut(f"{kept[-1]} {lines[most]}", width, ellipsis)] if kept else []


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken between words where there are any."""
    lines, line = [], ""
    for word in text.split():
        if line and cells_of(line) + 1 + cells_of(word) <= width:
            line = f"{line} {word}"
            continue
        lines += [line] if line else []
        line = word
        while cells_of(line) > width > 1:
            head = cut(line, width, "")
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line else lines
