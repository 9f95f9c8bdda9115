"""Write event files of a training under way; their failure never stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mftui.runs.store.publish import reason
from mftui.runs.store.run import Run

if TYPE_CHECKING:
    from mftui.engine.export.events import EventLog
    from mftui.engine.model.factors import Factors


class Events:
    """Write into `tensorboard/` of the run's directory, until a write fails."""

    def __init__(self, run: Run, warn: Callable[[str], None]) -> None:
        """Begin with what is in `metrics.jsonl`. `warn`: called with the reason if writing fails."""
        self._warn = warn
        self._log: EventLog | None = None
        self._try(lambda: self._open(run))

    def append(self, line: Mapping[str, Any]) -> None:
        """Append a line of `metrics.jsonl`."""
        if (log := self._log) is not None:
            self._try(lambda: log.append(line))

    def finish(self, model: Factors | None, document: Mapping[str, Any]) -> None:
        """Write the last model, and its measures in `result.json`."""
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
