"""Points as cells: Braille dots, or signs; each cell in the colour that most of its points have. All in NumPy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_BRAILLE = 0x2800
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.int64)
_DENSITY = np.array([ord(c) for c in " .:oO@"], dtype=np.int64)
_MARGIN = 0.04
_LEAST = 1e-6


@dataclass(frozen=True)
class Window:
    """The part of the plane that is seen: its middle and its size."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0

    @classmethod
    def around(cls, points: Floats) -> Window:
        """Return the window around all of `points` (n, 2), leaving out NaN."""
        placed = points[np.isfinite(points).all(axis=1)]
        if not len(placed):
            return cls()
        low, high = placed.min(axis=0).astype(float), placed.max(axis=0).astype(float)
        size = np.maximum((high - low) * (1 + 2 * _MARGIN), _LEAST)
        middle = (low + high) / 2
        return cls(float(middle[0]), float(middle[1]), float(size[0]), float(size[1]))

    def moved(self, dx: float, dy: float) -> Window:
        """Move the window by shares of its own size; dy > 0 is up."""
        return replace(self, x=self.x + dx * self.width, y=self.y + dy * self.height)

    def zoomed(self, by: float, x: float, y: float) -> Window:
        """Scale the window's width and height by `by`, keeping (x, y) where it is seen."""
        return Window(x + (self.x - x) * by, y + (self.y - y) * by, self.width * by, self.height * by)


@dataclass(frozen=True)
class Grid:
    """A window of `columns` x `rows` cells, and in which of them each point lies."""

    window: Window
    columns: int
    rows: int

    def dots(self, points: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return (column of dots, row of dots, whether it is seen) of each point; a cell is 2 dots wide, 4 high."""
        w = self.window
        with np.errstate(invalid="ignore"):
            x = np.floor((points[:, 0] - (w.x - w.width / 2)) * (2 * self.columns / w.width))
            y = np.floor(((w.y + w.height / 2) - points[:, 1]) * (4 * self.rows / w.height))
            seen = (x >= 0) & (x < 2 * self.columns) & (y >= 0) & (y < 4 * self.rows)
        x, y = np.where(seen, x, 0), np.where(seen, y, 0)
        return x.astype(np.int64), y.astype(np.int64), seen

    def cells(self, points: Floats) -> NDArray[np.int64]:
        """Return (n,) row * columns + column of each point, -1 where it is not seen."""
        x, y, seen = self.dots(points)
        return np.where(seen, (y // 4) * self.columns + x // 2, -1)

    def middle(self, column: int, row: int) -> tuple[float, float]:
        """Return the point in the middle of a cell."""
        w = self.window
        return (w.x + ((column + 0.5) / self.columns - 0.5) * w.width, w.y - ((row + 0.5) / self.rows - 0.5) * w.height)

    def distances(self, points: Floats, column: int, row: int) -> Floats:
        """Return (n,) squared distance of each point from a cell's middle, in dots; NaN for points without a place."""
        x, y = self.middle(column, row)
        across = (points[:, 0] - x) * (2 * self.columns / self.window.width)
        down = (points[:, 1] - y) * (4 * self.rows / self.window.height)
        return np.asarray(across**2 + down**2, dtype=np.float32)


@dataclass(frozen=True)
class Drawn:
    """What is in each cell."""

    signs: NDArray[np.int64]
    """(rows, columns) code points, a blank where there is nothing."""
    kinds: NDArray[np.int64]
    """(rows, columns) the class that most points of the cell have, -1 where there is none."""
    cells: NDArray[np.int64]
    """(n,) the cell of each point, -1 where it is not seen."""
    n_seen: int


def draw(grid: Grid, points: Floats, kinds: NDArray[np.int64], n_kinds: int, letters: str | None, ascii: bool) -> Drawn:
    """Draw points (n, 2) of classes 0 to `n_kinds` - 1; class -1 is not drawn.

    `letters`: one for each class, drawn instead of dots where colour cannot tell them apart; `ascii`: signs of
    density instead of Braille.
    """
    x, y, seen = grid.dots(points)
    seen &= kinds >= 0
    columns, rows = grid.columns, grid.rows
    cell = (y // 4) * columns + x // 2
    inside = cell[seen]
    found = np.bincount(inside * n_kinds + kinds[seen], minlength=rows * columns * n_kinds)
    counts = found.reshape(rows * columns, n_kinds)
    total = counts.sum(axis=1)
    most = np.where(total > 0, counts.argmax(axis=1), -1)
    if letters is not None:
        signs = np.array([*map(ord, letters), ord(" ")], dtype=np.int64)[most]
    elif ascii:
        signs = _DENSITY[np.minimum(np.ceil(np.log2(total + 1)).astype(np.int64), len(_DENSITY) - 1)]
    else:
        lit = np.bincount(y[seen] * (2 * columns) + x[seen], minlength=8 * rows * columns) > 0
        bits = np.einsum("ayxb,yb->ax", lit.reshape(rows, 4, columns, 2), _BITS).reshape(-1)
        signs = np.where(bits > 0, _BRAILLE + bits, ord(" "))
    shape = (rows, columns)
    return Drawn(signs.reshape(shape), most.reshape(shape), np.where(seen, cell, -1), len(inside))


def runs(signs: NDArray[np.int64], kinds: NDArray[np.int64]) -> list[tuple[str, int]]:
    """Split one row of cells into (text, class) parts."""
    text = signs.astype("<u4").tobytes().decode("utf-32-le")
    cuts = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]
    return [(text[a:b], int(kinds[a])) for a, b in pairwise(cuts) if b > a]
