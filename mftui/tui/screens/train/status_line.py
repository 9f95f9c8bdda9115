"""How a training is getting on: state, progress, time left, speed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len

from mftui.text import clock, learning_time
from mftui.tui.base.shell import shell_of
from mftui.tui.charts.curves import Curves
from mftui.tui.charts.training_charts import large
from mftui.tui.monitor.snapshot import Snapshot, ending
from mftui.tui.widgets.cells import CellWidget, Line, Part, wrap_cut

_BAR = 20
_ROOM_FOR_MORE = 60
"""Columns from which an end that is no fault has its line, too: the facts come first."""


_ROOM_FOR_LINES = 20
"""Rows of the screen from which a long sentence has two."""
_PARTS = ("state", "done", "bad", "bar", "rest", "text")


class StatusLine(CellWidget):
    """One line, or two where it is narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"status--{part}" for part in _PARTS}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._curves, self._block = Curves(), ""

    def show(self, snapshot: Snapshot | None, curves: Curves | None = None, block: str = "") -> None:
        """Show a training with its curves, or nothing. `block`: the part of it that is trained, where that is not the
        ratings."""
        self._snapshot, self._curves, self._block = snapshot, curves or Curves(), block
        self._make_room()
        self.redraw()

    def on_resize(self) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """Take one more line for a sentence that needs it; where the screen is low, it is cut."""
        long = cell_len(self._told(self.size.width)) > self.size.width > 0
        self.set_class(long and self.screen.size.height >= _ROOM_FOR_LINES, "-long")

    def _told(self, width: int) -> str:
        """Return the sentence of the second line."""
        snapshot = self._snapshot
        if snapshot is None:
            return ""
        end = None if snapshot.live else ending(snapshot, shell_of(self).settings.keys)
        said = end.line if end and (end.bad or width >= _ROOM_FOR_MORE) else ""
        return self.terminal.text(said or snapshot.message or snapshot.doing)

    def lines(self, width: int, height: int) -> Iterable[Line]:
        snapshot = self._snapshot
        if snapshot is None:
            return
        glyphs = self.terminal.glyphs
        end = None if snapshot.live else ending(snapshot, shell_of(self).settings.keys)
        bad = end is not None and end.bad
        word = end.word if end else snapshot.state
        kind = "bad" if bad else "done" if word == "finished" else "state"
        parts: list[Part] = [(f"{word:<9}", self.style(f"status--{kind}"))]
        if snapshot.share is not None:
            bar = min(_BAR, max(0, width - 16))
            full = round(snapshot.share * bar)
            parts += [
                (" " + glyphs.full * full, self.style("status--bar")),
                (glyphs.empty * (bar - full), self.style("status--rest")),
                (f" {snapshot.share:>4.0%}", self.style("status--text")),
            ]
        facts = [*self._facts(snapshot), *_taken(snapshot)]
        facts = self._fill(parts, facts, width)
        yield parts
        message = self._told(width)
        below: list[Part] = []
        for line in wrap_cut(message, width, max(1, height - 1), glyphs.ellipsis):
            if below:
                yield below
            below = [(line, self.style("status--bad" if bad else "status--text"))]
        self._fill(below, facts, width)
        yield below

    def _fill(self, line: list[Part], facts: list[str], width: int) -> list[str]:
        """Put on `line` what fits, in order; returns the rest."""
        used = sum(cell_len(text) for text, _ in line)
        for at, fact in enumerate(facts):
            text = f"  {fact}" if line else fact
            if used + len(text) > width:
                return facts[at:]
            line.append((text, self.style("status--text")))
            used += len(text)
        return []

    def _facts(self, snapshot: Snapshot) -> Iterable[str]:
        if n := self._curves.n_broken:
            yield "1 value is not a number" if n == 1 else f"{n:,} values are not numbers"
        if self._block and snapshot.live:
            yield f"{self._block} block"
        if snapshot.test_rmse is not None:
            yield f"test RMSE {snapshot.test_rmse:.4f}"
        if snapshot.epochs and not (self._block and snapshot.live):
            yield f"epoch {snapshot.epoch:,}/{snapshot.epochs:,}"
        if snapshot.steps and snapshot.steps != snapshot.epochs:
            after = self._curves.ratings_steps
            audience = "" if after is None else f" (audience from {after:,})"
            yield f"step {snapshot.step:,}/{snapshot.steps:,}{audience}"
        if snapshot.live and snapshot.eta_s is not None:
            yield f"ETA {clock(snapshot.eta_s)}"
        if snapshot.learning_s is not None:
            yield learning_time(snapshot.learning_s, snapshot.total_s)
        if snapshot.live and (speed := self._curves.ratings_per_second):  # that of the newest steps alone
            yield f"{large(speed)} ratings/s"


def _taken(snapshot: Snapshot) -> Iterable[str]:
    """Describe what the trainer takes of the machine."""
    load = snapshot.load
    if snapshot.device:
        yield f"on {snapshot.device}"
    if load is None:
        return
    if load.cpu_percent is not None:
        yield f"CPU {load.cpu_percent}%"
    yield f"memory {load.memory_mb:,} MB"
    if load.gpu_percent is not None:
        yield f"GPU {load.gpu_percent}%"
    if load.gpu_memory_mb is not None:
        yield f"GPU memory {load.gpu_memory_mb:,} MB"
