"""A table that draws only the lines in view: foreign text is never markup, and a million rows open at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingsMap
from textual.message import Message
from textual.strip import Strip

from mftui.tables.captions import about_in, caption_in
from mftui.tables.cells import cells_of
from mftui.tables.columns import Span
from mftui.tables.titles import short
from mftui.tui.base import keys
from mftui.tui.base.file_texts import table_texts
from mftui.tui.base.messages import ExportAsked, RowCopied
from mftui.tui.widgets.cells import CellWidget, Line, Part, fit, fit_right, wrap
from mftui.tui.widgets.columns import GAP, GUTTER, Cell, Column, Layout, Mark, Rows, text_of, value_of, values_of
from mftui.tui.widgets.row_order import RowOrder

_MAX_DRAWN = 400
"""Rows kept as they were drawn."""


class Table(CellWidget, can_focus=True):
    """A caption, the column titles, and rows with a cursor. Columns without titles: the rows alone.

    `of_data`: a row can be copied with `y`, and all rows exported with `e` (not where `exports` is False, because the
    screen asks first what is to be exported); what becomes of that is the app's business.
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
    class SortAsked(Message):
        """An order was asked for that the owner of the rows makes: one of `sorts`."""

        table: Table
        sort: str

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        of_data: bool = False,
        exports: bool = True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        if of_data:
            own = keys.TABLE if exports else [keys.COPY]
            self._bindings = BindingsMap.merge([self._bindings, BindingsMap(own)])
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
        self._line = 0  # where the cursor stands, in the order in which the rows are shown
        self.sorts: Mapping[str, str] = {}
        """Orders that the owner of the rows makes, by the title of their column in lower case."""

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    @property
    def caption(self) -> str:
        """Return what stands above the rows."""
        return self._caption[0]

    @property
    def cursor(self) -> int:
        """Return the row under the cursor, by its place among the rows given; 0 in an empty table."""
        return self._row_at(self._line) if self._rows else 0

    def _row_at(self, line: int) -> int:
        return self._order[line] if self._order is not None else line

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Take other columns, for the rows shown next, sorted as before if the titles are the same."""
        before = getattr(self, "_columns", None)
        if before == tuple(columns):
            return
        if [column.title for column in columns] != [column.title for column in before or ()]:
            self._chosen_order = RowOrder()
        self._order: list[int] | None = None
        """The rows, by line; None where they are shown as given."""
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
        self, rows: Rows, *, caption: str = "", detail: str = "", empty: str = "", note: str = "",
        cursor: int | None = None,
    ) -> None:  # fmt: skip
        """Show `rows`, with a caption and a detail beside it, and a note below the last where there is room;
        `empty` says what to do where there are none; `cursor`: the row that it stands on, None: the first line."""
        self._rows, self._caption, self._empty, self._note = rows, (caption, detail), empty, note
        self._arrange(cursor)

    def _arrange(self, row: int | None) -> None:
        """Put the rows in their order, and the cursor on a row of them."""
        at = self._chosen_order.column
        values = self._rows if at is None else [value_of(row[at]) for row in self._rows]
        self._order = self._chosen_order.lines(values, at is not None and self._columns[at].right)
        self._top = 0
        self._drawn.clear()
        before = self._layout.span
        self._layout.measure(self._rows, self.terminal.text)
        if self._layout.span != before:
            self.post_message(self.Measured(self))
        if row is not None and self._order is not None and row < len(self._order):
            row = self._order.index(row)
        self._line = max(0, min(row or 0, len(self._rows) - 1))
        self.redraw()
        self.post_message(self.Moved(self, self.cursor))

    # Order

    def orders(self) -> dict[str, int | str]:
        """Return by what the table can be sorted, as people read it: a column, or the owner's name of an order."""
        titled = enumerate(zip(self._columns, self._titles, strict=True))
        shown = {t: self.sorts.get(c.title.lower(), i) for i, (c, t) in titled if t and not c.for_files}
        return shown | {sort.capitalize(): sort for sort in self.sorts.values() if sort not in shown.values()}

    def sort(self, by: int | str | None) -> None:
        """Sort by a column, again: the other way round; by None: as given; by a name in `sorts`: ask the owner."""
        if isinstance(by, str):
            self._chosen_order = RowOrder()
            self.post_message(self.SortAsked(self, by))
        else:
            self._chosen_order = self._chosen_order.after_choice(by)
            self._arrange(self.cursor)

    @property
    def sorts_itself(self) -> bool:
        """Return whether the rows are not as they were given."""
        return self._chosen_order != RowOrder()

    def reverse(self) -> None:
        """Reverse the order of the lines."""
        self._chosen_order = self._chosen_order._replace(reverse=not self._chosen_order.reverse)
        self._arrange(self.cursor)

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
            yield self._drawn_line(self._heads(widths), widths, " " * GUTTER, self.style("table--header"))
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

    def _heads(self, widths: Sequence[int]) -> Sequence[Cell]:
        """Return the titles, that of the column that the rows are sorted by with an arrow where there is room."""
        order, heads = self._chosen_order, list[Cell](self._titles)
        if (column := order.column) is not None:
            glyphs = self.terminal.glyphs
            arrow = glyphs.down_arrow if order.downward(self._columns[column].right) else glyphs.up_arrow
            room = widths[column] - cells_of(self._titles[column])
            heads[column] = Mark(self._titles[column] + (arrow if room >= 1 else ""), "strong")
        return heads

    def _row(self, at: int, widths: Sequence[int], width: int) -> Strip:
        """Return a row as it is drawn; again the same one, as long as it is to look the same."""
        cursor = "" if at != self._line else "table--cursor-focus" if self.has_focus else "table--cursor"
        found = self._drawn.get((at, cursor))
        if found is None:
            gutter = fit(self.terminal.glyphs.cursor if cursor else "", GUTTER)
            row = self._row_at(at)
            line = self._drawn_line(self._rows[row], widths, gutter, self.style(cursor), width, row)
            found = self.strip(line, width)
            self._drawn[at, cursor] = found
        return found

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn.clear()
        self._marked.clear()

    def _caption_line(self, width: int) -> Line:
        caption, detail = (self.terminal.text(text) for text in self._caption)
        place = f"{self._line + 1:,}/{len(self._rows):,}" if self._rows else ""
        room = width - len(place) - 2
        about = about_in(caption, self.about if self._rows else "", room)
        text, rest = caption_in(caption, about, detail, room, self.terminal.glyphs.ellipsis)
        focus, dim = "table--caption-focus" if self.has_focus else "table--caption", self.style("table--detail")
        return [(text, self.style(focus)), (about, self.style("table--about")), (rest, dim), (f" {place} ", dim)]

    def _drawn_line(
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
        """Return the foreground of a kind of mark on the style of its row; reversed, it would be a block of colour."""
        found = style if style.reverse else self._marked.get((kind, style))
        if found is None:
            mark = self.style(f"table--{kind}")
            found = self._marked[kind, style] = style + Style(color=mark.color, bold=mark.bold, dim=mark.dim)
        return found

    def _scroll(self, in_view: int) -> None:
        self._top = max(0, min(self._top, len(self._rows) - in_view))
        self._top = min(self._top, self._line)
        if in_view > 0:
            self._top = max(self._top, self._line - in_view + 1)

    @property
    def line(self) -> int:
        """Return the line of the cursor, from 0."""
        return self._line

    def go_to_line(self, line: int) -> None:
        """Put the cursor on a line, or on the nearest that there is."""
        line = max(0, min(line, len(self._rows) - 1))
        if line != self._line:
            self._line = line
            self.redraw()
            self.post_message(self.Moved(self, self.cursor))

    def action_move(self, by: int) -> None:
        self.go_to_line(self._line + by)

    def action_page(self, by: int) -> None:
        self.go_to_line(self._line + by * max(1, self.size.height - self._head - 1))

    def action_first(self) -> None:
        self.go_to_line(0)

    def action_last(self) -> None:
        self.go_to_line(len(self._rows) - 1)

    def action_copy(self) -> None:
        """Copy the row under the cursor."""
        cells = [self.terminal.text(text_of(cell)) for cell in self._rows[self.cursor]] if self._rows else []
        self.app.post_message(RowCopied([column.title for column in self._columns], cells))

    def action_export(self) -> None:
        """Export all rows, with the columns that are for exports alone."""
        rows, order = self._rows, self._order if self._order is not None else range(len(self._rows))
        names = [column.title for column in self._columns]
        texts = table_texts(names, lambda: values_of(rows, order))
        self.app.post_message(ExportAsked(self._caption[0], f"{len(rows):,} rows" if rows else "", texts))

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None:
            return
        at = self._top + place.y - self._head
        if self._head and place.y == self._head - 1:
            self._head_clicked(place.x)
        elif place.y >= self._head and at < len(self._rows):
            if at == self._line:
                self.post_message(self.Chosen(self, self.cursor))
            self.go_to_line(at)

    def _head_clicked(self, x: int) -> None:
        start = GUTTER
        for at, width in enumerate(self._layout.widths(self.size.width)):
            if width and start <= x < (start := start + width + GAP):
                self.sort(self.sorts.get(self._columns[at].title.lower(), at))
                break

    def on_mouse_scroll_down(self) -> None:
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-3)
