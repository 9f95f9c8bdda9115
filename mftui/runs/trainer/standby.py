"""Wait for a run with all imported that a training needs: its directory comes as one line on standard input."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from pathlib import Path

from mftui.engine.compute.cluster import find_cluster
from mftui.runs.store.run import Run
from mftui.runs.trainer.logs import send_output_to
from mftui.runs.trainer.prepare import import_tensorflow
from mftui.runs.trainer.signals import Requests

NICENESS = 5
_AUTOGROUP = Path("/proc/self/autogroup")


def wait_for_run(requests: Requests) -> Run | None:
    """Get ready and wait for a run; return None if the app has ended, or a stop came first.

    What fails before there is a run is left to the training, which reports it in the run that wanted it.
    """
    give_way()
    with contextlib.suppress(Exception):
        import_tensorflow(True)
        _get_ready()
    if not _input_before_stop(requests):
        return None
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return None
    run = Run(Path(os.fsdecode(line[:-1])))
    send_output_to(run.log_path)
    return run


def _get_ready() -> None:
    """Import what a training by descent needs; where nothing can be chosen, let TensorFlow begin to compute."""
    import tensorflow as tf

    from mftui.engine.audience_block import audience_learner  # noqa: F401
    from mftui.engine.descent import minibatch  # noqa: F401
    from mftui.runs.trainer import session  # noqa: F401

    if find_cluster() is None and not tf.config.list_physical_devices("GPU"):
        tf.zeros(1)


def _input_before_stop(requests: Requests) -> bool:
    """Wait until standard input has something (its end, too); False where a stop is asked for before."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        while True:
            waiting = 0.0 if requests.stop else None
            ready, _, _ = select.select([0, woken], [], [], waiting)
            if 0 in ready:
                return True
            if requests.stop:
                return False
            os.read(woken, 4096)
    finally:
        signal.set_wakeup_fd(before)
        os.close(woken)
        os.close(wake)


def give_way() -> None:
    """Lower this process's priority below the app's; if nothing else runs, it is as fast as before.

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
