"""A chart: curves over steps, axes that grow in steps, current values above, or those under a cursor."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style

from mftui.tables.cells import cut
from mftui.tui.charts.axes import WIDE, Range, log_ticks, number, ticks, y_range
from mftui.tui.charts.canvas import BLANK, Cell, Layer, draw
from mftui.tui.charts.picture import Curve, Picture
from mftui.tui.charts.points import Points, Smoothed
from mftui.tui.charts.view import View
from mftui.tui.widgets.cells import CellWidget, Line, Part, fit_right, wrap, wrap_cut

N_STYLES = 9
_GUTTER = 5
_NOTE, _OF_NOTE = 3, 6
"""Lines that a sentence below the title may take, and the share of the height from which it may take more."""
_OWN_LINE = 10
"""Rows of a chart from which the run's name may have a line of its own."""
_PROSE = 72
"""Columns of what is said where there is no point."""
_LEVELS = 4
"""Of the line above a chart: with all it can say, without where the best is, with fewer digits, without names."""
_NAMES = (60, 40, 32, 26, 22, 18, 15, 12)
"""Cells that names of other runs have at most; the first for which there is room."""
_TAIL = 4
"""Cells of their end that are always shown."""
_EVERY = 24
"""Columns between two letters on the curve of another run."""
_BEST, _CURSOR = N_STYLES, N_STYLES + 1


class Chart(CellWidget):
    """Draws a Picture as a View says."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis", "chart--title", "chart--title-focus", "chart--best", "chart--cursor", "chart--empty",
        *(f"chart--curve-{i}" for i in range(N_STYLES)),
    }  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.picture = Picture("", "")
        """What the chart shows."""
        self._view = View()
        self._focused = False
        self._y: Range | None = None
        self._smoothed: dict[Points, Smoothed] = {}
        self._gutter = _GUTTER

    def show(self, picture: Picture, view: View | None = None, *, focused: bool = False) -> None:
        """Draw `picture`; only the cells that changed go to the terminal."""
        view = view or View()
        before = self.picture
        if (picture.of, picture.title) != (before.of, before.title) or not picture.curves or view.log != self._view.log:
            self._y = None
        self.picture, self._view, self._focused = picture, view, focused
        self._smoothed = {c.points: s for c in picture.curves if (s := self._smoothed.get(c.points))}
        self.redraw()

    @property
    def columns(self) -> int:
        """About how many cells wide the curves are."""
        return max(1, self.size.width - self._gutter - 1)

    def x_at(self, cell: int) -> float | None:
        """Return the x under a column of cells of this widget, None beside the curves."""
        x = self.x_range()
        share = (cell - self._gutter - 1) / max(1, self.columns - 1)
        return x.lo + share * x.span if x and 0 <= share <= 1 else None

    def x_range(self, view: View | None = None) -> Range | None:
        """Return the x axis as it is now (or would be in `view`), None where there is nothing to show."""
        points = [curve.points for curve in self.picture.curves if len(curve.points)]
        if not points:
            return None
        first = min(p.first[0] for p in points if p.first)
        last = max(p.last[0] for p in points if p.last)
        return (view or self._view).range(min(first, self.picture.start), last, self.picture.total, self.picture.unit)

    def lines(self, width: int, height: int) -> Iterable[Line]:
        x = self.x_range()
        lines = max(height // _OF_NOTE, min(_NOTE, height // 4))
        note = wrap_cut(self.terminal.text(self.picture.note), width, lines, self.terminal.glyphs.ellipsis)
        legend = self._legend(width, height) + [[(line, self.style("chart--axis"))] for line in note]
        if x is not None or not self.picture.empty:
            yield from legend
        y = self._y_range(x, self._view) if x else None
        if x is None or y is None:
            yield from self._nothing(width, height)
            return
        self._y = self._y if self._view.y else y
        yield from self._plot(width, height - len(legend), x, y)

    def y_range(self, view: View | None = None) -> Range | None:
        """Return the y axis as it is now, or would be in `view`; None where there is nothing to show."""
        x = self.x_range(view)
        return self._y_range(x, view or self._view) if x else None

    def _y_range(self, x: Range, view: View) -> Range | None:
        if view.y:
            return view.y
        above = 0.0 if view.log else -math.inf
        found = [b for curve in self.picture.curves if (b := self._points(curve).bounds(x.lo, x.hi, above))]
        if not found:
            return None
        low, high = min(b[0] for b in found), max(b[1] for b in found)
        if view.log:
            low, high = math.log10(low), math.log10(high)
        return y_range(low, high, self._y)

    def _points(self, curve: Curve) -> Points:
        """Return the curve's points as the view wants it."""
        strength = self._view.smooth
        if not strength or curve.dots:
            return curve.points
        smoothed = self._smoothed.get(curve.points)
        if smoothed is None or smoothed.strength != strength:
            smoothed = self._smoothed[curve.points] = Smoothed(curve.points, strength)
        return smoothed.points()

    # Title and values

    def _legend(self, width: int, height: int) -> list[Line]:
        """Title and values: with all digits where they fit, then with fewer, then what fits; the curves that carry a
        mark below, in a fifth of the height. Where the run's name would cost those of its curves, it has its own line.
        """
        words = f" ({', '.join(self._view.words)})" if self._view.words else ""
        style, most = self.style("chart--title-focus" if self._focused else "chart--title"), max(1, height // 5)
        title, entries = self._headed(width - cell_len(words), beside=height < _OWN_LINE)
        most_own = 1
        parts: list[Part] = [(title, style)]
        parts += [(words, self.style("chart--axis"))] if words else []
        if height >= _OWN_LINE and len(self.picture.curves) > 1 and entries == self._entries(_LEVELS - 1):
            named = self._entries(_LEVELS - 2)  # rather a line more, or two, than signs without names
            most_own = next((n for n in (2, 3) if _laid_out(parts, named, width, n)[1]), 1)
            entries = named if most_own > 1 else entries
        marked = [curve for curve in self.picture.curves if curve.mark]
        lines: list[Line] = []
        kind, why = self.picture.marked, self.picture.marked_why
        for longest in _NAMES:
            others = [entry for curve in marked if (entry := self._entry(curve, 1, longest))]
            if others and kind:
                said = f"{kind} ({why}):" if why and longest == _NAMES[0] else f"{kind}:"
                others.insert(0, (f"  {said}", self.style("chart--axis")))
            lines, all_fit = _laid_out(parts, [*entries, *others], width, max(most if others else 1, most_own))
            if all_fit:
                break
        above = self.picture.of if title == self.picture.title and height >= _OWN_LINE else ""
        return [[(self._short(above, width), style)], *lines] if above else lines

    def _headed(self, room: int, *, beside: bool) -> tuple[str, list[Part]]:
        """Return the title and the values beside it; before it as much of the run's name as there is room for, and
        where it cannot but be `beside` them, the names of the curves leave for it."""
        title, of = self.picture.title, self.picture.of
        named = [f"{self._short(of, longest)}: {title}" for longest in _NAMES] if of else []
        choices = [self._entries(level) for level in range(_LEVELS)]
        levels = [(named, entries) for entries in (choices if beside else choices[:-1])]
        for titles, entries in [*levels, *(([title], entries) for entries in choices)]:
            values = sum(cell_len(text) for text, _ in entries)
            if fits := next((t for t in titles if cell_len(t) + values <= room), ""):
                return fits, entries
        return title, choices[-1]

    def _entries(self, level: int) -> list[Part]:
        picture = self.picture
        entries = []
        cursor = self._view.cursor
        if cursor is not None:
            where = picture.x_form(cursor)
            at = f"{picture.x_label} {where}" if level < _LEVELS - 1 else f"@{where}"
            entries.append((f"  {at}", self.style("chart--cursor")))
        entries += [entry for curve in picture.curves if not curve.mark and (entry := self._entry(curve, level))]
        if picture.best and cursor is None:
            word = "best " if level < 2 else ""
            where = f" {picture.best_label}" if level == 0 and picture.best_label else ""
            value = (picture.form if level < 2 else picture.short)(picture.best[1])
            entries.append((f"  {self.terminal.glyphs.held_out} {word}{value}{where}", self.style("chart--best")))
        return entries

    def _entry(self, curve: Curve, level: int, longest: int = _NAMES[0]) -> Part | None:
        """Return the sign, name (of so many cells) and value of a curve: the newest, or at the cursor."""
        points, cursor = self._points(curve), self._view.cursor
        point = points.last if cursor is None else points.before(cursor)
        if point is None:
            return None
        sign = curve.mark or (self._dots(curve) if curve.dots else self.terminal.glyphs.dash)
        value = (self.picture.form if level < 2 else self.picture.short)(point[1])
        name = f" {self._short(curve.name, longest)}" if curve.name and level < _LEVELS - 1 else ""
        note = f" ({curve.note})" if curve.note else ""
        return f"  {sign}{name} {value}{note}", self._curve_style(curve.style)

    def _short(self, name: str, longest: int) -> str:
        """Return a name in so many cells: its beginning, and its end, where the number is that sets it apart."""
        name, ellipsis = self.terminal.text(name), self.terminal.glyphs.ellipsis
        return name if cell_len(name) <= longest else cut(name, longest - _TAIL, ellipsis) + name[-_TAIL:]

    def _nothing(self, width: int, height: int) -> Iterable[Line]:
        text = "No values above zero, or none in this part." if self.x_range() else self.picture.empty
        words = [line for part in text.split("\n") for line in wrap(part, min(width, _PROSE)) or [""]]
        left = (width - max(map(cell_len, words))) // 2
        for _ in range(max(0, (height - len(words)) // 2 - 1)):
            yield []
        for line in words:
            yield [(" " * left + line, self.style("chart--empty"))]

    # The plot

    def _plot(self, width: int, height: int, x: Range, y: Range) -> Iterable[Line]:
        glyphs, axis = self.terminal.glyphs, self.style("chart--axis")
        rows = height - 2
        names = self._y_names(y, rows)
        gutter = max(_GUTTER, *(len(name) + 1 for name in names.values())) if names else _GUTTER
        self._gutter, columns = gutter, width - gutter - 1
        grid = self._grid(columns, rows, x, y)
        for row, cells in enumerate(grid):
            label = fit_right(names.get(row, ""), gutter - 1)
            yield [(f"{label} {glyphs.tick if row in names else glyphs.axis}", axis), *self._runs(cells)]
        yield [(" " * gutter + glyphs.corner + glyphs.dash * columns, axis)]
        yield [(self._x_labels(x, gutter, columns, width), axis)]

    def _y_names(self, y: Range, rows: int) -> dict[int, str]:
        """Return what stands beside the y axis, by row."""
        most = max(2, rows // 3 + 1)
        if self._view.log:
            marks = log_ticks(y, most)
            places = [math.log10(value) for value in marks]
        else:
            marks = places = ticks(y, most)
        named = {}
        beside = marks[1] - marks[0] if len(marks) > 1 else abs(marks[0]) if marks and marks[0] else y.span
        for value, place in zip(marks, places, strict=True):
            step = value if self._view.log and y.span >= WIDE else beside
            named[round((1 - y.share(place)) * (rows - 1))] = number(value, step)
        return named

    def _grid(self, columns: int, rows: int, x: Range, y: Range) -> list[list[Cell]]:
        layers = []
        for curve in self.picture.curves:
            xs, ys = self._points(curve).thinned(x.lo, x.hi, columns)
            if self._view.log:
                positive = [(a, math.log10(b)) for a, b in zip(xs, ys, strict=True) if b > 0]
                xs, ys = [a for a, _ in positive], [b for _, b in positive]
            layers.append(Layer(tuple(xs), tuple(ys), self._marker(curve), joined=not curve.dots or self._joins(curve)))
        grid = draw(layers, columns, rows, x, y)
        if not grid or columns < 1:
            return grid
        self._write_marks(grid)
        for cells in grid:
            cells[:] = [(sign, i if i < 0 else self.picture.curves[i].style) for sign, i in cells]
        self._mark_best(grid, x, y)
        self._mark_cursor(grid, x)
        return grid

    def _write_marks(self, grid: list[list[Cell]]) -> None:
        """Write the letter of each curve that has one on it, here and there: colours alone are easily mixed up."""
        columns = len(grid[0])
        rows_of: dict[tuple[int, int], int] = {}
        for row, cells in enumerate(grid):
            rows_of.update({(i, column): row for column, (_, i) in enumerate(cells) if i >= 0})
        for i, curve in enumerate(self.picture.curves):
            last = max((column for at, column in rows_of if at == i), default=0)
            places = (*range(_EVERY // 2 + 3 * i % _EVERY, columns, _EVERY), last) if curve.mark else ()
            for at in ((rows_of[i, column], column) for column in places if (i, column) in rows_of):
                grid[at[0]][at[1]] = (curve.mark, i)

    def _mark_best(self, grid: list[list[Cell]], x: Range, y: Range) -> None:
        best = self.picture.best
        if not best or (self._view.log and best[1] <= 0):
            return
        column = round(x.share(best[0]) * (len(grid[0]) - 1))
        row = round((1 - y.share(math.log10(best[1]) if self._view.log else best[1])) * (len(grid) - 1))
        if 0 <= row < len(grid) and 0 <= column < len(grid[0]):
            grid[row][column] = (self.terminal.glyphs.held_out, _BEST)

    def _mark_cursor(self, grid: list[list[Cell]], x: Range) -> None:
        if self._view.cursor is None:
            return
        column = round(x.share(self._view.cursor) * (len(grid[0]) - 1))
        if 0 <= column < len(grid[0]):
            for cells in grid:
                if cells[column] == BLANK:
                    cells[column] = (self.terminal.glyphs.axis, _CURSOR)

    def _marker(self, curve: Curve) -> str:
        if curve.mark and not self._colored:
            return curve.mark
        if curve.dots and not self._joins(curve):
            return self._dots(curve)
        return "." if self.terminal.ascii else "braille"

    def _dots(self, curve: Curve) -> str:
        return curve.sign or self.terminal.glyphs.dots

    @property
    def _colored(self) -> bool:
        return not (self.terminal.no_color or self.terminal.ascii)

    def _joins(self, curve: Curve) -> bool:
        """Colour tells two lines apart; without it, one of them is dots."""
        return self._colored and len(curve.points) > 1

    def _runs(self, cells: Sequence[Cell]) -> Iterable[Part]:
        start = 0
        for at in range(1, len(cells) + 1):
            if at == len(cells) or cells[at][1] != cells[start][1]:
                kind = cells[start][1]
                yield "".join(c for c, _ in cells[start:at]), self.style() if kind < 0 else self._curve_style(kind)
                start = at

    def _curve_style(self, index: int) -> Style:
        if index >= N_STYLES:
            return self.style("chart--best" if index == _BEST else "chart--cursor")
        return self.style(f"chart--curve-{index}")

    def _x_labels(self, x: Range, gutter: int, columns: int, width: int) -> str:
        marks = ticks(x, max(2, columns // 10))
        step = marks[1] - marks[0] if len(marks) > 1 else x.span
        line = [" "] * width
        for value in marks:
            name = number(value, step)
            at = gutter + 1 + round(x.share(value) * (columns - 1)) - len(name) // 2
            at = min(max(at, gutter), max(width - len(name), 0))
            line[at : at + len(name)] = name
        text, label = "".join(line).rstrip(), self.picture.x_label
        gap = text.rfind(" " * (len(label) + 2), gutter + 1)  # before the last number, as one reads it: "step 120"
        if gap < 0:
            return f"{text} {label}" if len(text) + 1 + len(label) <= width else text
        return f"{text[: gap + 1]}{label}{text[gap + 1 + len(label) :]}"


def _laid_out(first: list[Part], entries: Sequence[Part], width: int, most: int) -> tuple[list[Line], bool]:
    """Return `entries` behind `first`, in at most so many lines, and whether all of them are there."""
    lines: list[list[Part]] = [[*first]]
    room = width - sum(cell_len(text) for text, _ in first)
    for entry in entries:
        if cell_len(entry[0]) > room:
            if len(lines) == most:
                return [*lines], False
            lines.append([])
            room = width
        lines[-1].append(entry)
        room -= cell_len(entry[0])
    return [*lines], True
