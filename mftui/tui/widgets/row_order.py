"""In what order the rows of a table are shown: as given, or by one of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from mftui.text import fold


class RowOrder(NamedTuple):
    """The order that somebody has chosen."""

    column: int | None = None
    """None: the order in which the rows were given."""
    reverse: bool = False

    def after_choice(self, column: int | None) -> RowOrder:
        """Return the order after a column has been chosen: where it was chosen before, the other way round."""
        return RowOrder(column, column == self.column and column is not None and not self.reverse)

    def downward(self, numbers: bool) -> bool:
        """Return whether the highest comes first: of numbers, unless the order is reversed."""
        return numbers != self.reverse

    def lines(self, values: Sequence[Any], numbers: bool) -> list[int] | None:
        """Return which row stands on each line, None where they stand as given. Rows without a value come last.

        Parameters
        ----------
        values: of the column, one a row.
        numbers: whether it is a column of numbers.
        """
        if self == RowOrder() or not values:
            return None
        if self.column is None:
            return list(range(len(values)))[::-1]
        known = [(made, at) for at, value in enumerate(values) if (made := _sortable(value)) is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.downward(numbers))
        there = {at for _, at in known}
        return [at for _, at in known] + [at for at in range(len(values)) if at not in there]


def _sortable(value: Any) -> tuple[int, float, str] | None:
    """Return what a value is sorted by: numbers before texts; None where there is nothing."""
    if isinstance(value, str):
        return (1, 0.0, fold(value)) if value.strip() else None
    return None if value is None else (0, float(value), "")
