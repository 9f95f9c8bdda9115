"""Follows all runs at once in a thread of its own: which there are, and a row for each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mftui import paths
from mftui.errors import MftuiError
from mftui.runs.store.config import RunConfig
from mftui.runs.store.run import Run, misnamed, runs_and_configs
from mftui.runs.store.summary import Summary, named_apart, summarize

_FILES = ("status.json", "config.json", "result.json", "notes.json")
Signature = tuple[int, ...]


class RunsWatcher:
    """Looks every `interval_s`; what has not changed since the last look is not read again.

    Parameters
    ----------
    wake: called from the thread when a run has come, gone or changed.
    """

    def __init__(self, wake: Callable[[], None], interval_s: float) -> None:
        self._wake, self._interval_s = wake, interval_s
        self._known: dict[Path, tuple[Signature, Summary]] = {}
        self._order: list[Run] = []
        self.rows: tuple[Summary, ...] | None = None
        """All runs, the newest first, as at the last look; None before the first."""
        self.misnamed: tuple[str, ...] = ()
        """Directories that hold a run under a name that no run has."""
        self._now = threading.Event()
        self._over = False
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Begin to look, or look again at once."""
        self._over = False
        self._now.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._follow, name="runs", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Look no longer; returns at once."""
        self._over = True
        self._now.set()

    def _follow(self) -> None:
        while not self._over:
            self._now.clear()
            with suppress(MftuiError, OSError):
                if self._look() and not self._over:
                    self._wake()
            self._now.wait(self._interval_s)

    def _look(self) -> bool:
        """Read what has changed; whether anything has."""
        parent = paths.runs_dir().absolute()
        there = {entry for entry in parent.iterdir() if not entry.name.startswith(".")} if parent.is_dir() else set()
        strange, configs = self.misnamed, dict[Run, RunConfig]()
        if there != {run.path for run in self._order} | {parent / name for name in strange}:
            configs = dict(runs_and_configs())
            self._order, self.misnamed = [*configs], tuple(misnamed())
        known = {}
        for run in self._order:
            signature, before = _signature(run.path), self._known.get(run.path)
            if before is None or before[0] != signature or before[1].active:
                before = signature, summarize(run, configs.get(run))
            known[run.path] = before
        self._known = known
        rows = tuple(named_apart([row for _, row in known.values()]))
        changed = rows != self.rows or strange != self.misnamed
        self.rows = rows
        return changed


def _signature(run: Path) -> Signature:
    found = []
    for name in _FILES:
        try:
            found.append((run / name).stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)
