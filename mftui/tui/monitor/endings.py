"""How a training ended, in words: what happened, what is kept, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from mftui.tui.monitor.snapshot import MISSING, Snapshot

_LOG_LINES = 4


@dataclass(frozen=True)
class Ending:
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
        """Whether something went wrong."""
        return bool(self.title)


def ending(snapshot: Snapshot) -> Ending:
    """What to say of a training that is no longer under way."""
    if snapshot.state == "diverged":
        kept = "last good model kept" if snapshot.factors_version else "there was no model to keep yet"
        said = f"diverged at step {snapshot.step:,}: lower the learning rate; {kept}."
        todo = f"Diverged at step {snapshot.step:,}. Lower the learning rate in the form and press t; {kept}."
        return Ending("diverged", said, "The training diverged", snapshot.message or said, todo)
    if snapshot.state == "crashed":
        on = "r goes on from its checkpoint." if snapshot.resumable else "t trains again."
        said, title = f"the trainer ended without a word: {on}", "The training ended without a word"
        last = _last_lines(snapshot)
        message = f"The last lines of its log:\n{last}" if last else "Its log is empty."
        return Ending("crashed", said, title, message, f"Often the machine ran out of memory. Press {on}")
    if snapshot.state == "failed":
        said = snapshot.message or _last_lines(snapshot) or "It ended without a word."
        return Ending("failed", snapshot.message, "The training failed", said)
    if snapshot.state == MISSING:
        return Ending(MISSING, snapshot.message, "The training is gone", snapshot.message)
    if snapshot.outcome == "early-stop":
        return Ending("early stop", snapshot.message)
    resume = "r goes on with it" if snapshot.state == "stopped" and snapshot.resumable else ""
    return Ending(snapshot.state, "; ".join(part for part in (snapshot.message, resume) if part))


def _last_lines(snapshot: Snapshot) -> str:
    return "\n".join([line for line in snapshot.log if line.strip()][-_LOG_LINES:])
