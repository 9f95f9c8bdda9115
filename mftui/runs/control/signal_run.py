"""Ask a running trainer to stop, to pause or to continue, from any process."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

from mftui.errors import RunError
from mftui.runs.store import status as states
from mftui.runs.store.lock import trainer_of
from mftui.runs.store.process import Process, send
from mftui.runs.store.run import Run
from mftui.runs.store.status import require_state

_POLL_S = 0.05
_START_S = 1.0
"""How long a trainer that is being started is waited for."""


def stop_run(run: Run, *, timeout_s: float | None = None) -> str:
    """Ask the trainer of `run` to stop, and return the state afterwards.

    `timeout_s`: how long to wait for its end; 0 does not wait, None waits as long as it takes.
    Raises RunError if no trainer is at work, or it has not ended by then.
    """
    who = _signal(run, signal.SIGTERM, states.ACTIVE, "stopped")
    began = time.monotonic()
    while who.alive and trainer_of(run.path) == who.pid:
        waited = time.monotonic() - began
        if timeout_s is not None and waited >= timeout_s:
            if timeout_s == 0:
                break
            raise RunError(f"run {run.id} has not stopped after {timeout_s:g} s.", hint="It may still stop.")
        time.sleep(_POLL_S)
    return run.state


def pause_run(run: Run, *, timeout_s: float = 10.0) -> str:
    """Ask the trainer of `run` to pause after the step it is at; return the state once it does, at the latest
    after `timeout_s`. Raises RunError if it is not running."""
    return _ask(run, signal.SIGUSR1, states.RUNNING, "paused", timeout_s)


def continue_run(run: Run, *, timeout_s: float = 10.0) -> str:
    """Ask a paused trainer to continue; return the state as `pause_run` does. Raises RunError if it is not paused."""
    return _ask(run, signal.SIGUSR2, states.PAUSED, "continued", timeout_s)


def _ask(run: Run, number: signal.Signals, state: str, what: str, timeout_s: float) -> str:
    _signal(run, number, frozenset({state}), what)
    end = time.monotonic() + timeout_s
    while run.state == state and time.monotonic() < end:
        time.sleep(_POLL_S)
    return run.state


def _signal(run: Run, number: signal.Signals, allowed: frozenset[str], what: str) -> Process:
    """Send a signal to the process that holds the run's lock, whatever its files say; return that process.

    One that is being started has no lock yet: it is waited for, a little.
    """
    end = time.monotonic() + _START_S
    while True:
        status = run.status()
        require_state(status, allowed, what, run.id)
        if status.process is not None and not status.process.here:
            raise RunError(f"run {run.id} is being trained on {status.process.host}.", hint="Stop it there.")
        try:
            who = send(number, lambda: trainer_of(run.path))
        except OSError as error:
            raise RunError(
                f"run {run.id}: its file system knows no locks, so nobody can tell which process trains it.",
                hint="Stop it where it was started, by Ctrl-C.",
            ) from error
        if who is not None:
            with suppress(OSError):
                send(signal.SIGCONT, lambda: trainer_of(run.path))  # one that was suspended (Ctrl-Z) would not hear it
            return who
        if time.monotonic() > end:
            raise RunError(f"run {run.id} is still starting.", hint="Try again in a moment.")
        time.sleep(_POLL_S)
