"""Wait for a run with all done that a training needs and that can be done before it is asked for.

What is to be done comes in lines on standard input: what a training may be asked for, as JSON, then a run's directory.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mftui.data.allocator import collect_and_trim
from mftui.data.loading.load import DataState, state_of
from mftui.engine.compute.cluster import find_cluster
from mftui.engine.training.memory import Sizes
from mftui.errors import MftuiError
from mftui.runs.store.config import IN_FILE, RunConfig
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.runs.trainer.logs import send_output_to
from mftui.runs.trainer.memory_budget import estimate
from mftui.runs.trainer.preparation import Preparation
from mftui.runs.trainer.prepare import import_tensorflow, with_data
from mftui.runs.trainer.signals import Requests

NICENESS = 5
MOST_READ_BYTES = 50_000_000
"""Files larger than this are not read ahead, unless they have been read before: that opens at once."""
MOST_HELD_BYTES = 1_000_000_000
"""A training that needs more beside TensorFlow is not prepared: it would be missed elsewhere while nobody trains."""
_AUTOGROUP = Path("/proc/self/autogroup")
_OBJECT = b"{"


def wait_for_run(requests: Requests) -> tuple[Run, Preparation | None] | None:
    """Get ready and wait for a run; return it with what was prepared for it, or None if the app has ended, or a stop
    came first.

    What fails before there is a run is left to the training, which reports it in the run that wanted it.
    """
    give_way()
    with contextlib.suppress(Exception):
        import_tensorflow(True)
        _get_ready()
    ahead: Ahead | None = None
    standard_input = io.FileIO(0, closefd=False)  # takes a line and no more, so that what follows can be waited for
    while _input_before_stop(requests):
        line = standard_input.readline()
        if not line.endswith(b"\n"):
            return None
        if not line.startswith(_OBJECT):
            run = Run(Path(os.fsdecode(line[:-1])))
            send_output_to(run.log_path)
            prepared = ahead.preparation if ahead is not None and ahead.is_for(run) else None
            if prepared is None:
                ahead = None
                collect_and_trim()
            return run, prepared
        with contextlib.suppress(Exception):
            ahead = Ahead(TrainRequest.from_dict(json.loads(line)), Preparation(own_process=True))
            ahead.prepare(lambda: requests.stop or _has_input())
    return None


class Ahead:
    """Prepares a training that has not been asked for yet."""

    def __init__(self, request: TrainRequest, preparation: Preparation) -> None:
        self.preparation = preparation
        self._request = request
        self._state = self._state_now()

    def prepare(self, is_over: Callable[[], bool]) -> None:
        """Prepare as much as may be, part after part; `is_over`: whether something else is to be done."""
        if find_cluster() is not None or not (self._state.cached or self._state.n_bytes <= MOST_READ_BYTES):
            return
        config = RunConfig.of(self._request)
        dataset, split = self.preparation.data(config)
        config = with_data(config, dataset, split)
        needed = estimate(config, Sizes(dataset.n_users, dataset.n_movies, dataset.n_ratings))
        if is_over() or needed.data > MOST_HELD_BYTES or not _leaves_no_trace(config):
            return
        config = replace(config, ratings_in=self.preparation.location(config))
        if config.ratings_in == IN_FILE:
            return
        self.preparation.computing(config)
        training = self.preparation.training(config)
        if not is_over():
            training.prepare_later_blocks()
        self.preparation.keep_programs()

    def is_for(self, run: Run) -> bool:
        """Return whether the training of `run` is the one that was prepared, on the same files as they still are."""
        try:
            config = run.config()
            if config.dataset is not None or not config.train_request().same_training(self._request):
                return False
            return self._state_now().name == self._state.name
        except (MftuiError, OSError):
            return False

    def _state_now(self) -> DataState:
        return state_of(self._request.data, how=self._request.how, test=self._request.test)


def _leaves_no_trace(config: RunConfig) -> bool:
    """Return whether this process can train anything else afterwards, and takes no memory of a GPU meanwhile."""
    if config.hyper.get("deterministic") or config.hyper.get("strategy", "auto") not in ("auto", "one-device"):
        return False
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")


def _get_ready() -> None:
    """Import what a training by descent needs; where nothing can be chosen, let TensorFlow begin to compute."""
    import tensorflow as tf

    from mftui.engine.audience_block import audience_learner  # noqa: F401
    from mftui.engine.descent import minibatch  # noqa: F401
    from mftui.runs.trainer import session  # noqa: F401

    if find_cluster() is None and not tf.config.list_physical_devices("GPU"):
        tf.zeros(1)


def _has_input() -> bool:
    """Return whether standard input has something (its end, too)."""
    return bool(select.select([0], [], [], 0)[0])


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
