"""A trainer gives way to the app, which shares its processors."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

NICENESS = 5
_AUTOGROUP = Path("/proc/self/autogroup")


def give_way() -> None:
    """Let whoever answers a key come first; without others, this process has all processors as before.

    - The niceness, and on Linux the batch policy: a batch process never takes the processor from one that runs.
    - Where Linux groups processes by session (`sched_autogroup_enabled`), niceness counts only within a session, and
      a trainer has one of its own: its group is made nice as well, but only where it leads it (else the group is the
      user's shell with all that runs in it).

    To be called before there are threads: each inherits what its maker has.
    """
    os.nice(NICENESS)
    if hasattr(os, "sched_setscheduler"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            _AUTOGROUP.write_text(str(NICENESS), encoding="ascii")
