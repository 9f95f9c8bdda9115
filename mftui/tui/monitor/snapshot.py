"""What the screens are told about a training: a moment of its run directory, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.errors import MftuiError

if TYPE_CHECKING:
    from mftui.runs.store.process import Process
    from mftui.runs.store.run import Run
    from mftui.tui.monitor.load import Load

MISSING = "missing"
"""The state of a run whose directory is gone or unreadable."""

_RESUMABLE = ("stopped", "crashed", "failed")
_PHASES = {
    "load": "reading the ratings",
    "import": "loading TensorFlow",
    "compile": "compiling the step",
    "evaluate": "testing",
}


@dataclass(frozen=True)
class Snapshot:
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
    elapsed_s: float | None = None
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
    resumable: bool = False
    """Whether there is a checkpoint to go on from, and nobody does."""
    process: Process | None = None
    """The trainer."""
    load: Load | None = None
    """What the trainer takes of the machine."""
    device: str = ""
    """What it computes on."""

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None where it cannot be said."""
        return min(1.0, self.step / self.steps) if self.steps else None

    @property
    def doing(self) -> str:
        """What the trainer is at before and after the steps, "" during them."""
        return _PHASES.get(self.phase, "") if self.live else ""


def take_snapshot(run: Run, log_lines: int) -> Snapshot:
    """Read a run directory. A run that cannot be read is a snapshot in state "missing" that says why."""
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
            elapsed_s=status.seconds or None,
            eta_s=status.eta_seconds,
            message=status.message or (status.warnings[-1] if status.warnings else ""),
            log=tuple(run.log_tail(log_lines)),
            log_path=str(run.log_path),
            test_rmse=float(rmse) if isinstance(rmse, int | float) else None,
            factors_version=run.factors_version,
            outcome=str(result.get("outcome") or ""),
            resumable=status.state in _RESUMABLE and run.checkpoint_path.exists(),
            process=status.process if status.active and not status.launching else None,
        )
    except MftuiError as error:
        return Snapshot(run.id, MISSING, live=False, message=str(error), log_path=str(run.log_path))
