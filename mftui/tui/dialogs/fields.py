"""A few things to fill in at once, such as filters; each is checked as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList

from mftui.errors import UsageError
from mftui.tui.base import dialog_keys
from mftui.tui.base.display import display_of
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.text_box import TextBox


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `parse` raises UsageError where a text is no answer."""

    name: str
    label: str
    text: str
    help: str
    parse: Callable[[str], Any]
    suggestions: Sequence[str] = ()


class FieldBox(TextBox):
    """One line of the dialog."""

    BINDINGS = dialog_keys.FIELDS

    def __init__(self, field: Field) -> None:
        suggester = SuggestFromList(field.suggestions, case_sensitive=False) if field.suggestions else None
        super().__init__(field.text, compact=True, select_on_focus=True, suggester=suggester, id=f"field-{field.name}")
        self.field = field

    def on_mount(self) -> None:
        self.cursor_blink = not display_of(self).low_bandwidth

    @property
    def problem(self) -> str:
        """Why the text is no answer, "" where it is one."""
        try:
            self.field.parse(self.value)
        except UsageError as error:
            return str(error)
        return ""


class FieldsDialog(ModalScreen[dict[str, Any] | None]):
    """Gives what was filled in by name, or None."""

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self._title, self._tried = title, False
        """Whether it was to be taken: until then nothing is wrong with what is empty."""
        self._boxes = [FieldBox(field) for field in fields]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(("title", self._title), classes="title")
            for box in self._boxes:
                with Horizontal(classes="field"):
                    yield Prose(("text", box.field.label), classes="label")
                    yield box
            yield Prose(("dim", ""), classes="detail fields-detail")
        yield KeyBar()

    def on_mount(self) -> None:
        self._boxes[0].focus()
        self._tell()

    def on_input_changed(self) -> None:
        self._tell()

    def on_descendant_focus(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """Show what is wrong, or what the field is."""
        box = self._box
        looked_at = [each for each in (box, *self._boxes) if self._tried or each.value.strip()]
        wrong = next((each.problem for each in looked_at if each.problem), "")
        self.query_one(".detail", Prose).show(("bad", wrong) if wrong else ("dim", box.field.help))

    @property
    def _box(self) -> FieldBox:
        return self.focused if isinstance(self.focused, FieldBox) else self._boxes[0]

    def action_step(self, by: int) -> None:
        """Move to another field."""
        self._boxes[(self._boxes.index(self._box) + by) % len(self._boxes)].focus()

    def action_clear(self) -> None:
        """Nothing filled in."""
        for box in self._boxes:
            box.value = ""

    def action_accept(self) -> None:
        """Take it all, or go to the first thing that is wrong."""
        wrong, self._tried = next((box for box in self._boxes if box.problem), None), True
        if wrong:
            wrong.focus()
            self._tell()
        else:
            self.dismiss({box.field.name: box.field.parse(box.value) for box in self._boxes})
