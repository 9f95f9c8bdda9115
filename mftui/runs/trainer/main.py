"""Train one run in this process, from its run directory into its run directory."""

from __future__ import annotations

import errno
import logging
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from mftui.data.storage.writing import sweep
from mftui.errors import MftuiError, RunError, TrainingError, UsageError, want_of
from mftui.libraries import library_fault
from mftui.runs.store import status as states
from mftui.runs.store.lock import trainer_lock
from mftui.runs.store.publish import unpublish
from mftui.runs.store.run import Run
from mftui.runs.trainer.logs import logged_to
from mftui.runs.trainer.signals import Requests

if TYPE_CHECKING:
    from mftui.runs.trainer.preparation import Preparation
    from mftui.runs.trainer.prepare import MakeTraining
    from mftui.runs.trainer.session import OnMetrics, OnPhase, Session

log = logging.getLogger(__name__)
_LAST_WORDS_S = 0.5
"""How long to wait for the lock: a process that tells of the end of the trainer before holds it for a moment."""


def train(
    run: Run,
    *,
    resume: bool = False,
    on_metrics: OnMetrics | None = None,
    on_phase: OnPhase | None = None,
    requests: Requests | None = None,
    make_training: MakeTraining | None = None,
    own_process: bool = False,
    preparation: Preparation | None = None,
) -> dict[str, Any]:
    """Train `run` in this process, and return what `result.json` then holds.

    Parameters
    ----------
    resume: continue from the last checkpoint, if there is one, instead of refusing a run that has begun.
    on_metrics: told every line of `metrics.jsonl`.
    on_phase: told "load", "import", "compile", "train", "evaluate" as each begins.
    requests: signal handlers already installed; by default they are installed here (main thread only).
    make_training: stand-in for the engine's `Training`.
    own_process: nothing but this training uses TensorFlow in this process.
    preparation: what this process has prepared for this training before it was asked for.

    Raises RunError if another trainer works on the run, it is over, or its data has changed; DataError
    for data that cannot be used; TrainingError if training failed. The status says it too.
    """
    with ExitStack() as stack:
        stack.enter_context(trainer_lock(run.path, wait_s=_LAST_WORDS_S))
        stack.enter_context(logged_to(run.log_path))
        requests = requests or stack.enter_context(Requests())
        _require_trainable(run, resume)
        from mftui.runs.trainer.preparation import Preparation
        from mftui.runs.trainer.session import Session

        preparation = preparation or Preparation(make_training, own_process)
        return _guarded(run, Session(run, requests, on_metrics, on_phase, preparation))


def _require_trainable(run: Run, resume: bool) -> None:
    state = run.state
    if state in (states.FINISHED, states.DIVERGED):
        raise RunError(f"run {run.id} is {state}: there is nothing to resume.", hint="Start a new one.")
    if not resume and run.checkpoint_path.exists():
        raise RunError(f"run {run.id} has already been trained.", hint=f"Use --resume {run.id}.")


def _guarded(run: Run, session: Session) -> dict[str, Any]:
    """Train, and make sure that the status tells how it ended."""
    sweep(run.path)
    try:
        session.heartbeat.start()
    except OSError as error:
        raise RunError(f"{run.path}: cannot be written ({error.strerror}).") from error
    try:
        document = session.train()
    except KeyboardInterrupt:
        session.heartbeat.stop(states.STOPPED, "interrupted twice: the steps since the last checkpoint are lost.")
        raise
    except MftuiError as error:
        log.error("failed: %s", error, exc_info=not isinstance(error, TrainingError | UsageError))
        session.heartbeat.stop(states.FAILED, str(error), type(error).__name__)
        raise
    except Exception as error:
        log.exception("failed")
        out_of_memory = isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
        message = (
            "out of memory."
            if out_of_memory
            else f"training failed: {want_of(error) or library_fault(error) or _first_line(error)}"
        )
        remedy = "Use fewer factors or a batch size. " if out_of_memory else ""
        if out_of_memory and os.strerror(errno.ENOSPC) in str(error):  # TensorFlow names it as it names memory
            message = "the disk is full, and TensorFlow could not write to it."
            remedy = f"Free some space, then: mftui train --resume {run.id} "
        if "Keras cannot be imported" in message:  # in a process of others, where their settings count
            remedy = "Keras is set to something else than TensorFlow: unset KERAS_BACKEND and TF_USE_LEGACY_KERAS. "
        session.heartbeat.stop(states.FAILED, f"{message} {remedy}".strip())
        raise TrainingError(message, hint=f"{remedy}Details are in {run.log_path}.") from error
    session.heartbeat.stop(document["state"], session.ending(document))
    if document["state"] == run.state == states.FINISHED:
        unpublish(run.checkpoint_path)  # nothing will ever go on from it, and it is three times the model's size
    log.info("%s", document["state"])
    return document


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:300]
