"""Delete runs into the trash, list, restore and prune them. Each is in a directory named by the time."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from mftui import paths
from mftui.data.storage.regular import is_own_directory, make_own
from mftui.data.storage.writing import replace_own
from mftui.errors import RunError
from mftui.runs.store import status as states
from mftui.runs.store.lock import trainer_lock
from mftui.runs.store.naming import is_directory_name
from mftui.runs.store.run import Run, entries_of, only_match, run_of
from mftui.runs.store.summary import size_of
from mftui.text import shell_word

_MOMENT = re.compile(r"\d{15,25}")


@dataclass(frozen=True)
class Deleted:
    """Is a run in the trash."""

    run: Run
    at_ns: int
    """When it was deleted, in nanoseconds since 1970."""

    @property
    def at(self) -> float:
        """Return when it was deleted, in seconds since 1970."""
        return self.at_ns / 1e9


def require_deletable(run: Run) -> None:
    """Raise RunError while a trainer is at work on `run`."""
    state = run.state
    if state in states.ACTIVE:
        raise RunError(
            f"run {run.id} is {state}: it cannot be deleted.",
            hint=f"Stop it first: `mftui runs stop {shell_word(run.id)}`.",
        )


def remove_run(run: Run) -> Deleted:
    """Move a run into the trash. Raises RunError if it is being trained, or cannot be moved.

    No trainer can begin on it meanwhile: its lock is held.
    """
    require_deletable(run)
    with trainer_lock(run.path):
        require_deletable(run)
        at = max([time.time_ns(), *(one.at_ns + 1 for one in deleted_runs())])
        into = paths.trash_dir().absolute() / str(at)
        aside = into.with_name(f".{at}")
        try:
            # Out of sight until all of it is there: where the trash is on another disk, it is copied.
            make_own(aside)
            shutil.move(run.path, aside / run.id)
            replace_own(aside, into)
        except OSError as error:
            raise RunError(f"{run.path}: cannot be moved into the trash ({error.strerror}).") from error
    return Deleted(Run(into / run.id), at)


def deleted_runs() -> list[Deleted]:
    """Return what is in the trash, last deleted first."""
    found = []
    for moment in _entries():
        if _MOMENT.fullmatch(moment.name):
            named = (path for path in entries_of(moment) if is_directory_name(path.name))
            found += [Deleted(Run(path), int(moment.name)) for path in named if is_own_directory(path)]
    return sorted(found, key=lambda one: one.at_ns, reverse=True)


def find_deleted(text: str) -> Deleted:
    """Return the run in the trash whose id is `text` or begins with it; of one id, the last deleted.

    Only compares: `text` never becomes part of a path. Raises RunError for none or several.
    """
    newest = {one.run.id: one for one in reversed(deleted_runs())}
    runs = [one.run for one in newest.values()]
    exact = [run for run in runs if run.id == text]
    found = only_match(text, exact, [run for run in runs if text and run.id.startswith(text)])
    if found is not None:
        return newest[found.id]
    raise RunError(f"no run named {text!r} is in the trash.", hint="`mftui runs trash` lists it.")


def restore_run(deleted: Deleted) -> Run:
    """Put a run back. Raises RunError if there is another of its id, or it cannot be moved."""
    run = run_of(deleted.run.id)
    if run.path.exists():
        raise RunError(f"a run {run.id} already exists.", hint="Remove that one first.")
    try:
        make_own(run.path.parent)
        shutil.move(deleted.run.path, run.path)
        deleted.run.path.parent.rmdir()
    except OSError as error:
        raise RunError(f"{deleted.run.path}: cannot be put back ({error.strerror}).") from error
    return run


def prune(older_than_s: float = 0.0) -> list[tuple[Deleted, int]]:
    """Delete for good what was deleted at least `older_than_s` seconds ago; return each with its bytes.

    Raises RunError if something cannot be deleted.
    """
    now = time.time()
    gone = [(one, size_of(one.run.path)) for one in deleted_runs() if now - one.at >= older_than_s]
    doomed = [one.run.path.parent for one, _ in gone]
    if older_than_s <= 0:  # also what a killed move has left, and what is no run
        doomed = _entries()
    for entry in doomed:
        try:
            shutil.rmtree(entry)
        except OSError as error:
            raise RunError(f"{entry}: cannot be deleted ({error.strerror}).") from error
    return gone


def _entries() -> list[Path]:
    return [entry for entry in entries_of(paths.trash_dir().absolute()) if is_own_directory(entry)]
