"""Has the standby prepare what the form asks for, so that its training starts at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from mftui.errors import MftuiError
from mftui.tui.base.background import Debounce
from mftui.tui.monitor.trainings import trainings_of

if TYPE_CHECKING:
    from textual.screen import Screen

    from mftui.runs.store.request import TrainRequest

QUIET_S = 1.0
"""So long the form is left alone before anything is prepared for it."""


class GettingReady:
    """Prepare once the form has been left alone, and only while `screen` is in front.

    Parameters
    ----------
    wanted: returns what `t` would train; None where that is not known yet. Raises MftuiError for what is wrong.
    """

    def __init__(self, screen: Screen[None], wanted: Callable[[], TrainRequest | None]) -> None:
        self._screen, self._wanted = screen, wanted
        self._quiet = Debounce(screen, QUIET_S)

    def ask(self) -> None:
        """Prepare what the form asks for by then."""
        self._quiet.ask(self._begin)

    def _begin(self) -> None:
        self._screen.run_worker(self._prepare(), group="ahead", exclusive=True)

    async def _prepare(self) -> None:
        """Prepare, and say nothing of what is wrong: the training will, if it is asked for."""
        trainings = trainings_of(self._screen)
        with suppress(MftuiError):
            wanted = self._wanted() if self._screen.is_current and not trainings.live else None
            if wanted is not None and not await trainings.prepare(wanted):
                self.ask()  # a trainer that has ended its work takes a moment to be gone
