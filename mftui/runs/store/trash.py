"""Delete runs into the trash, list, restore and prune them. Each is in a directory named by the time."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mftui import paths
from mftui.data.storage.regular import is_own_directory, make_own, remove_tree
from mftui.data.storage.writing import exclusive, move_own, sweep
from mftui.errors import RunError
from mftui.runs.store import status as states
from mftui.runs.store.lock import WAIT_S, list_lock, trainer_lock
from mftui.runs.store.naming import is_directory_name
from mftui.runs.store.publish import half_published
from mftui.runs.store.run import Run, entries_of, list_runs, only_match, run_of
from mftui.runs.store.summary import size_of
from mftui.text import shell_word

_MOMENT = re.compile(r"\.?\d{15,25}", re.ASCII)
_GOING = re.compile(r"\.going-.+", re.DOTALL)
_GOING_PREFIX = re.compile(r"\.going-(?:\d{15,25}-)?", re.ASCII)


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
    """Move a run into the trash, in one step. Raises RunError if it is being trained, or cannot be moved.

    No trainer can begin on it meanwhile: its lock is held.
    """
    require_deletable(run)
    with list_lock(run.path.parent), trainer_lock(run.path):
        require_deletable(run)
        _remove_empty()
        at = max([time.time_ns(), *(one.at_ns + 1 for one in deleted_runs())])
        into = paths.trash_dir().absolute() / str(at)
        try:
            make_own(into)
            move_own(run.path, into / run.id)
        except OSError as error:
            _remove_empty()
            raise _unmoved(run.path, "moved into the trash", error) from error
    return Deleted(Run(into / run.id), at)


def _unmoved(path: Path, what: str, error: OSError) -> RunError:
    if error.errno == errno.EXDEV:
        return RunError(
            f"{path}: cannot be {what}: the trash is on another file system than the runs. Nothing was moved.",
            hint=f"Make {paths.trash_dir()} a directory beside the runs, or move the run yourself.",
        )
    return RunError(f"{path}: cannot be {what} ({error.strerror}). Nothing was moved.")


def deleted_runs() -> list[Deleted]:
    """Return what is in the trash, last deleted first."""
    found = []
    for moment in _entries():
        if _MOMENT.fullmatch(moment.name):
            at_ns = int(moment.name.lstrip("."))
            found += [Deleted(run, at_ns) for run in _runs_in(moment) if _is_deleted(run)]
    return sorted(found, key=lambda one: one.at_ns, reverse=True)


def _runs_in(moment: Path) -> list[Run]:
    named = (path for path in entries_of(moment) if is_directory_name(path.name))
    return [Run(path) for path in named if is_own_directory(path)]


def _is_deleted(run: Run) -> bool:
    """Return whether a run in the trash is there as a whole: mftui 0.1 moved it by way of a hidden directory, and where
    it was killed, the run may have stayed where it was."""
    return not run.path.parent.name.startswith(".") or not os.path.lexists(run_of(run.id).path)


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
    """Put a run back, in one step. Raises RunError if it is no longer in the trash, there is another of its id, or it
    cannot be moved."""
    run = run_of(deleted.run.id)
    with list_lock(run.path.parent):
        if not is_own_directory(deleted.run.path):
            raise RunError(f"run {run.id} is no longer in the trash.", hint="`mftui runs trash` lists it.")
        if os.path.lexists(run.path):
            raise RunError(f"a run {run.id} already exists.", hint="Remove that one first.")
        try:
            move_own(deleted.run.path, run.path)
        except OSError as error:
            raise _unmoved(deleted.run.path, "put back", error) from error
        _remove_empty()
    return run


@dataclass(frozen=True)
class Pruned:
    """Is what has been deleted for good."""

    name: str
    """The id of a run; of what was no run, its name in the trash."""
    size: int
    """In bytes."""


def prune(older_than_s: float = 0.0) -> list[Pruned]:
    """Delete for good what was deleted at least `older_than_s` seconds ago, and what a killed `prune` has left of that.

    In one step each is out of the trash, and can be neither listed nor restored; then its files are deleted.
    Raises RunError if something cannot be deleted.
    """
    _remove_half_published()
    trash = paths.trash_dir().absolute()
    if not trash.is_dir():  # it may be a link
        return []
    gone = []
    with _pruning(trash):
        with list_lock(paths.runs_dir().absolute()):
            _remove_empty()
            old = time.time() - older_than_s
            for entry in _entries():
                is_moment = _MOMENT.fullmatch(entry.name)
                due = int(entry.name.lstrip(".")) / 1e9 <= old if is_moment else older_than_s <= 0
                if due and not _GOING.fullmatch(entry.name):
                    try:
                        move_own(entry, entry.with_name(_going(entry)))
                    except OSError as error:
                        raise RunError(f"{entry}: cannot be deleted ({error.strerror}).") from error
        for entry in sorted(entry for entry in _entries() if _GOING.fullmatch(entry.name)):
            names = [run.id for run in _runs_in(entry)] or [_GOING_PREFIX.sub("", entry.name)]
            size = size_of(entry)
            try:
                remove_tree(entry)
            except OSError as error:
                raise RunError(f"{entry}: cannot be deleted ({error.strerror}).") from error
            gone += [Pruned(name, size if at == 0 else 0) for at, name in enumerate(names)]
    return gone


def _remove_half_published() -> None:
    """Remove the files, checkpoints and models that killed trainers have left half written, of runs that nobody
    trains."""
    for run in list_runs():
        sweep(run.path)
        if any(half_published(link) for link in (run.checkpoint_path, run.factors_path)):
            with suppress(RunError), trainer_lock(run.path):
                for link in (run.checkpoint_path, run.factors_path):
                    for entry in half_published(link):
                        remove_tree(entry, ignore_errors=True)


def _going(entry: Path) -> str:
    """Return the name of what is being deleted: with that of its run, which is told also where only this is left."""
    named = "-".join([entry.name.lstrip("."), *(run.id for run in _runs_in(entry))])
    return os.fsencode(f".going-{named}")[:255].decode("utf-8", "ignore")


@contextmanager
def _pruning(trash: Path) -> Iterator[None]:
    """Let one process at a time delete files of the trash; by a lock on the directory, which needs no room on a disk
    that is full."""
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(trash, wait_s=WAIT_S))
        except OSError as error:
            raise RunError(
                f"{trash}: another mftui is emptying the trash and does not finish.", hint="Wait for it."
            ) from error
        yield


def _remove_empty() -> None:
    """Remove the directories that a run has left, or was killed before it came into; the list is locked."""
    for entry in _entries():
        if _MOMENT.fullmatch(entry.name):
            with suppress(OSError):
                entry.rmdir()


def _entries() -> list[Path]:
    return [entry for entry in entries_of(paths.trash_dir().absolute()) if is_own_directory(entry)]
