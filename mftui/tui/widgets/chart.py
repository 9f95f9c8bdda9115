"""The chart of a training: curves over steps, axes that grow in steps, current values above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style

from mftui.tui.charts.axes import Range, number, ticks, x_range, y_range
from mftui.tui.charts.canvas import Cell, Layer, draw
from mftui.tui.charts.points import Points
from mftui.tui.widgets.cells import CellWidget, Line, Part, fit_right, wrap

_N_STYLES = 6
_GUTTER = 5


@dataclass(frozen=True)
class Curve:
    """A named series; `dots` draws its points apart, for series that have few."""

    name: str
    points: Points
    dots: bool = False


@dataclass(frozen=True)
class Picture:
    """What a chart shows."""

    title: str
    x_label: str
    curves: tuple[Curve, ...] = ()
    best: tuple[float, float] | None = None
    """The point to mark, (x, y)."""
    total: float | None = None
    """Where the x axis ends when all is done, if known."""
    empty: str = ""
    """What to say while there is no point."""


class Chart(CellWidget):
    """Draws a Picture."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis",
        "chart--title",
        "chart--best",
        "chart--empty",
        *(f"chart--curve-{i}" for i in range(_N_STYLES)),
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._picture = Picture("", "")
        self._y: Range | None = None

    def show(self, picture: Picture) -> None:
        """Draw `picture`; only the cells that changed go to the terminal."""
        if picture.title != self._picture.title or not picture.curves:
            self._y = None
        self._picture = picture
        self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        picture = self._picture
        bounds = [b for curve in picture.curves if (b := curve.points.bounds())]
        yield self._legend(width)
        if not bounds:
            yield from self._nothing(width, height)
            return
        last = max(curve.points.last[0] for curve in picture.curves if curve.points.last)
        x = x_range(last, picture.total)
        self._y = y = y_range(min(b[0] for b in bounds), max(b[1] for b in bounds), self._y)
        yield from self._plot(width, height - 1, x, y)

    def _legend(self, width: int) -> Line:
        """Title and current values: with four digits where they fit, then with three, then what fits."""
        title = self._picture.title
        room = width - cell_len(title)
        entries = self._entries(4)
        if sum(cell_len(text) for text, _ in entries) > room:
            entries = self._entries(3)
        parts: list[Part] = [(title, self.style("chart--title"))]
        for text, style in entries:
            room -= cell_len(text)
            if room >= 0:
                parts.append((text, style))
        return parts

    def _entries(self, digits: int) -> list[Part]:
        glyphs, entries = self.look.glyphs, []
        for i, curve in enumerate(self._picture.curves):
            if curve.points.last:
                sign = glyphs.dots if curve.dots else glyphs.dash
                entries.append((f"  {sign} {curve.name} {curve.points.last[1]:.{digits}f}", self._curve_style(i)))
        if self._picture.best:
            word = "best " if digits > 3 else ""
            text = f"  {glyphs.held_out} {word}{self._picture.best[1]:.{digits}f}"
            entries.append((text, self.style("chart--best")))
        return entries

    def _nothing(self, width: int, height: int) -> Iterable[Line]:
        words = [line for text in self._picture.empty.split("\n") for line in wrap(text, width)]
        for _ in range(max(0, (height - len(words)) // 2 - 1)):
            yield []
        for line in words:
            yield [(" " * ((width - cell_len(line)) // 2) + line, self.style("chart--empty"))]

    def _plot(self, width: int, height: int, x: Range, y: Range) -> Iterable[Line]:
        glyphs, axis = self.look.glyphs, self.style("chart--axis")
        rows, marks = height - 2, ticks(y, max(2, height // 3))
        step = marks[1] - marks[0] if len(marks) > 1 else y.span
        names = {round((1 - y.share(value)) * (rows - 1)): number(value, step) for value in marks}
        gutter = max(_GUTTER, *(len(name) + 1 for name in names.values()))
        columns = width - gutter - 1
        grid = self._grid(columns, rows, x, y)
        for row, cells in enumerate(grid):
            label = fit_right(names.get(row, ""), gutter - 1)
            yield [
                (f"{label} {glyphs.tick if row in names else glyphs.axis}", axis),
                *self._runs(cells),
            ]
        yield [(" " * gutter + glyphs.corner + glyphs.dash * columns, axis)]
        yield [(self._x_labels(x, gutter, columns, width), axis)]

    def _grid(self, columns: int, rows: int, x: Range, y: Range) -> list[list[Cell]]:
        layers = []
        for curve in self._picture.curves:
            xs, ys = curve.points.thinned(x.lo, x.hi, columns)
            layers.append(Layer(tuple(xs), tuple(ys), self._marker(curve), joined=not curve.dots or self._joins(curve)))
        grid = draw(layers, columns, rows, x, y)
        if self._picture.best and grid:
            column = round(x.share(self._picture.best[0]) * (columns - 1))
            row = round((1 - y.share(self._picture.best[1])) * (rows - 1))
            if 0 <= row < rows and 0 <= column < columns:
                grid[row][column] = (self.look.glyphs.held_out, _N_STYLES)
        return grid

    def _marker(self, curve: Curve) -> str:
        if self.look.ascii:
            return "o" if curve.dots else "."
        return self.look.glyphs.dots if curve.dots and not self._joins(curve) else "braille"

    def _joins(self, curve: Curve) -> bool:
        """Colour tells two lines apart; without it, one of them is dots."""
        return not (self.look.no_color or self.look.ascii) and len(curve.points) > 1

    def _runs(self, cells: Sequence[Cell]) -> Iterable[Part]:
        start = 0
        for at in range(1, len(cells) + 1):
            if at == len(cells) or cells[at][1] != cells[start][1]:
                kind = cells[start][1]
                style = self.style() if kind < 0 else self._curve_style(kind)
                yield "".join(c for c, _ in cells[start:at]), style
                start = at

    def _curve_style(self, index: int) -> Style:
        if index == _N_STYLES:
            return self.style("chart--best")
        return self.style(f"chart--curve-{index % _N_STYLES}")

    def _x_labels(self, x: Range, gutter: int, columns: int, width: int) -> str:
        marks = ticks(x, max(2, columns // 10))
        step = marks[1] - marks[0] if len(marks) > 1 else x.span
        line = [" "] * width
        for value in marks:
            name = number(value, step)
            at = gutter + 1 + round(x.share(value) * (columns - 1)) - len(name) // 2
            at = min(max(at, gutter), width - len(name))
            line[at : at + len(name)] = name
        text = "".join(line).rstrip()
        label = f" {self._picture.x_label}"
        return text + label if len(text) + len(label) <= width else text
