"""Runs: all trainings in a table; their curves laid over each other, and what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from mftui.tui.base import keys
from mftui.tui.base.messages import TrainingNews
from mftui.tui.charts.deck import Deck
from mftui.tui.lists.rows import LazyRows
from mftui.tui.monitor.runs_watcher import RunsWatcher
from mftui.tui.screens.base import ChoosingScreen
from mftui.tui.screens.runs.actions import RunActions
from mftui.tui.screens.runs.calibration_panel import CalibrationPanel
from mftui.tui.screens.runs.deck import RunCharts
from mftui.tui.screens.runs.dialogs import filter_dialog, pick_columns
from mftui.tui.screens.runs.rows import COLUMNS, HEADS, RunChoices, RunFilter, cells, choose, columns, facts
from mftui.tui.screens.runs.settings_table import SettingsTable
from mftui.tui.screens.runs.when_read import WhenRead
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from mftui.runs.store.summary import Summary

_POLL_S = 1.0
_WIDE = 100
_NO_RUNS = (
    "No runs yet. Press {screen.train}, then {train.toggle}, "
    "to train one on the sample (synthetic ratings): it takes seconds."
)
_NO_MATCH = "No run passes the search and the filters. {app.back} clears the search, {runs.filter} changes the filters."


@dataclass
class RunsNews(Message, bubble=False):
    """A run has come, gone or changed."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RunsNews)


class RunsScreen(ChoosingScreen[RunChoices]):
    """Search box and table above; curves and settings below, side by side where it is wide."""

    MODE = "runs"
    BINDINGS = [*keys.RUNS, keys.COPY]  # noqa: RUF012
    CHOICES = RunChoices

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Summary] = []
        self._marked: dict[str, None] = {}
        self.table = Table(COLUMNS, of_data=True, exports=False, id="runs")
        self.deck = Deck(id="curves")
        self.settings = SettingsTable()
        self.calibration = CalibrationPanel(id="calibration")
        self.charts = RunCharts(self, self.deck)
        self.book = RunsWatcher(self._runs_woke, _POLL_S * (2 if self.terminal.low_bandwidth else 1))
        self._when_read = WhenRead(self.book, partial(self.shell.say, warn=True))
        self.actions = RunActions(self, self.book.open)

    def compose(self) -> ComposeResult:
        yield from self.head()
        yield SearchBox("words of a name, a tag, a state", id="search")
        yield self.table
        with Horizontal(id="below"):
            yield self.deck
            yield self.calibration
            yield self.settings.table
        yield from self.foot()

    def on_mount(self) -> None:
        self._choices = self.remembered().valid()
        self.table.set_columns(columns(self._choices.fields))
        self.table.sorts = HEADS
        self.set_class(self._choices.settings, "-settings")
        self.set_class(self._choices.calibration, "-calibration")
        self.table.show((), caption="Runs", empty="Looking for runs.")
        self.table.focus()
        self.book.open()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        if self.is_mounted:
            self.book.open()

    def on_screen_suspend(self) -> None:
        if self.app.current_mode != self.MODE:  # a dialog over it leaves it in sight
            self.book.close()

    def on_unmount(self) -> None:
        self.book.close()
        self.charts.close()

    def on_training_news(self, event: TrainingNews) -> None:
        self.charts.news(event)

    def on_overlay_news(self) -> None:
        self.charts.overlay_news()

    # The table

    def _runs_woke(self) -> None:
        self.post_message(RunsNews())

    def on_runs_news(self) -> None:
        self._show_runs()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show_runs()

    def _show_runs(self) -> None:
        rows = self.book.rows
        if rows is None:
            return
        there = {row.run for row in rows}
        for gone in [run for run in self._marked if run not in there]:
            self._unmark(gone)
        here = self.here
        self._shown = choose(rows, self.query_one(SearchBox).value, self._choices)
        ids = [row.run for row in self._shown]
        at = ids.index(here.run) if here is not None and here.run in ids else self.table.cursor
        self._fill(at, len(rows))
        self._when_read.is_read()

    def _fill(self, at: int, n_all: int) -> None:
        shown, choices, glyphs = self._shown, self._choices, self.terminal.glyphs
        arrow = glyphs.down_arrow if choices.descending else glyphs.up_arrow
        self.table.show(
            LazyRows(len(shown), lambda i: cells(shown[i], self._sign(shown[i].run), choices.fields)),
            caption="Runs",
            detail=facts(len(shown), n_all, len(self._marked), choices, arrow, self.book.misnamed),
            empty=self.told(_NO_MATCH if n_all else _NO_RUNS),
            cursor=at,
        )

    def _sign(self, run: str) -> str:
        return self.charts.sign(run) if run in self._marked else ""

    @property
    def here(self) -> Summary | None:
        """Return the run under the cursor."""
        return self._shown[self.table.cursor] if self.table.cursor < len(self._shown) else None

    @property
    def chosen(self) -> list[Summary]:
        """Return the marked runs in the order of the table, or the one under the cursor if none is marked."""
        marked = [row for row in self.book.rows or () if row.run in self._marked]
        return marked or ([self.here] if self.here else [])

    def on_table_moved(self, event: Table.Moved) -> None:
        if event.table is not self.table:
            return
        self.charts.follow(self.here)
        self.settings.compare(self.chosen, self._sign)
        if self._choices.calibration:
            self.calibration.follow(self.here)
        self.refresh_bindings()

    def on_table_chosen(self, event: Table.Chosen) -> None:
        if event.table is self.table:
            self.action_open()

    def on_table_measured(self) -> None:
        self.settings.fit(self.size.width, beside=self.size.width >= _WIDE)

    on_resize = on_table_measured

    # Actions

    def action_open(self) -> None:
        self._when_read.act(self.actions.open, lambda: self.here)

    def action_again(self) -> None:
        self._when_read.act(self.actions.train_again, lambda: self.here)

    def action_export_run(self) -> None:
        """Write the model of the run, or the table; where the curve has the keys, the chart."""
        if self.deck.has_focus:
            self.deck.export()
        elif self.here is None:
            self.table.action_export()
        else:
            self.actions.export(self.here, self.table.action_export)

    def action_notes(self) -> None:
        self._when_read.act(self.actions.annotate, lambda: self.here)

    def action_delete(self) -> None:
        """Delete the run under the cursor, or the marked ones; ask where it is not clear which."""
        here = self.here
        marked = [row for row in self.book.rows or () if row.run in self._marked]
        if self.book.rows is None:  # nobody has seen what would be deleted
            self.shell.say("The list is still being read.", warn=True)
            return
        certain = not marked or (here in marked and {row.run for row in self._shown}.issuperset(self._marked))
        if certain:
            self._when_read.act(self.actions.delete, lambda: self.chosen)
        else:
            self.actions.ask_what_to_delete(here, marked)

    def action_undo(self) -> None:
        self.actions.undo()

    def action_replay(self) -> None:
        """Draw the curve once more from its first step; again ends that."""
        if self._choices.settings and self.size.width < _WIDE:
            self.action_settings()
        if self._choices.calibration:
            self._show_calibration(False)
        if self.has_class("-low"):
            self.focus_pane("#curves")
        self.charts.replay()

    def action_axis(self) -> None:
        """Draw the curves by the next of steps, epochs and time."""
        self.charts.next_axis()

    def action_mark(self) -> None:
        """Mark the run under the cursor, or not; then on to the next."""
        if (here := self.here) is None:
            return
        if here.run in self._marked:
            self._unmark(here.run)
        else:
            self._mark(here)
        self._fill(self.table.cursor, len(self.book.rows or ()))
        self.table.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all that are listed, or none."""
        if self._marked:
            for run in list(self._marked):
                self._unmark(run)
        else:
            for row in self._shown:
                self._mark(row)
        self._fill(self.table.cursor, len(self.book.rows or ()))

    def _mark(self, row: Summary) -> None:
        self._marked[row.run] = None
        self.charts.add(row)

    def _unmark(self, run: str) -> None:
        del self._marked[run]
        self.charts.remove(run)

    def action_settings(self) -> None:
        """Show or hide the settings; they replace the curves if there is no room for both."""
        self.choose(settings=not self._choices.settings)
        self.set_class(self._choices.settings, "-settings")
        if self.size.width >= _WIDE:
            self.actions.point_at_differences(len(self.chosen))
        elif not (self.table.has_focus or self.query_one(SearchBox).has_focus):
            self.focus_pane("#settings" if self._choices.settings else self._picture)  # which has taken its place

    def action_calibration(self) -> None:
        """Show the calibration of the run under the cursor, or the curves."""
        hidden = self._choices.settings and self.size.width < _WIDE
        if hidden:
            self.action_settings()
        self._show_calibration(hidden or not self._choices.calibration)
        if self.has_class("-low") or not self.table.has_focus:
            self.focus_pane(self._picture)

    def _show_calibration(self, show: bool) -> None:
        self.choose(calibration=show)
        self.set_class(show, "-calibration")
        self.calibration.follow(self.here if show else None)

    @property
    def _picture(self) -> str:
        """Return the selector of the pane beside the settings."""
        return "#calibration" if self._choices.calibration else "#curves"

    @property
    def main_table(self) -> Table:
        return self.table

    def on_table_sort_asked(self, event: Table.SortAsked) -> None:
        sort = "" if event.sort == "age" else event.sort
        self.choose(sort=sort, reverse=sort == self._choices.sort and not self._choices.reverse)
        self._show_runs()

    def usual_order(self) -> None:
        self.choose(sort="", reverse=False)
        self._show_runs()

    def reverse_order(self) -> None:
        self.choose(reverse=not self._choices.reverse)
        self._show_runs()

    def action_columns(self) -> None:
        """Choose which settings of the recipes are columns."""
        pick_columns(self.app, self._choices.fields, self._show_columns)

    def _show_columns(self, fields: Sequence[str]) -> None:
        self.choose(columns=",".join(fields))
        cursor = self.table.cursor
        self.table.set_columns(columns(fields))
        self._fill(cursor, len(self.book.rows or ()))

    def action_filter(self) -> None:
        """Ask for filters."""
        self.app.push_screen(filter_dialog(self._choices.narrowed, self.book.rows or ()), self._filtered)

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            self.choose(narrowed=RunFilter(**answer))
            self._show_runs()

    def action_accept_search(self) -> None:
        """Go from the search to the table."""
        self.focus_pane("#runs")

    action_leave_search = action_accept_search

    def focus_pane(self, selector: str) -> None:
        below = selector in ("#curves", "#calibration", "#settings")
        self.set_class(below, "-below")
        if below and self.size.width < _WIDE and self._choices.settings != (selector == "#settings"):
            self.action_settings()
        if below and selector not in ("#settings", self._picture):
            self._show_calibration(selector == "#calibration")
        super().focus_pane(selector)

    def action_pane(self, by: int) -> None:
        """Go from the table to the panes below it, or back."""
        panes = ["#runs", self._picture, "#settings"]
        now = next((i for i, pane in enumerate(panes) if self.query_one(pane).has_focus), 0)
        wide = self.size.width >= _WIDE
        there = panes if wide else ["#runs", "#settings" if self._choices.settings else self._picture]
        self.focus_pane(there[min(max(there.index(panes[now]) + by if panes[now] in there else 0, 0), len(there) - 1)])

    def action_go_back(self) -> None:
        """Go back from a cursor or a zoom, from the panes below, or from a search."""
        if self.table.has_focus:
            self.query_one(SearchBox).value = ""
        elif not (self.deck.has_focus and self.deck.back()):
            self.focus_pane("#runs")
