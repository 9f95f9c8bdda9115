"""The settings and measures of one run; of several, what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mftui.engine.training.recipe import written
from mftui.errors import MftuiError
from mftui.runs.store.run import run_of
from mftui.runs.store.summary import (
    Summary,
    differing,
    named_measures,
    setting_name,
    settings_of,
    tested_alike,
)
from mftui.tui.base.background import LatestWins
from mftui.tui.screens.runs.rows import compared
from mftui.tui.widgets.columns import Cell, Column, text_of
from mftui.tui.widgets.table import Table

MAX_COMPARED = 8
"""Runs that are compared at most."""
_NAME_WIDTH, _LONGEST_NAME = 18, 28
_LEAST_CURVES = 46
"""Cells of the curves beside the table."""


class SettingsTable:
    """Fills `table`: read in a thread, shown when there."""

    def __init__(self) -> None:
        self.table = Table([Column("Setting", _NAME_WIDTH), Column("Value")], of_data=True, id="settings")
        self._reading = LatestWins(self.table, "settings")
        self._subject: tuple[tuple[Summary, ...], tuple[str, ...]] = ((), ())

    def fit(self, width: int, *, beside: bool) -> None:
        """Give the table what it needs of `width` cells `beside` the curves, which keep some room; else all."""
        needed = min(max(self.table.span.full, width * 2 // 5), width - _LEAST_CURVES)
        self.table.styles.width = needed if beside else "1fr"

    def compare(self, rows: Sequence[Summary], sign: Callable[[str], str]) -> None:
        """Show the settings of one run, or those in which several differ."""
        rows = rows[:MAX_COMPARED]
        heads = [f"{sign(row.run)} {row.called}".strip() for row in rows]
        subject = tuple(rows), tuple(heads)
        if subject == self._subject:
            return
        same_runs = [row.run for row in rows] == [row.run for row in self._subject[0]]
        self._subject = subject

        def show(found: list[Sequence[Cell]]) -> None:
            one = len(rows) == 1
            longest = max((len(text_of(row[0])) for row in found), default=0)
            width = min(max(longest, _NAME_WIDTH), _LONGEST_NAME)
            self.table.set_columns(
                [Column("Setting", width), *(Column(head) for head in (["Value"] if one else heads))]
            )
            self.table.show(
                found,
                caption=f"Settings of {heads[0]}" if one else f"What differs between {len(rows)} runs" if rows else "",
                detail="" if _comparable(rows) else "other test ratings: kept apart",
                empty="No differences." if rows else "No run is listed.",
                cursor=self.table.cursor if same_runs else None,
            )

        self._reading.ask(lambda: _read(rows), show)


def _read(rows: Sequence[Summary]) -> list[Sequence[Cell]]:
    """Read the table of settings, then of measures."""
    settings, measures = [], []
    for row in rows:
        run = run_of(row.run)
        try:
            settings.append(settings_of(run))
        except MftuiError as error:
            settings.append({"unreadable": str(error)})
        measures.append(named_measures(run, row))
    different = differing(settings) if len(rows) > 1 else _known(settings)
    told = [{setting_name(k): v if v is None else written(v) for k, v in found.items()} for found in settings]
    made = [compared(told, map(setting_name, different))]
    for group in tested_alike([row.tested_on for row in rows]):
        of_group = [found if at in group else {} for at, found in enumerate(measures)]
        made.append(compared(of_group, _known(of_group)))
    return [row for part in (made if len(rows) > 1 else reversed(made)) for row in part]


def _known(documents: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Return the keys that any of the documents has a value for."""
    return dict.fromkeys(key for found in documents for key, value in found.items() if value is not None)


def _comparable(rows: Sequence[Summary]) -> bool:
    return len({row.tested_on for row in rows}) < 2
