"""A training at one moment, read from its run directory; and, of one that has ended, how, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mftui.errors import MftuiError
from mftui.tui.base.keys import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mftui.runs.store.process import Process
    from mftui.runs.store.run import Run
    from mftui.tui.monitor.load import Load

MISSING = "missing"
"""The state of a run whose directory is gone or unreadable."""

_TENSORFLOW_MB = 600
"""What a trainer takes once TensorFlow is there, about."""
_ENDING_LOG_LINES = 4
_OFFER = "{screen.movies}: its films, and which are alike; {screen.users}: users; {screen.you}: rate films yourself"
_RESUMABLE = ("stopped", "crashed", "failed")
_PHASES = {
    "load": "reading the ratings",
    "import": "loading TensorFlow: some seconds",
    "compile": "compiling the step",
    "evaluate": "testing",
}


class Snapshot(NamedTuple):
    """A moment of a training."""

    run_id: str
    state: str
    live: bool
    """Whether a trainer is at work on it."""
    phase: str = ""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    learning_s: float | None = None
    """Spent in training steps."""
    total_s: float | None = None
    """Of the session that ended it, from the start of the trainer."""
    eta_s: float | None = None
    message: str = ""
    log: tuple[str, ...] = ()
    log_path: str = ""
    test_rmse: float | None = None
    """On the held-out ratings, once it has ended."""
    factors_version: str | None = None
    """Changes when a newer model has been published; None while there is none."""
    outcome: str = ""
    """Why the steps ended, once they have: "finished", "early-stop", "diverged", "stopped"."""
    fault: str = ""
    """The kind of error that ended it, such as "DoubtError"."""
    has_rate: bool = True
    """Whether its recipe has a learning rate; told of one that diverged."""
    resumable: bool = False
    """Whether there is a checkpoint to go on from, and nobody does."""
    process: Process | None = None
    """The trainer."""
    load: Load | None = None
    """What the trainer takes of the machine."""
    device: str = ""
    """What it computes on."""
    recipe: str = ""
    """What it is trained with."""
    called: str = ""
    """What it is called, without a number behind it that would set it apart from others of that name."""
    tested_on: tuple[str, str] | None = None
    """Its data and test part, see `RunConfig`; None before they are known."""

    @property
    def loading(self) -> bool:
        """Return whether the trainer is still importing TensorFlow: it says nothing until a standby has done that."""
        return self.live and self.state == "starting" and self.phase in ("", "import")

    @property
    def share(self) -> float | None:
        """Return how much is done, 0 to 1; None where it cannot be said. Of loading it is an estimate, by the memory
        that TensorFlow takes."""
        if self.loading:
            return min(0.95, self.load.memory_mb / _TENSORFLOW_MB) if self.load else 0.0
        return min(1.0, self.step / self.steps) if self.steps else None

    @property
    def unread(self) -> bool:
        """Return whether it failed because of what its data is, or may be."""
        return self.state == "failed" and self.fault in ("DataError", "DoubtError")

    @property
    def in_short(self) -> str:
        """State and share of a training that is under way, else ""."""
        share = "" if self.share is None else f" {self.share:.0%}"
        return f"{self.state}{share}" if self.live else ""

    @property
    def doing(self) -> str:
        """Return what the trainer is at before and after the steps, "" during them."""
        return _PHASES.get(self.phase or ("import" if self.loading else ""), "") if self.live else ""


def read_snapshot(run: Run, log_lines: int) -> Snapshot:
    """Read a run directory. A run that cannot be read is a snapshot in state "missing" that says why."""
    from mftui.engine.recipes import find_recipe
    from mftui.runs.store.summary import learned

    try:
        status = run.status()
        result = {} if status.active else run.result() or {}
        rmse = result.get("test_rmse")
        return Snapshot(
            run_id=run.id,
            state=status.state,
            live=status.active,
            phase=status.phase,
            epoch=status.epoch,
            epochs=status.epochs,
            step=status.step,
            steps=status.steps,
            learning_s=status.seconds or None,
            total_s=learned(result)[1],
            eta_s=status.eta_seconds,
            message=status.message or (status.warnings[-1] if status.warnings else ""),
            log=tuple(run.log_tail(log_lines)),
            log_path=str(run.log_path),
            test_rmse=float(rmse) if isinstance(rmse, int | float) else None,
            factors_version=run.factors_version,
            outcome=str(result.get("outcome") or ""),
            fault=status.fault,
            has_rate=status.state != "diverged" or find_recipe(run.config().recipe).has_rate,
            resumable=status.state == "stopped" or (status.state in _RESUMABLE and run.checkpoint_path.exists()),
            process=status.process if status.active and not status.launching else None,
        )
    except MftuiError as error:
        return Snapshot(run.id, MISSING, live=False, message=str(error), log_path=str(run.log_path))


def _unbegun(snapshot: Snapshot) -> bool:
    return snapshot.state == "stopped" and not snapshot.step


def no_curve(snapshot: Snapshot | None) -> str:
    """Return what to say where a run has no point to show; `snapshot`: None before it was looked at."""
    if snapshot is None:
        return "Looking for its curve."
    if snapshot.live:
        return "The curve begins with the first steps."
    return "It was stopped before its first step." if _unbegun(snapshot) else "This run has no curve."


class Ending(NamedTuple):
    """For the line below the chart, and for a dialog where it ended badly."""

    word: str
    """The state in a word or two."""
    line: str
    """What to say beside it, "" where there is nothing to say."""
    title: str = ""
    """Of the dialog; "" where none is called for."""
    message: str = ""
    hint: str = ""

    @property
    def bad(self) -> bool:
        """Return whether something went wrong."""
        return bool(self.title)


def ending(snapshot: Snapshot, keys: Mapping[str, str]) -> Ending:
    """Return what to say of a training that is no longer under way; `keys`: the user's own, by binding id."""
    if snapshot.state == "diverged":
        kept = "last good model kept" if snapshot.factors_version else "there was no model to keep yet"
        do, in_form = (
            (": lower the learning rate", written(" in the settings and press {train.toggle}", keys))
            if snapshot.has_rate
            else ("", "")
        )
        said = f"diverged at step {snapshot.step:,}{do}; {kept}."
        todo = f"Diverged at step {snapshot.step:,}{do}{in_form}; {kept}."
        return Ending("diverged", said, "The training diverged", snapshot.message or said, todo)
    if snapshot.state == "crashed":
        on = "{train.resume} goes on from its checkpoint." if snapshot.resumable else "{train.toggle} trains again."
        on = written(on, keys)
        said, title = f"the trainer process died: {on}", "The trainer process died"
        last = _last_lines(snapshot)
        message = f"The last lines of its log:\n{last}" if last else "Its log is empty."
        return Ending("crashed", said, title, message, f"Often the machine ran out of memory. Press {on}")
    if snapshot.state == "failed":
        said = snapshot.message or _last_lines(snapshot) or "It gave no reason."
        return Ending("failed", snapshot.message, "The training failed", said)
    if snapshot.state == MISSING:
        return Ending(MISSING, snapshot.message, "The training is gone", snapshot.message)
    if snapshot.outcome == "early-stop":
        return Ending("early stop", snapshot.message)
    offer = written(_OFFER, keys, "train")
    if snapshot.state == "finished" and not snapshot.message:
        return Ending(snapshot.state, offer)
    resume = (
        written("{train.resume} goes on with it", keys) if snapshot.state == "stopped" and snapshot.resumable else ""
    )
    return Ending(snapshot.state, "; ".join(part for part in (snapshot.message, resume) if part))


def _last_lines(snapshot: Snapshot) -> str:
    return "\n".join([line for line in snapshot.log if line.strip()][-_ENDING_LOG_LINES:])
