"""Ask for another run than the one that is shown: to lay its curves over, or to show it instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mftui.tui.base.display import display_of
from mftui.tui.base.shell import shell_of
from mftui.tui.monitor.trainings import trainings_of
from mftui.tui.screens.train.picking import Part, pick_run

if TYPE_CHECKING:
    from mftui.runs.store.run import Run
    from mftui.tui.monitor.overlays import Overlays
    from mftui.tui.screens.base import BaseScreen


class OtherRuns:
    """Asks on `screen`, and tells it when what its charts show has changed."""

    def __init__(self, screen: BaseScreen, overlays: Overlays) -> None:
        self._screen, self._overlays = screen, overlays

    def compare(self, watched: str) -> None:
        """Ask for a run to lay over the one with this id; one that lies there already is taken away."""

        def lay(run: Run, name: str, tested_on: Part) -> None:
            self._overlays.toggle(run, name, tested_on)
            self._screen.training_changed()

        self._ask("Overlay another run (again removes it)", lay, watched, but=watched)

    def watch(self, watched: str) -> None:
        """Ask for a run to show instead of the one with this id, and open its model."""

        def show(run: Run, name: str, tested_on: Part) -> None:
            trainings_of(self._screen).watch(run)
            self._screen.training_changed()
            if run.has_factors:
                opening = shell_of(self._screen).open_run(run, stay=True)
                self._screen.run_worker(opening, group="open", exclusive=True)

        self._ask("Watch a run", show, watched)

    def _ask(self, title: str, take: Callable[[Run, str, Part], None], watched: str, but: str = "") -> None:
        def sign(run_id: str) -> str:
            mark = self._overlays.mark(run_id) if run_id in self._overlays else ""
            return mark or (display_of(self._screen).glyphs.busy if run_id == watched else " ")

        asking = pick_run(self._screen, title, take, sign=sign, but=but)
        self._screen.run_worker(asking, group="runs", exclusive=True)
