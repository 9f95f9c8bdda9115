"""What the map shows, without how it is drawn: films, colours, users; and names written among the points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from mftui.tui.screens.map.colors import Coloring
from mftui.tui.screens.map.raster import Floats


@dataclass(frozen=True)
class Pin:
    """Somebody who stands among the movies."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Scene:
    """What is to be seen."""

    points: Floats
    """(n, 2); NaN for what has no place."""
    shown: NDArray[np.bool_]
    """(n,) what passes the filters."""
    coloring: Coloring
    fame: NDArray[np.int64]
    """(n,) indices, the best known first: they are named first."""
    name: Callable[[int], str]
    caption: str = ""
    words: tuple[str, ...] = ()
    """What lies at the ends of the axes, from all to the least that can be said."""
    about: str = ""
    """What to know of all of it, such as that the ratings are made up."""


def write_names(
    cells: NDArray[np.int64],
    names: Sequence[str],
    signs: NDArray[np.int64],
    kinds: NDArray[np.int64],
    kind: int,
    taken: set[int],
    most: int,
) -> None:
    """Write up to `most` names beside their points, into `signs` and `kinds` (rows, columns), where no other stands.

    Parameters
    ----------
    cells: the cell of each name's point, -1 where that is not seen. Names of wide characters are left out.
    taken: cells that have a name; those written here are added.
    """
    columns = signs.shape[1]
    for cell, name in zip(cells.tolist(), names, strict=True):
        if most <= 0:
            return
        n = len(name)
        if cell < 0 or not n or any(cell_len(c) != 1 for c in name):
            continue
        row, column = divmod(cell, columns)
        start = column + 2 if column + 2 + n <= columns else column - 1 - n
        room = {*range(row * columns + start - 1, row * columns + start + n + 1), cell}
        if start < 0 or room & taken:
            continue
        taken |= room
        signs[row, start : start + n] = [ord(c) for c in name]
        kinds[row, start : start + n] = kind
        most -= 1
