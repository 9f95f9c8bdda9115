"""Take a run's model along from the app: asked for in two dialogs, written by a process of its own."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.child import run_child
from mftui.errors import MftuiError, UsageError
from mftui.tui.dialogs.choice import ChoiceDialog, Option
from mftui.tui.dialogs.fields import Field, FieldsDialog
from mftui.tui.screens.runs.rows import called

if TYPE_CHECKING:
    from mftui.runs.store.summary import Summary
    from mftui.tui.screens.base import BaseScreen

_OPTIONS = (
    Option("r", "report", "Report", "One page about it, for a browser."),
    Option("s", "savedmodel", "SavedModel", "For TensorFlow Serving."),
    Option("t", "projector", "Projector", "The films' factors, for TensorBoard."),
    Option("c", "csv", "CSV", "Factors, biases, lists for everybody."),
    Option("p", "parquet", "Parquet", "The same for data frames."),
    Option("h", "hdf5", "HDF5", "The post's weights file."),
)
_ENDINGS = {"report": ".html", "hdf5": ".h5"}


def take_along(screen: BaseScreen, row: Summary) -> None:
    """Ask what to write and where, then write it."""

    def chosen(to: str | None) -> None:
        if to is not None:
            screen.app.push_screen(_place_dialog(row, to), lambda answer: placed(to, answer))

    def placed(to: str, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            screen.run_worker(_write(screen, row, to, answer["place"]), group="take")

    screen.app.push_screen(ChoiceDialog(f"Take {called(row)} along as", _OPTIONS), chosen)


def _place_dialog(row: Summary, to: str) -> FieldsDialog:
    stem = re.sub(r"[^\w.-]+", "-", row.name or row.run).strip("-.") or row.run
    name = f"{stem}{_ENDINGS[to]}" if to in _ENDINGS else f"{stem}-{to}"
    kind = "A file" if to in _ENDINGS else "A directory"
    return FieldsDialog(
        f"Take {called(row)} along", [Field("place", "where to", name, f"{kind}, in {Path.cwd()}.", _place)]
    )


def _place(text: str) -> Path:
    place = Path(text.strip()).expanduser().absolute()
    if not text.strip():
        raise UsageError("a name is needed.")
    if place.is_file():
        raise UsageError(f"{place.name} is there already.")
    return place


async def _write(screen: BaseScreen, row: Summary, to: str, place: Path) -> None:
    """As the command does, beside the app; ends with it."""
    app = screen.mftui
    app.say(f"Writing {place.name} …")
    command = ["report", row.run, "-o", str(place)] if to == "report" else ["export", row.run, str(place), "--to", to]
    closed = threading.Event()
    try:
        await asyncio.to_thread(run_child, "mftui", *command, cancelled=closed.is_set)
    except MftuiError as error:
        app.show_error(error, title="It was not written")
    else:
        app.say(f"{called(row)}: written to {place}")
    finally:
        closed.set()
