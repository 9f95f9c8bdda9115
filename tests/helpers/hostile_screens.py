"""All screens of the app on a hostile home."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

from helpers.hostile_worker import PATIENCE_S
from helpers.screens import shown

from mftui.errors import MftuiError
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.settings import Settings, load_settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import SessionState

SCREENS = ("2", "3", "4", "5", "6", "1")
KEYS = ("down", "enter", "escape")
"""On each screen: the next row, what it has to show, back."""


class NobodyTrains:
    """Stands where the supervisor does."""

    def warm(self) -> None: ...

    def tend(self) -> None: ...

    def close(self) -> None: ...

    def prepare(self, request: TrainRequest) -> bool:
        return False

    def start(self, request: TrainRequest) -> Run:
        raise MftuiError("nothing is trained here.")

    def resume(self, run: Run) -> None:
        raise MftuiError("nothing is trained here.")

    def stop(self, run: Run) -> None: ...


def all_screens(home: Path, out: Path, spared: bool) -> Iterator[str]:
    """Open the app, look at every screen, and end it; yield what goes wrong."""
    signal.setitimer(signal.ITIMER_REAL, 4 * PATIENCE_S)
    try:
        asyncio.run(_through(home))
    except BaseException as error:  # noqa: BLE001  # Hang, too
        yield f"app: {type(error).__name__}: {str(error)[:300]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if reports := [file.name for file in (home / "crashes").glob("*") if not file.name.startswith("20260101")]:
        yield f"app: crash reports {reports}"


async def _through(home: Path) -> None:
    try:
        settings = load_settings()
    except MftuiError:
        settings = Settings()
    memory = SessionState.load(home / "state.json")
    memory.put(hints=False)
    app = MftuiApp(Display(), settings, NobodyTrains(), memory)
    async with app.run_test(size=(100, 30)) as pilot:
        for screen in SCREENS:
            await pilot.press(screen)
            await _still(pilot)
            for key in KEYS:
                await pilot.press(key)
            await _still(pilot)
        memory.save()
        app.exit()


async def _still(pilot: object) -> None:
    before = None
    for _ in range(200):
        if before == (before := shown(pilot.app)):  # type: ignore[attr-defined]
            return
        await pilot.pause(0.05)  # type: ignore[attr-defined]
