"""How somebody leaves the app: at once, or, while a training is under way, after a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from mftui.tui.base.shell import shell_of
from mftui.tui.monitor.trainings import trainings_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.screen import Screen


class Leaving:
    """Asks what is to become of the training, and calls `leave`."""

    def __init__(self, app: App[Any], leave: Callable[[], Awaitable[None]]) -> None:
        self._app, self._leave = app, leave
        self._question: Screen[str | None] | None = None

    async def ask(self) -> None:
        """Leave; while a training is under way, ask first."""
        if not trainings_of(self._app).live:
            await self._leave()
        elif self._question is None or self._question not in self._app.screen_stack:
            from mftui.tui.dialogs.choice import quit_dialog

            self._question = quit_dialog()
            self._app.push_screen(self._question, self._decided)

    async def interrupt(self) -> None:
        """Do as `ask`; where that is asked already, leave, and let the training go on."""
        if self._question is not None and self._app.screen is self._question:
            await self._leave()
        else:
            await self.ask()

    async def _decided(self, decision: str | None) -> None:
        if decision == "stop":
            await shell_of(self._app).stop_training()
        if decision in ("stop", "detach"):
            await self._leave()
