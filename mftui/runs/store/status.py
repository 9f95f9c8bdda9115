"""Read and write `status.json`: the state of a run and its progress."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from mftui.data.storage.regular import STATUS_BYTES
from mftui.errors import FormatError, MftuiError, RunError
from mftui.runs.store.lock import trainer_of
from mftui.runs.store.process import Process
from mftui.runs.store.publish import read_json, write_json

FORMAT_VERSION = 1
FILE = "status.json"

STARTING = "starting"
RUNNING = "running"
PAUSED = "paused"
STOPPING = "stopping"
FINISHED = "finished"
STOPPED = "stopped"
FAILED = "failed"
DIVERGED = "diverged"
CRASHED = "crashed"
"""Never written: the state that a reader gives a run whose trainer process has died."""

ACTIVE = frozenset({STARTING, RUNNING, PAUSED, STOPPING})
STATES = ACTIVE | {FINISHED, STOPPED, FAILED, DIVERGED}

_MAX_SILENCE_S = 120.0
_MAX_START_S = 600.0
"""For a trainer to take the lock of its run, from when it was asked to."""
_DIED = "the trainer process died (killed or out of memory); `mftui train --resume` continues the training."


@dataclass(frozen=True)
class Status:
    """Is the state of a run at one moment."""

    state: str = STARTING
    phase: str = ""
    """What the trainer is at: load, import, compile, train, evaluate."""
    process: Process | None = None
    """The trainer; while `launching`, the process that is about to start one."""
    launching: bool = False
    heartbeat: float = 0.0
    """When it was written, in seconds since 1970 by the writer's clock."""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    """Spent in training steps so far."""
    eta_seconds: float | None = None
    """Until the last step; it may end earlier."""
    message: str = ""
    """Why it ended as it did."""
    fault: str = ""
    """The kind of error that ended it, such as "DoubtError"; "" where none did."""
    warnings: tuple[str, ...] = field(default=())
    """What went wrong without ending it, such as a full disk."""

    @property
    def active(self) -> bool:
        """Return whether a trainer is at work on it."""
        return self.state in ACTIVE

    @property
    def progress(self) -> float:
        """Share of the steps that are done, 0 to 1."""
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the object for `status.json`."""
        document = {"format_version": FORMAT_VERSION, **asdict(self), "warnings": list(self.warnings)}
        del document["process"]
        who = self.process
        return document | {"pid": who and who.pid, "pid_start": who and who.start, "host": who and who.host}

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        """Read `status.json`'s object; a part of a wrong type counts as missing, an unknown state is an error."""
        state = document.get("state")
        if not isinstance(state, str) or state not in STATES:
            raise FormatError(f"unknown state {str(state)[:20]!r}.")
        plain = cls()
        known: dict[str, Any] = {
            f.name: document[f.name]
            for f in fields(cls)
            if f.name in document and _fits(getattr(plain, f.name), document[f.name])
        }
        known["process"] = _process(document)
        warnings = document.get("warnings")
        known["warnings"] = tuple(map(str, warnings)) if isinstance(warnings, list) else ()
        return cls(**known)


def read_status(run: Path) -> Status:
    """Read the status of the run in directory `run`; "crashed" if it says active and its trainer has died.

    Raises RunError (missing) or FormatError (damaged).
    """
    status = written_status(run)
    if status.active and not _at_work(run, status):
        return replace(status, state=CRASHED, message=status.message or _DIED, eta_seconds=None)
    return status


def written_status(run: Path) -> Status:
    """Read `status.json` of the run in directory `run` as it was written, whether its trainer lives or not.

    Raises RunError (missing) or FormatError (damaged).
    """
    path = run / FILE
    try:
        return Status.from_dict(read_json(path, STATUS_BYTES, version=FORMAT_VERSION))
    except FormatError as error:
        raise error if str(path) in str(error) else FormatError(f"{path}: {error}") from error


def state_of(run: Path) -> str:
    """Return only the state, for lists: "unreadable" if the status is missing or damaged."""
    try:
        return read_status(run).state
    except MftuiError:
        return "unreadable"


def write_status(run: Path, status: Status, *, durable: bool = False) -> None:
    """Replace `status.json`."""
    write_json(run / FILE, status.to_dict(), durable=durable, seal=True)


def require_state(status: Status, allowed: frozenset[str], what: str, run_id: str) -> None:
    """Raise RunError if a run in this state cannot be `what`, such as "stopped"."""
    if status.state not in allowed:
        raise RunError(f"run {run_id} is {status.state}: it cannot be {what}.")


def _at_work(run: Path, status: Status) -> bool:
    """Return whether the trainer is alive: whether the process that the file names holds the run's lock.

    One on another machine is judged by its heartbeat; one that is just being started, and has no lock yet, by its
    process and its heartbeat.
    """
    if status.process is None:
        return False
    silent = abs(time.time() - status.heartbeat)
    if not status.process.here:
        return silent < _MAX_SILENCE_S
    if not status.process.alive:
        return False
    try:
        holder = trainer_of(run)
    except OSError:  # no locks on this file system
        return True
    return holder == status.process.pid or (holder is None and status.state == STARTING and silent < _MAX_START_S)


def _fits(default: object, value: object) -> bool:
    if isinstance(default, bool | str):
        return isinstance(value, type(default))
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 2**63 and math.isfinite(value)


def _process(document: dict[str, Any]) -> Process | None:
    pid, start, host = (document.get(key) for key in ("pid", "pid_start", "host"))
    if isinstance(pid, int) and 0 < pid < 2**31 and isinstance(start, str) and isinstance(host, str):
        return Process(pid, start, host)
    return None
