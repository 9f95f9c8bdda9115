"""A table that draws only the lines in view: foreign text is never markup, and a million rows open at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingsMap
from textual.message import Message
from textual.strip import Strip

from mftui.tables.cells import cells_of, cut
from mftui.tables.columns import Span
from mftui.tables.titles import short
from mftui.tui.base import keys
from mftui.tui.base.messages import ExportAsked, RowCopied, Value
from mftui.tui.widgets.cells import CellWidget, Line, Part, fit, fit_right, wrap
from mftui.tui.widgets.columns import GAP, GUTTER, Cell, Column, Layout, Mark, Rows, text_of

_MAX_DRAWN = 400
"""Rows kept as they were drawn."""


class Table(CellWidget, can_focus=True):
    """A caption, the column titles, and rows with a cursor. Columns without titles: the rows alone.

    `of_data`: a row can be copied with `y`, and all rows exported with `e`; what becomes of that is the app's business.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--caption", "table--caption-focus", "table--about", "table--detail", "table--header", "table--cursor",
        "table--cursor-focus", "table--good", "table--bad", "table--dim", "table--strong", "table--empty",
    }  # fmt: skip
    BINDINGS = keys.LIST

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        table: Table
        index: int

    @dataclass
    class Chosen(Message):
        """A row was clicked that the cursor stood on."""

        table: Table
        index: int

    @dataclass
    class Measured(Message):
        """What is shown needs another width than all before it."""

        table: Table

    @dataclass
    class HeadClicked(Message):
        """A column's title was clicked."""

        table: Table
        title: str
        """As the column was made with, in lower case."""

    def __init__(
        self, columns: Sequence[Column], *, of_data: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        if of_data:
            self._bindings = BindingsMap.merge([self._bindings, BindingsMap(keys.TABLE)])
        self._caption = ("", "")
        self._empty = self._note = ""
        self.about = ""
        """What is to be known of all that it lists, beside every caption: such as that the ratings are made up."""
        self._top = 0
        self._head = 2 if any(column.title for column in columns) else 0
        self._drawn: dict[tuple[int, str], Strip] = {}
        """Rows as they were drawn: by place, and by the style of the cursor where it stands on them."""
        self._drawn_width = 0
        self.set_columns(columns)
        self._marked: dict[tuple[str, Style], Style] = {}
        self.cursor = 0
        """The row under the cursor; 0 in an empty table."""

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns, for the rows that are shown next."""
        self._columns = tuple(columns)
        self._layout = Layout(self._columns)
        self._titles = tuple(column.title for column in columns)
        self._rows: Rows = ()
        self._drawn.clear()

    def name_columns(self, **titles: str) -> None:
        """Other titles, each given by the title that the column was made with."""
        named = tuple(titles.get(column.title.lower(), column.title) for column in self._columns)
        if named != self._titles:
            self._titles = named
            self.redraw()

    def show(
        self, rows: Rows, *, caption: str = "", detail: str = "", empty: str = "", note: str = "", cursor: int = 0
    ) -> None:
        """Show `rows`, with a caption and a detail beside it, and a note below the last where there is room;
        `empty` says what to do where there are none."""
        self._rows, self._caption, self._empty, self._note = rows, (caption, detail), empty, note
        self._top = 0
        self._drawn.clear()
        before = self._layout.span
        self._layout.measure(rows, self.terminal.text)
        if self._layout.span != before:
            self.post_message(self.Measured(self))
        self.cursor = max(0, min(cursor, len(rows) - 1))
        self.redraw()
        self.post_message(self.Moved(self, self.cursor))

    def lines(self, width: int, height: int) -> Iterable[Line | Strip]:
        widths = self._layout.widths(width)
        if self._head:
            yield self._caption_line(width)
        if not self._rows:
            yield []
            for text in wrap(self.terminal.text(self._empty), width - GUTTER):
                yield [(" " * GUTTER + text, self.style("table--empty"))]
            return
        if self._head:
            yield self._line(self._titles, widths, " " * GUTTER, self.style("table--header"))
        in_view = height - self._head
        self._scroll(in_view)
        if self._drawn_width != width or len(self._drawn) > _MAX_DRAWN:
            self._drawn.clear()
            self._drawn_width = width
        for at in range(self._top, min(self._top + in_view, len(self._rows))):
            yield self._row(at, widths, width)
        if self._note and in_view > len(self._rows) + 1:
            yield []
            for text in wrap(self.terminal.text(self._note), width - GUTTER):
                yield [(" " * GUTTER + text, self.style("table--empty"))]

    def _row(self, at: int, widths: Sequence[int], width: int) -> Strip:
        """Return a row as it is drawn; again the same one, as long as it is to look the same."""
        cursor = "" if at != self.cursor else "table--cursor-focus" if self.has_focus else "table--cursor"
        found = self._drawn.get((at, cursor))
        if found is None:
            gutter = fit(self.terminal.glyphs.cursor if cursor else "", GUTTER)
            found = self.strip(self._line(self._rows[at], widths, gutter, self.style(cursor), width, at), width)
            self._drawn[at, cursor] = found
        return found

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn.clear()
        self._marked.clear()

    def _caption_line(self, width: int) -> Line:
        caption, detail = (self.terminal.text(text) for text in self._caption)
        place = f"{self.cursor + 1:,}/{len(self._rows):,}" if self._rows else ""
        room = width - len(place) - 2
        about = f"  {self.about}" if self.about and self._rows else ""
        text = cut(caption, room - len(about), self.terminal.glyphs.ellipsis)
        left = room - cells_of(text) - len(about)
        rest = fit(f"{', ' if about else '  '}{detail}" if detail else "", left, self.terminal.glyphs.ellipsis)
        focus, dim = "table--caption-focus" if self.has_focus else "table--caption", self.style("table--detail")
        return [(text, self.style(focus)), (about, self.style("table--about")), (rest, dim), (f" {place} ", dim)]

    def _line(
        self, cells: Sequence[Cell], widths: Sequence[int], gutter: str, style: Style, fill: int = 0, row: int = -1
    ) -> Line:
        parts: list[Part] = [(gutter, style)]
        ellipsis = self.terminal.glyphs.ellipsis
        for at, (column, cell, width) in enumerate(zip(self._columns, cells, widths, strict=True)):
            if not width:
                continue
            text, kind = (cell.text, cell.kind) if isinstance(cell, Mark) else (cell, "")
            text = self.terminal.text(text)
            if column.has_titles and row >= 0 and cells_of(text) > width:
                differs = self._layout.differs(self._rows, row, at)
                text = short(text, width, ellipsis=ellipsis, differs=differs)
            text = fit_right(text, width, ellipsis) if column.right else fit(text, width, ellipsis)
            parts += [(text, self._mark(kind, style) if kind else style), (" " * GAP, style)]
        parts.append((" " * fill, style))
        return parts

    @property
    def span(self) -> Span:
        """Return the columns of the screen that it needs: for any rows, and for those that have been shown so far."""
        span, padding = self._layout.span, self.styles.padding.width
        return Span(span.least + padding, span.full + padding)

    def _mark(self, kind: str, style: Style) -> Style:
        """Return the foreground of a kind of mark on the style of its row."""
        found = self._marked.get((kind, style))
        if found is None:
            mark = self.style(f"table--{kind}")
            found = self._marked[kind, style] = style + Style(color=mark.color, bold=mark.bold, dim=mark.dim)
        return found

    def _scroll(self, in_view: int) -> None:
        self._top = max(0, min(self._top, len(self._rows) - in_view))
        self._top = min(self._top, self.cursor)
        if in_view > 0:
            self._top = max(self._top, self.cursor - in_view + 1)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row, or on the nearest that there is."""
        index = max(0, min(index, len(self._rows) - 1))
        if index != self.cursor:
            self.cursor = index
            self.redraw()
            self.post_message(self.Moved(self, index))

    def action_move(self, by: int) -> None:
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.move_to(self.cursor + by * max(1, self.size.height - self._head - 1))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(len(self._rows) - 1)

    def action_copy(self) -> None:
        """Copy the row under the cursor."""
        cells = [self.terminal.text(text_of(cell)) for cell in self._rows[self.cursor]] if self._rows else []
        self.app.post_message(RowCopied([column.title for column in self._columns], cells))

    def action_export(self) -> None:
        """Export all rows, with the columns that are for exports alone."""
        rows = self._rows
        names = [column.title for column in self._columns]
        self.app.post_message(
            ExportAsked(self._caption[0], names, len(rows), lambda: [[_value(cell) for cell in row] for row in rows])
        )

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None:
            return
        at = self._top + place.y - self._head
        if self._head and place.y == self._head - 1:
            self._head_clicked(place.x)
        elif place.y >= self._head and at < len(self._rows):
            if at == self.cursor:
                self.post_message(self.Chosen(self, at))
            self.move_to(at)

    def _head_clicked(self, x: int) -> None:
        start = GUTTER
        for column, width in zip(self._columns, self._layout.widths(self.size.width), strict=True):
            if width and start <= x < start + width + GAP:
                self.post_message(self.HeadClicked(self, column.title.lower()))
            start += width + GAP if width else 0

    def on_mouse_scroll_down(self) -> None:
        self.move_to(self.cursor + 3)

    def on_mouse_scroll_up(self) -> None:
        self.move_to(self.cursor - 3)


def _value(cell: Cell) -> Value:
    """Return a number where the cell is one, else its text."""
    return cell.value if isinstance(cell, Mark) and cell.value is not None else text_of(cell)
