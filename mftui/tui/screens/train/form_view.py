"""The form of a training: one line a field, the field under the cursor explained below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.widgets import Input

from mftui.tui.base import dialog_keys, keys
from mftui.tui.base.display import display_of
from mftui.tui.screens.train.form import CHOSEN, Row, TrainForm
from mftui.tui.widgets.cells import CellWidget, Line, Part, fit, wrap
from mftui.tui.widgets.text_box import TextBox

_LABEL = 14
"""Cells of the labels, at least."""
_VALUE = 15
"""Cells beside them."""
_HELP_LINES = 4
_FIRST = 1


class Editor(TextBox):
    """Types into one field, in its place. `done` is called with the text, or None, and where to go from there."""

    BINDINGS = dialog_keys.EDITOR

    def __init__(self, text: str, done: Callable[[str | None, int], None]) -> None:
        super().__init__(text, compact=True, select_on_focus=True)
        self._done = done

    def on_mount(self) -> None:
        self.cursor_blink = not display_of(self).low_bandwidth

    def action_accept(self, move: int) -> None:
        self._done(self.value, move)

    def action_cancel(self) -> None:
        self._done(None, 0)

    def on_blur(self) -> None:
        """Accept what was typed when the user clicks elsewhere."""
        self._done(self.value, 0)


class FormView(CellWidget, can_focus=True):
    """Shows a TrainForm and changes it by keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "form--caption", "form--caption-focus", "form--label", "form--value", "form--changed", "form--cursor",
        "form--error", "form--help",
    }  # fmt: skip
    BINDINGS = keys.FORM

    def __init__(self, pick: Callable[[str], None], changed: Callable[[], None], *, id: str | None = None) -> None:
        """`pick`: called with the key of a field that is chosen from a list, when it is opened; `changed`: called when
        the form may ask for something else."""
        super().__init__(id=id)
        self._pick, self._changed = pick, changed
        self.form: TrainForm | None = None
        self._rows: list[Row] = []
        self._cursor = 0
        self._top = 0
        self._editing: str | None = None
        self._live_error = ""
        self._label = _LABEL

    def show(self, form: TrainForm) -> None:
        """Show `form`, or show it again after a change."""
        self.form = form
        self.redraw()
        self._changed()

    def redraw(self) -> None:
        """Ask the form for its rows, and draw them, as wide as the longest label needs."""
        self._rows = self.form.rows() if self.form else []
        longest = max((len(row.label) + 1 for row in self._rows), default=0)
        if (label := max(_LABEL, longest)) != self._label:
            self._label = label
            self.styles.min_width = min(label + _VALUE, self.app.size.width) if label > _LABEL else None
        super().redraw()

    @property
    def row(self) -> Row | None:
        """Return the field under the cursor."""
        return self._rows[min(self._cursor, len(self._rows) - 1)] if self._rows else None

    def lines(self, width: int, height: int) -> Iterable[Line]:
        caption = "form--caption-focus" if self._has_keys else "form--caption"
        yield [("Settings", self.style(caption))]
        if self.form is None:
            return
        rows = self._rows
        room = self._in_view
        self._cursor = min(self._cursor, len(rows) - 1)
        self._top = max(min(self._top, self._cursor, max(0, len(rows) - room)), self._cursor - room + 1)
        shown = rows[self._top : self._top + room]
        for at, row in enumerate(shown, self._top):
            yield self._row(row, at == self._cursor, width)
        hidden = len(rows) - self._top - len(shown)
        if hidden or not self.form.more:
            count = hidden or len(self.form.others)
            sign = "scroll" if hidden else "m"
            yield [(f"  {self.terminal.glyphs.more} {count} more ({sign})" if count else "", self.style("form--help"))]
        else:
            yield []
        yield []
        yield from self._explanation(width, height - _FIRST - len(shown) - 2)

    @property
    def _in_view(self) -> int:
        """Return how many fields are shown at once."""
        return max(1, self.size.height - _FIRST - self._help_lines - 2)

    @property
    def _help_lines(self) -> int:
        """Count the lines of help; fewer if the form is low."""
        return min(_HELP_LINES, max(1, self.size.height // 4))

    def _row(self, row: Row, here: bool, width: int) -> Line:
        glyphs = self.terminal.glyphs
        cursor = self.style("form--cursor") if here and self._has_keys else self.style()
        text = self.terminal.text(row.text)
        sign = f" {glyphs.more}" if row.kind == "choice" else ""
        room = width - 2 - self._label - len(sign) - 1
        kind = "form--error" if row.error else "form--changed" if row.changed else "form--value"
        if row.key == "data" and len(text) > room:
            text = glyphs.ellipsis + text[-(room - 1) :]
        value: Part = (fit(text, room, glyphs.ellipsis), cursor + self.style(kind).without_color)
        colour = self.style(kind).color
        if colour and not (here and self._has_keys and not row.error and not row.changed):
            value = (value[0], cursor + self.style(kind).from_color(colour))
        label = fit(row.label, self._label - 1, glyphs.ellipsis) + " "
        return [
            (fit(glyphs.cursor if here and self._has_keys else "", 2), cursor),
            (label, cursor if here and self._has_keys else self.style("form--label")),
            value,
            (sign + " ", cursor),
        ]

    def _explanation(self, width: int, room: int) -> Iterable[Line]:
        if (row := self.row) is not None:
            error = self._live_error if self._editing else row.error
            told = wrap(self.terminal.text(error or row.help), width - 2)
            style = self.style("form--error" if error else "form--help")
            yield from ([("  " + line, style)] for line in (told if error else told[: max(room, 1)]))

    @property
    def _has_keys(self) -> bool:
        return self.has_focus or self._editing is not None

    def action_move(self, by: int) -> None:
        self._go(self._cursor + by)

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self._rows) - 1)

    def action_nudge(self, by: int) -> None:
        row = self.row
        if self.form and row and (text := self.form.nudged(row.key, by)) is not None:
            self._take(row.key, text)

    def action_edit(self) -> None:
        row = self.row
        if row is None or self._editing:
            return
        if row.key in CHOSEN:
            self._pick(row.key)
        elif row.kind == "choice":
            self.action_nudge(1)
        else:
            self._edit(row)

    def _edit(self, row: Row) -> None:
        self._editing, self._live_error = row.key, row.error
        editor = Editor(row.text, self._edited)
        editor.styles.position = "absolute"
        editor.styles.offset = (2 + self._label, _FIRST + self._cursor - self._top)
        editor.styles.width = max(6, self.size.width - 2 - self._label)
        self.mount(editor)
        editor.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        if self.form and self._editing:
            self._live_error = self.form.error_in(self._editing, event.value.strip())
            self.redraw()

    def _edited(self, text: str | None, move: int) -> None:
        key, self._editing = self._editing, None
        if key is None:
            return
        for editor in self.query(Editor):
            if editor.has_focus:
                self.focus()
            editor.remove()
        if text is not None:
            self._take(key, text)
        self._go(self._cursor + move)

    def _take(self, key: str, text: str) -> None:
        if self.form:
            self.form.set(key, text)
            self.redraw()
            self._changed()

    def _go(self, at: int) -> None:
        self._cursor = max(0, min(at, len(self._rows) - 1))
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None or self._editing or not self.form:
            return
        at = self._top + place.y - _FIRST
        if self._top <= at < min(self._top + self._in_view, len(self._rows)):
            again = at == self._cursor
            self._go(at)
            if again:
                self.action_edit()
