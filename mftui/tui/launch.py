"""Starts the app in a terminal, and ends it in order."""

from __future__ import annotations

import gc

from mftui import paths
from mftui.settings import load_settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import SessionState
from mftui.tui.textual8.crash_guard import run_guarded


def run(
    *, ascii: bool = False, low_bandwidth: bool | None = None, mouse: bool | None = None, tour: bool = False
) -> int:
    """Start the app in this terminal; returns the exit code when it has been left."""
    settings = load_settings()
    gc.freeze()  # what was imported stays: a full collection of it takes as long as a frame
    gc.enable()
    slow = settings.low_bandwidth if low_bandwidth is None else low_bandwidth
    terminal = Display.of_terminal(ascii=ascii or settings.ascii, low_bandwidth=slow)
    session = SessionState.load(paths.state_file())
    if tour:
        session.put(screen=MftuiApp.DEFAULT_MODE)
    app = MftuiApp(terminal, settings, session=session)
    if tour:
        app.begin_tour()
    return run_guarded(app, mouse=settings.mouse if mouse is None else mouse)
