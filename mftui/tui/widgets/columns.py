"""The columns of a table, its cells, and how wide each column is for what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from mftui.tables.cells import cells_of
from mftui.tables.columns import TITLE_CELLS, Need, Span, allot, is_picture, is_spare, least_width, leaves
from mftui.tables.titles import apart
from mftui.tui.base.messages import Value

GUTTER = 2
GAP = 2
_MOST = 32
"""What such a column asks for at most, unless it has titles."""
_BEFORE_ALL = 1 << 10
"""When an extra column leaves."""
_FIRST_ROWS, _OTHER_ROWS = 40, 20
"""Rows whose width counts: so many of the first, and some from all over the rest."""
_ALIKE = 60
"""Rows whose titles are set apart from each other."""


class Column(NamedTuple):
    """One column. `mftui.tables.columns` says by its title when it leaves; without anything in it, it is not shown.

    `width` in cells; 0 takes what there is room for. `has_titles`: gets room first, and is cut in the middle.
    """

    title: str
    width: int = 0
    right: bool = False
    has_titles: bool = False
    for_files: bool = False
    """Never shown: it stands in exports alone."""
    least: int = 10
    """Cells of one that has no `width` and no titles, below which it is cut no further."""
    is_extra: bool = False
    """Leaves before all others."""


class Mark(NamedTuple):
    """A cell with a meaning: `kind` is "good", "bad", "dim" or "strong"."""

    text: str
    kind: str = ""
    value: str | int | float | None = None
    """What an export writes, where it is not the text."""


Cell = str | Mark
Rows = Sequence[Sequence[Cell]]


def text_of(cell: Cell) -> str:
    """Return what is shown of a cell."""
    return cell.text if isinstance(cell, Mark) else cell


def value_of(cell: Cell) -> Value:
    """Return a number where the cell is one, else its text."""
    return cell.value if isinstance(cell, Mark) and cell.value is not None else text_of(cell)


def values_of(rows: Rows, order: Iterable[int]) -> Iterable[list[Value]]:
    """Return the rows in this order, as an export writes them."""
    return ([value_of(cell) for cell in rows[at]] for at in order)


class Layout:
    """The widths of the columns of a table, for the rows that it shows; `safe` makes foreign text fit to be shown."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._most = [0] * len(columns)
        """The widest cells of the rows that are shown."""
        self._full = 0
        self._apart: dict[int, dict[str, int]] = {}
        self._widths: dict[int, list[int]] = {}

    def measure(self, rows: Rows, safe: Callable[[str], str]) -> None:
        """Take the widths of other rows."""
        self._apart.clear()
        self._widths.clear()
        n = len(rows)
        others = range(_FIRST_ROWS, n, max(1, (n - _FIRST_ROWS) // _OTHER_ROWS))
        texts = [[text_of(cell) for cell in rows[at]] for at in chain(range(min(n, _FIRST_ROWS)), others)]
        for at, column in enumerate(self._columns):
            cells = [row[at] for row in texts if row[at]]
            if column.width:
                self._most[at] = column.width if cells or len(texts) < n else 0
            else:
                self._most[at] = max(cells_of(column.title), *(cells_of(safe(text)) for text in cells)) if cells else 0
        self._full = max(self._full, GUTTER + sum(need.most + GAP for need in self._needs() if need.least))

    def _needs(self) -> list[Need]:
        return [self._need(column, most) for column, most in zip(self._columns, self._most, strict=True)]

    def _need(self, column: Column, most: int) -> Need:
        if column.for_files or not most:
            return Need(0, 0)
        least = column.width or (TITLE_CELLS if column.has_titles else column.least)
        most = column.width or (most if column.has_titles else min(most, _MOST))
        order = _BEFORE_ALL if column.is_extra else leaves(column.title)
        return Need(min(least, most), most, order, column.has_titles, is_picture(column.title))

    @property
    def span(self) -> Span:
        """Return the cells with which titles have their room, whatever the rows, and no column leaves that the table
        cannot do without; and those with which nothing is cut of all rows that have been shown."""
        staying = [each for each in self._columns if not (each.is_extra or is_spare(each.title))]
        return Span(GUTTER + least_width([self._need(column, 1 << 20) for column in staying], GAP), self._full)

    def widths(self, width: int) -> list[int]:
        """Return the cells of each column in a table of this width; 0 where it is left out."""
        found = self._widths.get(width)
        if found is None:
            found = allot(self._needs(), width - GUTTER, GAP)
            spare = width - GUTTER - sum(cells + GAP for cells in found if cells)
            growing = [at for at, column in enumerate(self._columns) if found[at] and not column.width]
            if growing and spare > 0:
                titles = [at for at in growing if self._columns[at].has_titles]
                found[titles[0] if titles else growing[-1]] += spare
            self._widths[width] = found
        return found

    def differs(self, rows: Rows, row: int, column: int) -> int:
        """Return where the title in a cell begins to differ from those in the rows around it."""
        part = row // _ALIKE
        if part not in self._apart:
            around = range(part * _ALIKE, min(len(rows), (part + 1) * _ALIKE))
            holding = [at for at, each in enumerate(self._columns) if each.has_titles]
            cells = ((at, rows[row]) for row in around for at in holding)
            self._apart[part] = apart(text_of(cells_[at]) for at, cells_ in cells)
        return self._apart[part].get(text_of(rows[row][column]), 0)
