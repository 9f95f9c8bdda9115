"""Write a table to a CSV or JSON file, and ask where.

CSV is safe to open in a spreadsheet: no text of the data becomes a formula.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from mftui.data.storage.csv_cells import inert
from mftui.errors import UsageError
from mftui.paths import working_dir
from mftui.text import fold, json_text
from mftui.tui.base import dialog_keys
from mftui.tui.base.messages import ExportAsked, Value
from mftui.tui.base.shell import shell_of
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox

KINDS = (".csv", ".json")


class ExportDialog(ModalScreen[None]):
    """A file name to accept or to change; a file that is there is replaced only when enter is pressed again."""

    BINDINGS = dialog_keys.ASK

    def __init__(self, table: ExportAsked) -> None:
        super().__init__()
        self._table = table
        self._sure_of: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(("title", f"Export: {self._table.caption}"), ("text", ""))
            yield SearchBox("a file", id="file")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        box = self.query_one(SearchBox)
        box.value = file_name(self._table.caption)
        box.focus()
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._sure_of = None
        self._tell()

    def _tell(self, problem: str = "") -> None:
        where = self._file().parent
        text = f"{self._table.n_rows:,} rows into {where}. CSV, or JSON where the name ends in .json."
        self.query_one(".detail", Prose).show(("bad", problem) if problem else ("dim", text))

    def _file(self) -> Path:
        return working_dir() / Path(self.query_one(SearchBox).value.strip()).expanduser()

    async def action_accept_search(self) -> None:
        """Write the file."""
        file = self._file()
        if file.exists() and self._sure_of != file:
            self._sure_of = file
            self._tell(f"{file.name} already exists. Enter again replaces it.")
            return
        table = self._table
        try:
            await asyncio.to_thread(lambda: export_table(file, table.names, table.values()))
        except UsageError as error:
            self._tell(str(error))
            return
        self.dismiss(None)
        shell_of(self).say(f"{self._table.n_rows:,} rows written to {file}")

    def action_leave_search(self) -> None:
        """Write nothing."""
        self.dismiss(None)


def export_table(file: Path, names: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Write `rows` under `names` to `file`, in the format of its suffix; what was there is replaced.

    Only its owner can read it: in many tables there are people's own ratings.

    Raises UsageError where the suffix is unknown or the file cannot be written.
    """
    from mftui.data.storage.results import write_result

    kind = file.suffix.lower()
    if kind not in KINDS:
        raise UsageError(f"{file.name}: no known format.", hint="End the name in .csv or .json.")
    text = as_csv(names, rows) if kind == ".csv" else as_json(names, rows)
    write_result(file, text, force=True, private=True)


def as_csv(names: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """Write CSV (RFC 4180) with a header line. A text that a spreadsheet would compute gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([[inert(value) if isinstance(value, str) else value for value in row] for row in rows])
    return out.getvalue()


def as_json(names: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """Return a list of objects, texts as they are."""
    keys = [re.sub(r"\W+", "_", name.lower()) for name in names]
    return json_text([dict(zip(keys, row, strict=True)) for row in rows], indent=1) + "\n"


def file_name(caption: str) -> str:
    """Return a name for the file of a table: "Neighbours of Heat (1995)" becomes neighbours-of-heat-1995.csv."""
    return (re.sub(r"[^a-z0-9]+", "-", fold(caption)).strip("-")[:60].strip("-") or "table") + ".csv"
