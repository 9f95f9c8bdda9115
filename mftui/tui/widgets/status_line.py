"""How a training is getting on: state, progress, time left, speed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from mftui.tui.snapshot import Snapshot
from mftui.tui.widgets.cells import CellWidget, Line, Part

_BAR = 20


class StatusLine(CellWidget):
    """One line, or two where it is narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status--state",
        "status--bad",
        "status--bar",
        "status--rest",
        "status--text",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._speed: float | None = None

    def show(self, snapshot: Snapshot | None, ratings_per_second: float | None = None) -> None:
        """Show a training, or nothing."""
        self._snapshot, self._speed = snapshot, ratings_per_second
        self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        snapshot = self._snapshot
        if snapshot is None:
            return
        glyphs = self.look.glyphs
        bad = snapshot.state in ("failed", "crashed", "diverged")
        parts: list[Part] = [(f"{snapshot.state:<9}", self.style("status--bad" if bad else "status--state"))]
        if snapshot.share is not None:
            full = round(snapshot.share * _BAR)
            parts += [
                (" " + glyphs.full * full, self.style("status--bar")),
                (glyphs.empty * (_BAR - full), self.style("status--rest")),
                (f" {snapshot.share:>4.0%}", self.style("status--text")),
            ]
        used = sum(len(text) for text, _ in parts)
        for fact in self._facts(snapshot):
            if used + len(fact) + 2 > width:
                yield parts
                parts, used = [], -2
            parts.append((f"  {fact}" if parts else fact, self.style("status--text")))
            used += len(fact) + 2
        yield parts
        message = snapshot.message or snapshot.doing
        if message:
            yield [(self.look.text(message), self.style("status--bad" if bad else "status--text"))]

    def _facts(self, snapshot: Snapshot) -> Iterable[str]:
        if snapshot.test_rmse is not None:
            yield f"test RMSE {snapshot.test_rmse:.4f}"
        if snapshot.epochs:
            yield f"epoch {snapshot.epoch:,}/{snapshot.epochs:,}"
        if snapshot.steps and snapshot.steps != snapshot.epochs:
            yield f"step {snapshot.step:,}/{snapshot.steps:,}"
        if snapshot.live and snapshot.eta_s is not None:
            yield f"ETA {clock(snapshot.eta_s)}"
        elif snapshot.elapsed_s is not None:
            yield f"took {clock(snapshot.elapsed_s)}"
        if self._speed:
            yield f"{_large(self._speed)} ratings/s"


def clock(seconds: float) -> str:
    """0:07, 12:34, 1:02:03."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _large(value: float) -> str:
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.1f} {sign}"
    return f"{value:.0f}"
