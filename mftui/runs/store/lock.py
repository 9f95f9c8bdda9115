"""Let one trainer at a time work in a run directory, and one process at a time change the list of runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from mftui.data.storage.holding import held, holder
from mftui.data.storage.regular import make_own
from mftui.data.storage.writing import exclusive
from mftui.errors import RunError
from mftui.text import shell_word

FILE = "lock"
_POLL_S = 0.02
LIST_FILE = ".lock"
WAIT_S = 60.0


@contextmanager
def trainer_lock(run: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Lock the run in directory `run`. The kernel unlocks it when the process ends, however it ends.

    Raises RunError if another process has locked it, and still has after `wait_s` seconds, or the directory is gone.
    """
    with ExitStack() as stack:
        try:
            until = time.monotonic() + wait_s
            while time.monotonic() < until:
                with suppress(BlockingIOError):
                    stack.enter_context(held(run / FILE))
                    break
                time.sleep(_POLL_S)
            else:
                stack.enter_context(held(run / FILE))
        except BlockingIOError as error:
            raise RunError(
                f"run {run.name} is being trained by another process.",
                hint=f"Wait for it, or `mftui runs stop {shell_word(run.name)}`.",
            ) from error
        except FileNotFoundError as error:
            raise removed_meanwhile(run.name) from error
        except OSError as error:
            raise RunError(f"{run}: cannot be used as a run directory ({error.strerror}).") from error
        yield


def removed_meanwhile(run_id: str) -> RunError:
    """Return the error for a run that was there a moment ago."""
    return RunError(f"run {run_id} has been removed meanwhile.", hint="`mftui runs trash` lists what was deleted.")


def trainer_of(run: Path) -> int | None:
    """Return the process that trains the run in directory `run`, as the kernel knows it; None where there is none.

    Raises OSError where the file system knows no locks.
    """
    return holder(run / FILE)


@contextmanager
def list_lock(runs: Path) -> Iterator[None]:
    """Hold the list of runs in directory `runs`: what makes, moves or labels a run changes it under this lock alone.

    Others wait for it; it is held for moments. Raises RunError if it cannot be had.
    """
    with ExitStack() as stack:
        try:
            make_own(runs)
            stack.enter_context(exclusive(runs / LIST_FILE, wait_s=WAIT_S))
        except BlockingIOError as error:
            raise RunError(
                f"{runs}: another mftui is changing the list of runs and does not finish.",
                hint="Look for a suspended mftui process.",
            ) from error
        except OSError as error:
            raise RunError(
                f"{runs}: cannot be changed ({error.strerror}).",
                hint="Make room, or set MFTUI_HOME to a writable directory.",
            ) from error
        yield
