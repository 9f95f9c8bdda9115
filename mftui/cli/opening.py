"""Opens the app from the command line."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from typing import Any

from mftui.errors import UsageError


def open_app(options: Mapping[str, Any]) -> int:
    """Open the app in this terminal, and return its exit code; raises UsageError where it cannot draw."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("the app needs a terminal.", hint="Train without it: mftui --headless.")
    if os.environ.get("TERM") in ("dumb", "unknown"):
        raise UsageError(
            f"the app cannot draw on TERM={os.environ['TERM']}.", hint="Train without it: mftui --headless."
        )
    gc.disable()  # a tenth of the time of importing Textual; the app turns it on again
    from mftui.tui.launch import run

    return run(**options)
