"""Curves as cells, drawn by plotext: characters, and which curve each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from mftui.tui.charts.axes import Range

BLANK = (" ", -1)
Cell = tuple[str, int]
_BRAILLE = 0x2800
_RESET = "\x1b[0m"


class Layer(NamedTuple):
    """One curve, thinned and finite: n values of x and of y, and the marker ("braille" or a character)."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    marker: str
    joined: bool = True
    """Whether a line joins the points."""


def draw(layers: Sequence[Layer], width: int, height: int, x: Range, y: Range) -> list[list[Cell]]:
    """`height` rows of `width` cells (character, index of its layer or -1).

    Later layers lie on top; where two meet in a cell of Braille dots, the dots of both are seen.
    """
    grid = [[BLANK] * width for _ in range(height)]
    for index, layer in enumerate(layers):
        if not layer.xs or width < 1 or height < 1:
            continue
        for row, line in zip(grid, _one(layer, width, height, x, y), strict=False):
            for at, char in enumerate(line[:width]):
                if char != " ":
                    row[at] = (_together(row[at][0], char), index)
    return grid


@lru_cache(maxsize=32)  # curves that do not grow are drawn once
def _one(layer: Layer, width: int, height: int, x: Range, y: Range) -> tuple[str, ...]:
    import plotext

    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.theme("clear")
    plotext.frame(False)
    plotext.xticks([])
    plotext.yticks([])
    plotext.xlim(x.lo, x.hi)
    plotext.ylim(y.lo, y.hi)
    shape = plotext.plot if layer.joined and len(layer.xs) > 1 else plotext.scatter
    shape(list(layer.xs), list(layer.ys), marker=layer.marker)
    return tuple(line.replace(_RESET, "") for line in plotext.build().split("\n"))


def _together(below: str, above: str) -> str:
    """Join two Braille characters into one with the dots of both; else return the one above."""
    a, b = ord(below) - _BRAILLE, ord(above) - _BRAILLE
    return chr(_BRAILLE + (a | b)) if 0 <= a < 256 and 0 <= b < 256 else above
