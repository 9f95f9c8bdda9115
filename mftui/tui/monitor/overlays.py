"""Other runs laid over the curves: which, in what colour, and their points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.tui.base.messages import OverlayNews
from mftui.tui.charts.chart import N_STYLES
from mftui.tui.charts.training_charts import Other
from mftui.tui.monitor.run_watcher import RunWatcher

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from mftui.runs.store.run import Run

_OWN_STYLES = 3
"""Colours of the curves of a run of its own."""
_MARKS = "abcdefghijklmnpqrstuvwxyz"


class Overlays:
    """Follows each run that is laid over. A run keeps its colour and its letter as long as the app lives.

    Parameters
    ----------
    owner: is sent OverlayNews when there is something to `poll`.
    slots: by run id, which letter and colour it has; the app's own, so that it has them on every screen.
    """

    def __init__(self, owner: MessagePump, interval_s: float, slots: dict[str, int]) -> None:
        self._owner, self._interval_s = owner, interval_s
        self._laid: dict[str, tuple[str, tuple[str, str], RunWatcher]] = {}
        self._slots = slots

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._laid

    def __len__(self) -> int:
        return len(self._laid)

    def mark(self, run_id: str) -> str:
        """Return the letter of a run, "" where it has none yet."""
        slot = self._slots.get(run_id)
        return "" if slot is None else _MARKS[slot % len(_MARKS)]

    def toggle(self, run: Run, name: str, tested_on: tuple[str, str]) -> None:
        """Lay `run` over, or take it off; `tested_on`: its data and test part, see `RunConfig`."""
        if run.id in self._laid:
            self._laid.pop(run.id)[-1].stop()
            return
        self._slots.setdefault(run.id, len(self._slots))
        self._laid[run.id] = name, tested_on, RunWatcher(run, self._wake, self._interval_s)

    def _wake(self) -> None:
        self._owner.post_message(OverlayNews())

    def poll(self) -> None:
        """Move what has come into the curves; where there is more than one takes at once, `owner` is told again."""
        more = [watcher.poll() for *_, watcher in self._laid.values()]
        if any(more):
            self._wake()

    def others(self, watched: str, tested_on: tuple[str, str] | None) -> tuple[Other, ...]:
        """Return the overlaid runs, without the one that is `watched` itself; said of each is whether it has other data
        or another test part than that one, `tested_on`."""
        if not self._laid:
            return ()
        from mftui.runs.store.summary import kept_apart

        return tuple(
            Other(name, self.mark(run_id), self._style(run_id), watcher.curves, kept_apart(own, tested_on or own))
            for run_id, (name, own, watcher) in self._laid.items()
            if run_id != watched
        )

    def _style(self, run_id: str) -> int:
        return _OWN_STYLES + self._slots[run_id] % (N_STYLES - _OWN_STYLES)

    def close(self) -> None:
        """Follow none any longer."""
        for *_, watcher in self._laid.values():
            watcher.stop()
