"""A table of data: its rows can be copied, and all of it exported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mftui.tui.base import keys
from mftui.tui.widgets.table import Cell, Mark, Table

if TYPE_CHECKING:
    from mftui.tui.dialogs.table_file import Value


class DataTable(Table):
    """A Table with `y` and `e`."""

    BINDINGS = keys.TABLE

    def action_copy(self) -> None:
        """The row under the cursor, its cells parted by tabs, with nothing in it that a terminal would obey."""
        from mftui.tui.screens.base import app_of

        if not len(self):
            app_of(self).say("There is no row to copy.", warn=True)
            return
        names = [column.title for column in self._columns]
        cells = [self.look.text(_text(cell)) for cell in self._rows[self.cursor]]
        self.app.copy_to_clipboard("\t".join(cells))
        shown = ", ".join(f"{name} {cell}" for name, cell in zip(names, cells, strict=True) if cell)
        app_of(self).say(f"Copied: {shown}")

    def action_export(self) -> None:
        """Ask where to, then write."""
        from mftui.tui.dialogs.export_table import ExportDialog
        from mftui.tui.screens.base import app_of

        if not len(self):
            app_of(self).say("There is nothing to export.", warn=True)
            return
        names = [column.title for column in self._columns]
        self.app.push_screen(ExportDialog(self._caption[0], names, self._rows))


def values_of(row: Sequence[Cell]) -> list[Value]:
    """The cells of a row as numbers where they are numbers, else as texts."""
    return [cell.value if isinstance(cell, Mark) and cell.value is not None else _text(cell) for cell in row]


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Mark) else cell
