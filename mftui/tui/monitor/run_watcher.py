"""Follows one run directory in a thread of its own, and says when there is news."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mftui.errors import MftuiError
from mftui.runs.store.naming import without_date
from mftui.tui.charts.curves import Curves
from mftui.tui.monitor.load import Meter
from mftui.tui.monitor.snapshot import Snapshot, read_snapshot

if TYPE_CHECKING:
    from mftui.runs.store.run import Run

_LOG_LINES = 40
_BATCH = 2_000
_METER_LOOKS = 10
"""The trainer's load is read once in so many looks: a number that changes all the time is no news."""


class RunWatcher:
    """Reads status, metrics and log of `run` every `interval_s`, from now on until its trainer is done.

    The thread only reads; what it has read waits until `poll` is called, so nothing is lost when
    several calls of `wake` are answered by one `poll`.

    Parameters
    ----------
    wake: called from the thread when there is news.
    """

    def __init__(self, run: Run, wake: Callable[[], None], interval_s: float) -> None:
        self.run = run
        self.snapshot: Snapshot | None = None
        """As at the last `poll`, like `curves`; None before the first look is done."""
        self.curves = Curves()
        self._wake, self._interval_s = wake, interval_s
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._newest: Snapshot | None = None
        self._waiting: deque[tuple[bool, list[dict[str, Any]]]] = deque()
        self._device = self._recipe = self._called = ""
        self._tested_on: tuple[str, str] | None = None
        threading.Thread(target=self._follow, name=f"watch {run.id}", daemon=True).start()

    def stop(self) -> None:
        """Follow no longer; returns at once, the thread ends with its present look."""
        self._stop.set()

    def poll(self) -> bool:
        """Move what has come into `snapshot` and `curves`, at most 2,000 lines of metrics at once; return whether there
        is more to take."""
        with self._lock:
            self.snapshot = self._newest
            restarted, metrics = self._waiting.popleft() if self._waiting else (False, [])
            more = bool(self._waiting)
        if restarted:
            self.curves = Curves()
        self.curves.add(metrics)
        return more

    def _follow(self) -> None:
        from mftui.runs.store.metrics import MetricsTail

        tail, meter = MetricsTail(self.run.metrics_path, thinned=True), Meter(_METER_LOOKS * self._interval_s)
        while not self._stop.is_set():
            snapshot = self._measured(read_snapshot(self.run, _LOG_LINES), meter)
            # After the snapshot: the last look misses none.
            metrics = tail.poll()
            if self._put(snapshot, metrics, tail.restarted) and not self._stop.is_set():
                self._wake()
            if not snapshot.live:
                return
            self._stop.wait(self._interval_s)

    def _measured(self, snapshot: Snapshot, meter: Meter) -> Snapshot:
        """Add what the trainer takes, and what it computes on."""
        if self._tested_on is None:
            with suppress(MftuiError):
                config = self.run.config()
                self._recipe = config.recipe
                self._called = self.run.notes().name_over(config.name) or without_date(self.run.id)
                self._tested_on = config.tested_on if config.dataset else None
        known = snapshot._replace(recipe=self._recipe, called=self._called, tested_on=self._tested_on)
        snapshot, who = known, snapshot.process
        if who is None or not who.here:
            return snapshot
        if not self._device and snapshot.phase == "train":
            with suppress(MftuiError):
                self._device = self.run.config().device or ""
        return snapshot._replace(load=meter.read(who.pid, now=snapshot.loading), device=self._device)

    def _put(self, snapshot: Snapshot, metrics: list[dict[str, Any]], restarted: bool) -> bool:
        with self._lock:
            changed = snapshot != self._newest or bool(metrics) or restarted
            self._newest = snapshot
            for start in range(0, max(len(metrics), int(restarted)), _BATCH):
                self._waiting.append((restarted and start == 0, metrics[start : start + _BATCH]))
            return changed
