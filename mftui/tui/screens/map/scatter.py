"""The map itself: points, a cursor, names, and what is lit up among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message

from mftui.tables.cells import cut
from mftui.tables.columns import TITLE_CELLS
from mftui.tables.titles import apart, short
from mftui.tui.base import keys
from mftui.tui.screens.map.colors import MAX_COLORS
from mftui.tui.screens.map.raster import Drawn, Grid, Window, draw, runs
from mftui.tui.screens.map.scene import Pin, Scene, write_names
from mftui.tui.widgets.cells import CellWidget, Line, wrap

_BEYOND = MAX_COLORS
"""Classes from here on are what is laid over the points."""
OVER = ("match", "near", "chosen", "user", "label", "cursor")
_CELLS_A_NAME = 220
_NAMES_TRIED = 6
"""Films tried for each name that there is room for."""
_LEAST_SHARE = 1e-4
_MANY = 1_000
_LEGEND_LINES = 2
_TALL = 12
"""Rows from which the legend may have all of its lines."""
_LENGTHS = (20, 12, 9, 7, 6, 5, 4, 3, 2, 1)
"""Of the labels in the legend, the first that fits."""


class Scatter(CellWidget, can_focus=True):
    """Lines of words, then the points."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "scatter--title", "scatter--title-focus", "scatter--dim", "scatter--empty",
        *(f"scatter--{name}" for name in OVER), *(f"scatter--class-{i}" for i in range(MAX_COLORS)),
        *(f"scatter--step-{i}" for i in range(MAX_COLORS)), "scatter--rest",
    }  # fmt: skip
    BINDINGS = keys.SCATTER

    class Looked(Message):
        """The cursor stands elsewhere, or on something else."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Scatter.Looked)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._scene: Scene | None = None
        self._empty = ""
        self._all = Window()
        self._window = Window()
        self._at = (0.5, 0.5)
        """Of the cursor, in shares of the width and the height."""
        self._drawn: tuple[object, Drawn] | None = None
        self.matches: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.near: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.chosen: int | None = None
        self.pins: Sequence[Pin] = ()
        self.names = True
        self.busy = ""
        """What is being computed."""

    # What is seen

    def show(self, scene: Scene | None, *, empty: str = "", whole: bool = False) -> None:
        """Show another scene; `whole`: all of it in view."""
        new = scene is not None and (whole or self._scene is None)
        self._scene, self._empty, self._drawn = scene, empty, None
        if scene is not None and new:
            self._all = self._window = Window.around(scene.points[scene.shown])
        self.repaint()

    def repaint(self) -> None:
        """Draw all again."""
        if self.size and self.is_attached:
            self._stale = True
            self.refresh()
        self.post_message(self.Looked())

    @property
    def grid(self) -> Grid:
        """Return the grid of cells that the points are drawn in."""
        width, height = self.size
        return Grid(self._window, max(width, 1), max(height - self._head, 1))

    @property
    def _head(self) -> int:
        """Return the lines above the points."""
        width = self.size.width
        return 1 + (not self._words_fit(width)) + len(self._legend(width))

    @property
    def cursor(self) -> tuple[int, int]:
        """Return (column, row) of the cursor within the grid."""
        grid = self.grid
        return min(int(self._at[0] * grid.columns), grid.columns - 1), min(int(self._at[1] * grid.rows), grid.rows - 1)

    def here(self, most: int = 200) -> tuple[NDArray[np.int64], bool]:
        """Return (indices, whether they lie under the cursor): the points in the cell, the best known first; if it has
        none, the nearest."""
        scene = self._scene
        if scene is None or not scene.shown.any():
            return np.zeros(0, dtype=np.int64), False
        (column, row), grid = self.cursor, self.grid
        drawn = self._cells(grid).cells
        inside = drawn[scene.fame] == row * grid.columns + column
        if inside.any():
            return scene.fame[inside][:most], True
        far = np.where(scene.shown, grid.distances(scene.points, column, row), np.nan)
        if not np.isfinite(far).any():
            return np.zeros(0, dtype=np.int64), False
        return np.array([np.nanargmin(far)], dtype=np.int64), False

    def _cells(self, grid: Grid) -> Drawn:
        """Draw the points in their cells; draw anew only when something has changed."""
        scene = self._scene
        assert scene is not None
        wanted = (grid, self._letters)  # another scene clears what was drawn
        if self._drawn is None or self._drawn[0] != wanted:
            kinds = np.where(scene.shown, scene.coloring.classes, -1)
            drawn = draw(grid, scene.points, kinds, len(scene.coloring.labels), self._letters, self.terminal.ascii)
            self._drawn = wanted, drawn
        return self._drawn[1]

    @property
    def _letters(self) -> str | None:
        scene = self._scene
        return None if self._colored or scene is None or scene.coloring.name == "none" else scene.coloring.letters

    @property
    def _colored(self) -> bool:
        return not (self.terminal.no_color or self.terminal.ascii)

    # Moving

    def go_to(self, index: int) -> None:
        """Put the cursor on a point; where it is not in view, bring it there."""
        if self._scene is None or not np.isfinite(self._scene.points[index]).all():
            return
        x, y = map(float, self._scene.points[index])
        cell = self.grid.cells(self._scene.points[index : index + 1])[0]
        if cell < 0:
            self._window = Window(x, y, self._window.width, self._window.height)
        w = self._window
        self._at = ((x - w.x) / w.width + 0.5, 0.5 - (y - w.y) / w.height)
        self.repaint()

    def action_step(self, dx: int, dy: int) -> None:
        """Move the cursor by a cell; at the edge the map moves."""
        (column, row), grid = self.cursor, self.grid
        column, row = column + dx, row + dy
        if not (0 <= column < grid.columns and 0 <= row < grid.rows):
            self._window = self._window.moved(dx / 4, -dy / 4)
            column, row = column - dx * (grid.columns // 4 + 1), row - dy * (grid.rows // 4 + 1)
        self._at = ((column + 0.5) / grid.columns, (row + 0.5) / grid.rows)
        self.repaint()

    def action_pan(self, dx: int, dy: int) -> None:
        """Move the map by a quarter of what is seen."""
        self._window = self._window.moved(dx / 4, -dy / 4)
        self.repaint()

    def action_zoom(self, by: float) -> None:
        """Zoom in or out; what is under the cursor stays there."""
        movies, exact = self.here(1)
        x, y = self.grid.middle(*self.cursor)
        if exact and self._scene is not None:
            x, y = map(float, self._scene.points[movies[0]])
        window = self._window.zoomed(by, x, y)
        if self._all.width * _LEAST_SHARE < window.width < self._all.width * 4:
            self._window = window
        self.repaint()

    def action_whole(self) -> None:
        """Show the whole map, with the cursor in the middle."""
        self._window, self._at = self._all, (0.5, 0.5)
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        grid = self.grid
        if at is not None and at.y >= self._head:
            self._at = ((at.x + 0.5) / grid.columns, (at.y - self._head + 0.5) / grid.rows)
            self.repaint()

    def on_mouse_scroll_up(self) -> None:
        self.action_zoom(0.8)

    def on_mouse_scroll_down(self) -> None:
        self.action_zoom(1.25)

    def on_resize(self) -> None:
        self.post_message(self.Looked())

    # Drawing

    def lines(self, width: int, height: int) -> Iterable[Line]:
        scene = self._scene
        if scene is None or height <= self._head:
            yield []
            yield from ([(line, self.style("scatter--empty"))] for line in wrap(self.terminal.text(self._empty), width))
            return
        grid = self.grid
        drawn = self._cells(grid)
        signs, kinds = drawn.signs.copy(), drawn.kinds.copy()
        self._lay_over(grid, drawn, signs, kinds)
        yield self._title(width, drawn.n_seen)
        if not self._words_fit(width):
            yield [(self._words(width), self.style("scatter--dim"))]
        for named in self._legend(width):
            yield [(text, self._class_style(at)) for text, at in named]
        styles = {-1: self.style(), **{i: self._class_style(i) for i in range(len(scene.coloring.labels))}}
        styles |= {_BEYOND + i: self.style(f"scatter--{name}") for i, name in enumerate(OVER)}
        column, row = self.cursor
        for y, (line, kind) in enumerate(zip(signs, kinds, strict=True)):
            if y == row:
                kind[column] = _BEYOND + OVER.index("cursor")
            yield [(text, styles[k]) for text, k in runs(line, kind)]

    def _class_style(self, at: int) -> Style:
        assert self._scene is not None
        coloring = self._scene.coloring
        if coloring.rest and at == len(coloring.labels) - 1:
            return self.style("scatter--rest")
        return self.style(f"scatter--{'step' if coloring.ordered else 'class'}-{at}")

    def _title(self, width: int, n_seen: int) -> Line:
        ellipsis = self.terminal.glyphs.ellipsis
        focus = "scatter--title-focus" if self.has_focus else "scatter--title"
        caption, about = self._caption(width, n_seen)
        busy = cut(f"  {self.busy}" if self.busy else "", width - cell_len(caption + about), ellipsis)
        rest = self._words(width - cell_len(caption + about) - 2) if self._words_fit(width) else ""
        dim = self.style("scatter--dim")
        told = (f"  {rest}", dim) if rest and not busy else (busy, self.style("scatter--match"))
        return [(caption, self.style(focus)), (about, dim), told]

    def _caption(self, width: int, n_films: int) -> tuple[str, str]:
        """Return what the points are, and what to know of all of them."""
        assert self._scene is not None
        ellipsis = self.terminal.glyphs.ellipsis
        by = "" if self._scene.coloring.name == "none" else f" by {self._scene.coloring.name}"
        caption = cut(f"{self._scene.caption}: {n_films:,} films{by}", width, ellipsis)
        return caption, cut(f"  {self._scene.about}" if self._scene.about else "", width - cell_len(caption), ellipsis)

    def _words(self, room: int) -> str:
        """Return as much of what lies at the ends of the axes as there is room for: of both axes, or nothing."""
        words = [self.terminal.text(text) for text in self._scene.words] if self._scene is not None else []
        return next((text for text in words if cell_len(text) <= room), "")

    def _words_fit(self, width: int) -> bool:
        """Return whether these words stand behind the caption; where it is high enough, they have a line of their own
        else."""
        if self._scene is None or not any(self._scene.words) or self.size.height < _TALL:
            return True
        caption, about = self._caption(width, int(self._scene.shown.sum()))
        return bool(self._words(width - cell_len(caption + about) - 2))

    def _legend(self, width: int) -> list[list[tuple[str, int]]]:
        """Return the lines of signs and labels, each with its class; the labels whole where there is room."""
        coloring = self._scene.coloring if self._scene is not None else None
        if coloring is None or coloring.name == "none":
            return [[]]
        signs = self._letters or self.terminal.glyphs.busy * len(coloring.labels)
        labels = [self.terminal.text(label) for label in coloring.labels]
        lines: list[list[tuple[str, int]]] = []
        most = _LEGEND_LINES if self.size.height >= _TALL else 1
        for longest in _LENGTHS:
            named = [f"{sign} {label[:longest]} " for sign, label in zip(signs, labels, strict=True)]
            lines, room = [[]], width
            for at, text in enumerate(named):
                if cell_len(text) - 1 > room and lines[-1]:
                    lines, room = [*lines, []], width
                lines[-1].append((text, at))
                room -= cell_len(text)
            if len(lines) <= most:
                break
        return lines[:most]

    def _lay_over(self, grid: Grid, drawn: Drawn, signs: NDArray[np.int64], kinds: NDArray[np.int64]) -> None:
        scene = self._scene
        assert scene is not None
        glyphs, flat_signs, flat_kinds = self.terminal.glyphs, signs.reshape(-1), kinds.reshape(-1)

        def mark(cells: NDArray[np.int64], sign: str, kind: str) -> None:
            cells = cells[cells >= 0]
            flat_signs[cells], flat_kinds[cells] = ord(sign), _BEYOND + OVER.index(kind)

        everywhere = grid.cells(scene.points[np.concatenate([self.matches, self.near])])
        mark(everywhere[: len(self.matches)], glyphs.held_out, "match")
        mark(everywhere[len(self.matches) :], glyphs.dots, "near")
        pinned = grid.cells(np.array([[pin.x, pin.y] for pin in self.pins], dtype=np.float32).reshape(-1, 2))
        taken: set[int] = set()

        def write(cells: NDArray[np.int64], names: Sequence[str], kind: str, most: int = _MANY) -> None:
            differs = apart(names)
            texts = [
                short(self.terminal.text(name), TITLE_CELLS, ellipsis=glyphs.ellipsis, differs=differs[name])
                for name in names
            ]
            if not self._colored:  # letters and names would run into each other
                texts = [f" {text} " for text in texts]
            write_names(cells, texts, signs, kinds, _BEYOND + OVER.index(kind), taken, most)

        write(pinned, [pin.label for pin in self.pins], "user")
        mark(pinned, "@", "user")
        if self.chosen is not None:
            here = grid.cells(scene.points[self.chosen : self.chosen + 1])
            write(here, [scene.name(self.chosen)], "chosen")
            mark(here, glyphs.busy, "chosen")
        lit = self.near if len(self.near) else self.matches
        if self.names:
            wanted = max(2, grid.columns * grid.rows // _CELLS_A_NAME)
            if not len(lit):
                lit = scene.fame[drawn.cells[scene.fame] >= 0]
            lit = lit[: wanted * _NAMES_TRIED]
            cells = grid.cells(scene.points[lit])
            write(cells, [scene.name(int(i)) for i in lit], "label", wanted)
