"""Where a table is to be written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from mftui.errors import UsageError
from mftui.tui.base import keys
from mftui.tui.dialogs.table_file import export_table, file_name
from mftui.tui.screens.base import app_of
from mftui.tui.widgets.data_table import values_of
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Rows


class ExportDialog(ModalScreen[None]):
    """A file name to accept or to change; a file that is there is replaced only when enter is pressed again."""

    BINDINGS = keys.ASK

    def __init__(self, caption: str, names: Sequence[str], rows: Rows) -> None:
        super().__init__()
        self._caption, self._names, self._rows = caption, names, rows
        self._sure_of: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(("title", f"Export: {self._caption}"), ("text", ""))
            yield SearchBox("a file", id="file")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        box = self.query_one(SearchBox)
        box.value = file_name(self._caption)
        box.focus()
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._sure_of = None
        self._tell()

    def _tell(self, problem: str = "") -> None:
        where = self._file().absolute().parent
        text = f"{len(self._rows):,} rows into {where}. CSV, or JSON where the name ends in .json."
        self.query_one(".detail", Prose).show(("bad", problem) if problem else ("dim", text))

    def _file(self) -> Path:
        return Path(self.query_one(SearchBox).value.strip()).expanduser()

    async def action_accept_search(self) -> None:
        """Write the file."""
        file = self._file()
        if file.exists() and self._sure_of != file:
            self._sure_of = file
            self._tell(f"{file.name} is there already. Enter again replaces it.")
            return
        rows, names = self._rows, self._names
        try:
            await asyncio.to_thread(lambda: export_table(file, names, [values_of(row) for row in rows]))
        except UsageError as error:
            self._tell(str(error))
            return
        self.dismiss(None)
        app_of(self).say(f"{len(rows):,} rows written to {file}")

    def action_leave_search(self) -> None:
        """Write nothing."""
        self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)
