"""What all screens share: the line at the top, the keys at the bottom, the app's state, remembered choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from mftui.tui.base import keys
from mftui.tui.base.display import Display, display_of
from mftui.tui.base.file_texts import as_svg, as_text
from mftui.tui.base.messages import ExportAsked
from mftui.tui.base.session_state import revived
from mftui.tui.base.shell import Shell, shell_of
from mftui.tui.textual8.span_compositor import SpanCompositor
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table
from mftui.tui.widgets.top_bar import TopBar

Choices = TypeVar("Choices", bound=Any)
_MIN_GUIDE_HEIGHT = 20
"""Rows from which there is a line for somebody new; where there are fewer, the help has it."""
_NO_MODEL = (
    "No model yet. Press {screen.train}, then {train.toggle}, "
    "to train one on the sample (synthetic ratings): it takes seconds."
)
UNSORTED = "As found"
"""The order in which the rows of a table come."""


class BaseScreen(Screen[None]):
    """A screen of its own number key. Its `compose` begins with `head()` and ends with `foot()`."""

    MODE: ClassVar[str]
    TITLE = "mftui"
    AUTO_FOCUS = ""

    def __init__(self, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._compositor = SpanCompositor()
        self._guide = Prose(("text", ""), classes="guide")
        self._guide.display = False

    def head(self) -> Iterable[Widget]:
        """Make the lines above the screen's own widgets."""
        yield TopBar(self.MODE, self.shell.screens(self.MODE))
        yield self._guide

    def foot(self) -> Iterable[Widget]:
        """Make the line below them."""
        yield KeyBar()

    @property
    def shell(self) -> Shell:
        """Return the app."""
        return shell_of(self)

    @property
    def terminal(self) -> Display:
        """Return the look of the app."""
        return display_of(self)

    def on_mount(self) -> None:
        self._catch_up()

    def on_resize(self) -> None:
        self.guidance_changed()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        if self.is_mounted:  # a screen resumes for the first time before its parts are there
            event.refresh_styles = False  # they are as they were: another theme has them refreshed before this
            self._catch_up()

    def _catch_up(self) -> None:
        """Show what has come while this screen was not there to be told."""
        self.shell.remember()
        self.headline_changed()
        self.guidance_changed()
        self.model_changed()
        self.training_changed()

    def headline_changed(self) -> None:
        """Show the app's headline."""
        for bar in self.query(TopBar):
            bar.show(self.shell.headline())

    def guidance_changed(self) -> None:
        """Say what the app has to say to somebody new; where it is low, only on the tour."""
        if self._guide.is_mounted:
            self._guide.say(self.shell.guidance(self.MODE, low=self.size.height < _MIN_GUIDE_HEIGHT))

    def model_changed(self) -> None:
        """Show the open model; called when it may be another than before."""

    def training_changed(self) -> None:
        """Show what is new of the watched training."""

    def focus_pane(self, selector: str) -> None:
        """Give a pane the keys, if it is there and takes them."""
        for widget in self.query(selector):
            widget.focus()

    def no_model(self) -> str:
        """Say why there is no model, and what to press."""
        return f"{self.shell.model_trouble} {self.told(_NO_MODEL)}".strip()

    def told(self, sentence: str) -> str:
        """Fill the keys into a sentence, see `keys.written`."""
        return keys.written(sentence, self.shell.settings.keys, self.MODE)

    def action_save_picture(self) -> None:
        """Write what is seen to a file."""
        strips = self._compositor.render_strips()
        caption = f"mftui {self.MODE}"
        texts = {".svg": lambda: as_svg(strips, caption), ".txt": lambda: as_text(strips)}
        self.app.post_message(ExportAsked(caption, "The screen", texts))

    def on_top_bar_go(self, event: TopBar.Go) -> None:
        self.app.switch_mode(event.mode)


class ChoosingScreen(BaseScreen, Generic[Choices]):
    """A screen with a search box, whose choices (sorts, filters) are remembered from one session to the next.

    CHOICES is a frozen dataclass whose fields JSON can hold.
    """

    CHOICES: ClassVar[type[Any]]

    def __init__(self) -> None:
        super().__init__()
        self._choices: Choices = self.CHOICES()

    def remembered(self) -> Choices:
        """Return the last session's choices, not yet checked."""
        found: Choices = revived(self.CHOICES(), self.shell.session.get(self.MODE))
        return found

    def choose(self, **changes: Any) -> None:
        """Change some choices, and remember them."""
        self._choices = replace(self._choices, **changes)
        self.shell.remember(**{self.MODE: asdict(self._choices)})

    def action_search(self) -> None:
        """Type into the search box."""
        self.query_one(SearchBox).focus()

    # Sorting: the table that has the keys, else the first

    @property
    def main_table(self) -> Table:
        """Return the table that keys are about where no table has them."""
        return self.query(Table).first()

    @property
    def table_with_keys(self) -> Table:
        """Return the table that a key is about."""
        return self.focused if isinstance(self.focused, Table) else self.main_table

    def action_sort(self) -> None:
        """Choose from a list by what to sort."""
        from mftui.tui.dialogs.pickers import pick_order

        table = self.table_with_keys
        orders: dict[str, int | str | None] = {UNSORTED: None, **table.orders()}

        def chosen(name: str | None) -> None:
            if name is not None:
                table.sort(orders[name])
                if name == UNSORTED and table.sorts:
                    self.usual_order()

        self.app.push_screen(pick_order(table.caption, list(orders)), chosen)

    def action_reverse(self) -> None:
        """Reverse the order of the table."""
        table = self.table_with_keys
        if table.sorts and not table.sorts_itself:
            self.reverse_order()
        else:
            table.reverse()

    def reverse_order(self) -> None:
        """Reverse the order that the screen itself gives to its main table."""

    def usual_order(self) -> None:
        """Give the main table the order that it has where none was chosen."""

    def action_copy(self) -> None:
        """Copy the row of the table that keys are about where no table has them."""
        self.main_table.action_copy()

    def action_export(self) -> None:
        """Export it."""
        self.main_table.action_export()

    # Matches

    def action_match(self, by: int) -> None:
        """Go to another line of what the search has found."""
        table = self.main_table
        if table.display:
            table.focus()
        if 0 <= table.line + by < len(table):
            table.action_move(by)
        else:
            none = f"There is no match. Press {{{self.MODE}.search}} to search."
            self.shell.say("There is no other match." if len(table) else self.told(none))
