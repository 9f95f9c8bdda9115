"""The real app with one fault built in: `python -m helpers.broken_app FAULT`, in a terminal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

from mftui.cli import main
from mftui.tui.app import MftuiApp
from mftui.tui.textual8 import crash_guard
from mftui.tui.widgets.top_bar import TopBar

RATING = 4.731


def _fail(*_: Any, **__: Any) -> Any:
    rating_of_the_user = RATING
    raise ValueError(f"rating {rating_of_the_user} of user 42")


def _later(app: MftuiApp) -> None:
    app.set_timer(0.05, _fail)


def _worker(app: MftuiApp) -> None:
    async def work() -> None:
        _fail()

    app.run_worker(work())


def _stuck() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(60)


def _after_start(app: MftuiApp) -> Any:
    return {
        "timer": lambda: _later(app),
        "worker": lambda: _worker(app),
        "message": _fail,
        "exit": lambda: sys.exit(3),
        "thread": lambda: threading.Thread(target=_fail).start(),
        "blocked by a signal": _stuck,
    }[FAULT]


FAULT = sys.argv[1]
if __name__ == "__main__":
    crash_guard._PATIENCE_S = 0.5
    if FAULT == "render":
        setattr(TopBar, "render_lines", _fail)  # noqa: B010
    elif FAULT == "compose":
        setattr(MftuiApp, "MODES", dict.fromkeys(MftuiApp.MODES, _fail))  # noqa: B010
    elif FAULT == "before the first paint":
        setattr(MftuiApp, "on_load", _fail)  # noqa: B010
    else:
        setattr(MftuiApp, "_after_first_paint", lambda app: app.call_later(_after_start(app)))  # noqa: B010
    main([])
