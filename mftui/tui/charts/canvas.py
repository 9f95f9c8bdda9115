"""Curves as cells, drawn by plotext: characters, and which curve each belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mftui.tui.charts.axes import Range

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
BLANK = (" ", -1)
Cell = tuple[str, int]


@dataclass(frozen=True)
class Layer:
    """One curve, thinned and finite: n values of x and of y, and the marker ("braille" or a character)."""

    xs: Sequence[float]
    ys: Sequence[float]
    marker: str
    joined: bool = True
    """Whether a line joins the points."""


def draw(layers: Sequence[Layer], width: int, height: int, x: Range, y: Range) -> list[list[Cell]]:
    """`height` rows of `width` cells (character, index of its layer or -1). Later layers lie on top."""
    if width < 1 or height < 1:
        return []
    if not any(len(layer.xs) for layer in layers):
        return [[BLANK] * width for _ in range(height)]
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
    for colour, layer in enumerate(layers):
        if len(layer.xs):
            shape = plotext.plot if layer.joined and len(layer.xs) > 1 else plotext.scatter
            shape(list(layer.xs), list(layer.ys), marker=layer.marker, color=colour)
    rows = [_cells(line, width) for line in plotext.build().split("\n")]
    return (rows + [[BLANK] * width] * height)[:height]


def _cells(line: str, width: int) -> list[Cell]:
    cells: list[Cell] = []
    layer, at = -1, 0
    for found in _SGR.finditer(line):
        cells.extend((c, layer) for c in line[at : found.start()])
        codes = found.group(1).split(";")
        layer = int(codes[2]) if codes[:2] == ["38", "5"] else -1
        at = found.end()
    cells.extend((c, layer) for c in line[at:])
    return (cells + [BLANK] * width)[:width]
