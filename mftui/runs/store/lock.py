"""Let one trainer at a time work in a run directory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mftui.data.storage.writing import exclusive
from mftui.errors import RunError
from mftui.text import shell_word


@contextmanager
def trainer_lock(run: Path) -> Iterator[None]:
    """Lock the run in directory `run`. The kernel unlocks it when the process ends, however it ends.

    Raises RunError if another process has locked it, or the directory is gone.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(run / "lock"))
        except BlockingIOError as error:
            raise RunError(
                f"run {run.name} is being trained by another process.",
                hint=f"Wait for it, or `mftui runs stop {shell_word(run.name)}`.",
            ) from error
        except OSError as error:
            raise RunError(f"{run}: cannot be used as a run directory ({error.strerror}).") from error
        yield
