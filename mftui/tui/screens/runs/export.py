"""Export a run's model from the app: asked for in two dialogs, written by a process of its own."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.child import run_child
from mftui.errors import UsageError
from mftui.paths import working_dir
from mftui.tui.base.shell import shell_of, showing_errors
from mftui.tui.dialogs.choice import ChoiceDialog, Option
from mftui.tui.dialogs.fields import Field, FieldsDialog

if TYPE_CHECKING:
    from textual.screen import Screen

    from mftui.runs.store.summary import Summary

_OPTIONS = (
    Option("r", "report", "Report", "One page about it, for a browser."),
    Option("s", "savedmodel", "SavedModel", "For TensorFlow Serving."),
    Option("t", "projector", "Projector", "The films' factors, for TensorBoard."),
    Option("c", "csv", "CSV", "Factors, biases, lists for everybody."),
    Option("p", "parquet", "Parquet", "The same for data frames."),
    Option("h", "hdf5", "HDF5", "The post's weights file."),
)
_TABLE = Option("l", "table", "List", "The table of all runs: CSV or JSON.")
_ENDINGS = {"report": ".html", "hdf5": ".h5"}


def export_run(screen: Screen[None], row: Summary, export_table: Callable[[], None]) -> None:
    """Ask what to write and where, then write it; `export_table` writes the table of all runs."""

    def chosen(to: str | None) -> None:
        if to == "table":
            export_table()
        elif to is not None:
            screen.app.push_screen(_destination_dialog(row, to), lambda answer: answered(to, answer))

    def answered(to: str, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            screen.run_worker(_write(screen, row, to, answer["destination"]), group="export")

    options = (*(_OPTIONS if row.has_model else ()), _TABLE)
    screen.app.push_screen(ChoiceDialog(f"Export {row.called} as", options), chosen)


def _destination_dialog(row: Summary, to: str) -> FieldsDialog:
    stem = re.sub(r"[^\w.-]+", "-", row.name or row.run).strip("-.") or row.run
    name = f"{stem}{_ENDINGS[to]}" if to in _ENDINGS else f"{stem}-{to}"
    kind = "A file" if to in _ENDINGS else "A directory"
    return FieldsDialog(
        f"Export {row.called}", [Field("destination", "where to", name, f"{kind}, in {working_dir()}.", _destination)]
    )


def _destination(text: str) -> Path:
    destination = working_dir() / Path(text.strip()).expanduser()
    if not text.strip():
        raise UsageError("a name is needed.")
    if destination.is_file():
        raise UsageError(f"{destination.name} already exists.")
    return destination


async def _write(screen: Screen[None], row: Summary, to: str, destination: Path) -> None:
    """Write the export in a process beside the app, as the command does; it ends with the app."""
    shell, path = shell_of(screen), str(destination)
    shell.say(f"Writing {destination.name} …")
    command = ["report", row.run, "-o", path] if to == "report" else ["export", row.run, path, "--to", to]
    closed = threading.Event()
    try:
        with showing_errors(shell, title="Not exported"):
            await asyncio.to_thread(run_child, "mftui", *command, cancelled=closed.is_set)
            shell.say(f"{row.called}: written to {destination}")
    finally:
        closed.set()
