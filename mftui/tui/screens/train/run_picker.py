"""Chooses one of the runs from a list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from mftui.tui.base.shell import shell_of, showing_errors

if TYPE_CHECKING:
    from textual.screen import Screen

    from mftui.runs.store.run import Run
    from mftui.tui.dialogs.pick import Item

_MAX_RUNS = 500
"""Runs that are offered at most."""


async def pick_run(
    screen: Screen[None], title: str, sign: Callable[[str], str], take: Callable[[str | None], None], but: str = ""
) -> None:
    """Offer the runs with their states, and call `take` with the id of the one that is chosen.

    Parameters
    ----------
    sign: returns what stands before a run, by its id.
    but: a run that is not offered.
    """
    from mftui.runs.store.run import list_runs
    from mftui.tui.dialogs.pick import PickScreen

    def work() -> list[Item]:
        runs = [run for run in list_runs()[:_MAX_RUNS] if run.id != but]
        return [(run.id, f"{sign(run.id)} {_state_of(run)}", str(run.path)) for run in runs]

    shell = shell_of(screen)
    with showing_errors(shell):
        if items := await asyncio.to_thread(work):
            screen.app.push_screen(PickScreen(title, items, widths=(36, 0)), take)
        else:
            shell.say(f"There are no {'other ' if but else ''}runs yet. Press t to train one.")


def _state_of(run: Run) -> str:
    """Return the state, and the test RMSE if there is one."""
    rmse = run.known_result().get("test_rmse")
    return f"{run.state}  {rmse:.4f}" if isinstance(rmse, int | float) else run.state
