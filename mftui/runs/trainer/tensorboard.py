"""Event files of a training under way: an extra that never stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mftui.runs.store.publish import reason
from mftui.runs.store.run import Run

if TYPE_CHECKING:
    from mftui.engine.export.events import EventLog
    from mftui.engine.model.factors import Factors


class Events:
    """Written into `tensorboard/` of the run's directory; after a write that fails no more is tried."""

    def __init__(self, run: Run, warn: Callable[[str], None]) -> None:
        """Begin with what `metrics.jsonl` holds. `warn`: told why there will be no more events."""
        self._warn = warn
        self._log: EventLog | None = None
        self._try(lambda: self._open(run))

    def append(self, line: Mapping[str, Any]) -> None:
        """A line of `metrics.jsonl`."""
        if (log := self._log) is not None:
            self._try(lambda: log.append(line))

    def finish(self, model: Factors | None, document: Mapping[str, Any]) -> None:
        """The last model, and how it was measured in `result.json`."""
        if (log := self._log) is not None:
            self._try(lambda: log.finish(model, document))

    def _open(self, run: Run) -> None:
        from mftui.engine.export.events import EventLog

        self._log = EventLog(run.events_path, run.metrics())

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._log = None
            self._warn(f"stopped writing event files for TensorBoard: {reason(error)}")
