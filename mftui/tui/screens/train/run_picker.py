"""The list of runs to choose from, for the charts of Train."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mftui.errors import MftuiError
from mftui.runs.store.naming import without_date
from mftui.runs.store.run import Run, list_runs
from mftui.tui.dialogs.pick import Item, PickScreen

_MAX_RUNS = 500


def run_items(sign: Callable[[str], str]) -> list[Item]:
    """List (id, what it is, its path) of the newest 500 runs; `sign` gives what stands before each by its id.

    Reads files: not for the event loop. Raises RunError.
    """
    return [(run.id, f"{sign(run.id)}{describe(run)}", str(run.path)) for run in list_runs()[:_MAX_RUNS]]


def describe(run: Run) -> str:
    """Return the state, and the test RMSE if there is one."""
    try:
        result = run.result() or {}
    except MftuiError:
        result = {}
    rmse = result.get("test_rmse")
    return f"{run.state}  {rmse:.4f}" if isinstance(rmse, int | float) else run.state


def short_name(run: Run) -> str:
    """Return the name that its user gave the run, or its id without the date."""
    return (run.name or without_date(run.id))[:20]


def pick_run(title: str, items: Sequence[Item]) -> PickScreen:
    """Choose one of `items`."""
    return PickScreen(title, items, widths=(36, 0))
