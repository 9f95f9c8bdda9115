"""Write a table or a picture to a file, and ask where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from mftui.errors import UsageError
from mftui.paths import working_dir
from mftui.tui.base import dialog_keys
from mftui.tui.base.file_texts import file_name
from mftui.tui.base.messages import ExportAsked
from mftui.tui.base.shell import shell_of
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox

_FORMATS = {".csv": "CSV", ".json": "JSON", ".svg": "SVG", ".txt": "text"}


class ExportDialog(ModalScreen[None]):
    """A file name to accept or to change; a file that is there is replaced only when enter is pressed again."""

    BINDINGS = dialog_keys.ASK

    def __init__(self, asked: ExportAsked) -> None:
        super().__init__()
        self._asked = asked
        self._sure_of: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(("title", f"Export: {self._asked.caption}"), ("text", ""))
            yield SearchBox("a file", id="file")
            yield Prose(classes="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        from mftui.data.storage.results import free_name

        box = self.query_one(SearchBox)
        box.value = free_name(working_dir() / file_name(self._asked.caption, next(iter(self._asked.texts)))).name
        box.focus()
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._sure_of = None
        self._tell()

    def _tell(self, problem: str = "") -> None:
        where = self._file().parent
        text = f"{self._asked.what} into {where}. {_in_words([*self._asked.texts])}"
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
        try:
            await asyncio.to_thread(lambda: write_file(file, self._asked.texts))
        except UsageError as error:
            self._tell(str(error))
            return
        self.dismiss(None)
        shell_of(self).say(f"{self._asked.what} written to {file}")

    def action_leave_search(self) -> None:
        """Write nothing."""
        self.dismiss(None)


def write_file(file: Path, texts: Mapping[str, Callable[[], str]]) -> None:
    """Write to `file` what `texts` have for its ending; what was there is replaced.

    Only its owner can read it: in many tables there are people's own ratings.

    Raises UsageError where there is none, or the file cannot be written.
    """
    from mftui.data.storage.results import write_result

    make = texts.get(file.suffix.lower())
    if make is None:
        raise UsageError(f"{file.name}: no known format.", hint=f"End the name in {' or '.join(texts)}.")
    write_result(file, make(), force=True, private=True)


def _in_words(endings: Sequence[str]) -> str:
    """Say how the name chooses the format: "CSV, or JSON where the name ends in .json."."""
    first, *others = endings
    rest = "; ".join(f"{_FORMATS[ending]} where the name ends in {ending}" for ending in others)
    return f"{_FORMATS[first]}, or {rest}."
