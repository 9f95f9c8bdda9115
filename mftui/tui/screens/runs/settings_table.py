"""The settings and measures of one run; of several, what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mftui.errors import MftuiError
from mftui.runs.store.run import run_of
from mftui.runs.store.summary import Summary, differing, measures_of, settings_of
from mftui.tui.base.background import LatestWins
from mftui.tui.screens.runs.rows import compared
from mftui.tui.widgets.columns import Cell, Column
from mftui.tui.widgets.table import Table

MAX_COMPARED = 8
"""Runs that are compared at most."""
_NAME_WIDTH = 18


class SettingsTable:
    """Fills `table`: read in a thread, shown when there."""

    def __init__(self) -> None:
        self.table = Table([Column("Setting", _NAME_WIDTH), Column("Value")], of_data=True, id="settings")
        self._reading = LatestWins(self.table, "settings")
        self._subject: tuple[tuple[Summary, ...], tuple[str, ...]] = ((), ())

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
            self.table.set_columns(
                [Column("Setting", _NAME_WIDTH), *(Column(head) for head in (["Value"] if one else heads))]
            )
            self.table.show(
                found,
                caption=f"Settings of {heads[0]}" if one else f"What differs between {len(rows)} runs" if rows else "",
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
        measures.append(_measures(measures_of(run), row))
    if len(rows) == 1:
        known = {**measures[0], **settings[0]}
        return compared([known], [key for key, value in known.items() if value is not None])
    different = differing(settings)
    known = dict.fromkeys(key for found in measures for key, value in found.items() if value is not None)
    return compared(settings, different) + compared(measures, known)


def _measures(found: dict[str, Any], row: Summary) -> dict[str, Any]:
    """Name the measures for people; add the part they were made on and what a person has noted."""
    names = {"test_rmse": "test RMSE", "test_mae": "test MAE", "train_rmse": "training RMSE",
             "ratings_per_second": "ratings/s", "peak_rss_mb": "memory MB"}  # fmt: skip
    split = found.pop("split", None) or row.split
    noted = {"note": row.note, "tags": " ".join(row.tags)}
    return {
        "tested on": split,
        **{names.get(k, k): v for k, v in found.items()},
        **{k: v for k, v in noted.items() if v},
    }
