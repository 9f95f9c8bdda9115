"""A widget that draws lines of cells and repaints only the cells that changed.

On a slow link a live screen then costs little more than its news: Textual is given
one region for each span of changed cells, not the widget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mftui.tui.look import Look, look_of

Part = tuple[str, Style]
Line = Sequence[Part]

# Moving the terminal's cursor costs about as much as this many cells.
_BRIDGE = 10


class CellWidget(Widget):
    """Subclasses give `lines()`; `redraw()` shows what changed since."""

    DEFAULT_CSS = "CellWidget { height: 1fr; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        self._drawn_for: object = None
        self._stale = False

    def lines(self, width: int, height: int) -> Iterable[Line]:
        """The lines from top to bottom, as (text, style) parts. Missing cells are blank."""
        raise NotImplementedError

    @property
    def look(self) -> Look:
        """The look of the app."""
        return look_of(self)

    def style(self, name: str = "") -> Style:
        """The style of the component class `name`, or the widget's own."""
        return self.get_component_rich_style(name) if name else self.visual_style.rich_style

    def redraw(self) -> None:
        """Draw again and repaint the cells that are not as before."""
        if not self.is_attached or not self.size:
            self._stale = True  # what was drawn before is not what is to be seen when there is room again
            return
        before, fresh = self._strips, self._drawn_for == self.size
        self._draw()
        if fresh:
            spans = [
                Region(start, y, end - start, 1)
                for y, (new, old) in enumerate(zip(self._strips, before, strict=False))
                if new is not old
                for start, end in changed_spans(old, new)
            ]
            if spans:
                self.refresh(*spans)
        else:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if self._stale or self._drawn_for != self.size:
            self._draw()
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.style())

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._stale = True

    def _draw(self) -> None:
        width, height = self.size
        base = self.style()
        drawn = []
        for line in self.lines(width, height):
            strip = Strip(Segment(text, base + style) for text, style in line if text)
            drawn.append(strip.adjust_cell_length(width, base))
        blank = Strip.blank(width, base)
        drawn += [blank] * (height - len(drawn))
        self._strips = drawn[:height]
        self._drawn_for = self.size
        self._stale = False


def changed_spans(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """Spans `[start, end)` of cells in which `new` is not as `old`; near ones are one span."""
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
    """One entry for each cell; the second cell of a wide character is None."""
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


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells, what is too much replaced by `ellipsis`."""
    if cell_len(text) <= width:
        return text
    kept, room = [], width - cell_len(ellipsis)
    if room < 0:
        return ""
    for c in text:
        room -= cell_len(c)
        if room < 0:
            break
        kept.append(c)
    return "".join(kept) + ellipsis


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells: cut, or filled with blanks on the right."""
    text = cut(text, width, ellipsis)
    return text + " " * (width - cell_len(text))


def fit_right(text: str, width: int, ellipsis: str = "…") -> str:
    """As `fit`, but filled on the left."""
    text = cut(text, width, ellipsis)
    return " " * (width - cell_len(text)) + text


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken between words where there are any."""
    lines, line = [], ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) <= width:
            line = f"{line} {word}"
            continue
        lines += [line] if line else []
        line = word
        while cell_len(line) > width > 1:
            head = cut(line, width, "")
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line else lines
