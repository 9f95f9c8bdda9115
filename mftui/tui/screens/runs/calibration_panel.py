"""What the ± of a run is worth on its test part: how often the truth lay within the p % interval, and whether a larger
± is a larger error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from mftui.errors import MftuiError
from mftui.runs.store.run import run_of
from mftui.tables.captions import whole_parts
from mftui.tables.cells import cells_of, cut
from mftui.tui.base.background import LatestWins
from mftui.tui.widgets.cells import Line, fit_right, wrap
from mftui.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from mftui.runs.store.summary import Summary

_LABEL, _VALUE = 7, 8
_CLOSE = 0.03
"""How far from p a share may be to be called right; of 1,000 test ratings chance alone makes it up to 0.03."""
_NO_TEST = "This run has no test part, so its calibration cannot be measured."
_TOO_FEW = "Too few ratings were held out to measure how far ratings lie from predictions."
_MAX_KEPT = 32


@dataclass(frozen=True)
class Calibration:
    """What is drawn of one run."""

    title: str
    tested: str
    """The split, and how many test ratings."""
    found: dict[str, Any] | None
    """See `engine.calibration.uncertainty`."""
    why_not: str = ""


class CalibrationPanel(Panel[Calibration], can_focus=True):
    """Measured in a thread, drawn when there; kept while the app runs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*Panel.COMPONENT_CLASSES, "panel--focus"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._measuring = LatestWins(self, "calibration")
        self._kept: dict[tuple[str, str], Calibration] = {}

    def follow(self, row: Summary | None) -> None:
        """Show that of a run."""
        if row is None:
            self.show(None)
            return
        title = f"Calibration of {row.called}"
        self.show(Calibration(title, "", None, "Measuring on the test part."))

        def work() -> Calibration:
            run = run_of(row.run)
            key = row.run, run.factors_version or ""
            if key not in self._kept:
                while len(self._kept) >= _MAX_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = _measured(row, title)
            return self._kept[key]

        self._measuring.ask(work, self.show)

    def lines(self, width: int, height: int) -> Iterable[Line]:
        if (now := self.page) is None:
            return
        head = self.style("panel--focus" if self.has_focus else "panel--title")
        title = self._fit(now.title, width)
        told = whole_parts(self.terminal.text(now.tested), width - cells_of(title) - 2)
        yield [(title, head), (f"  {told}", self.style("panel--dim"))]
        if now.found is None:
            for text in wrap(self.terminal.text(now.why_not), width):
                yield [(text, self.style("panel--dim"))]
            return
        coverage = now.found["coverage"]
        yield from self._coverage(coverage[-max(1, height - 2) :], width)
        if height < len(coverage) + len(now.found["by_spread"]) + 5:
            return
        yield []
        yield from self._spread(now.found, width)

    def _coverage(self, coverage: list[dict[str, float]], width: int) -> Iterable[Line]:
        dim = self.style("panel--dim")
        glyphs = self.terminal.glyphs
        yield [(self._fit(f"Test ratings within the p % interval, {glyphs.axis} marks p %", width), dim)]
        room = max(1, width - _LABEL - _VALUE)
        for one in coverage:
            level, covered = one["level"], one["covered"]
            at = min(round(level * room), room - 1)
            full = round(covered * room)
            cells = [glyphs.full if i < full else " " for i in range(room)]
            cells[at] = glyphs.axis
            bar = self.style("panel--bar" if abs(covered - level) <= _CLOSE else "panel--down")
            yield [
                (fit_right(f"{level:.0%} ", _LABEL), dim),
                ("".join(cells[:at]), bar),
                (cells[at], self.style("panel--text")),
                ("".join(cells[at + 1 :]), bar),
                (fit_right(f"{covered:.1%}", _VALUE), self.style("panel--text")),
            ]

    def _spread(self, found: dict[str, Any], width: int) -> Iterable[Line]:
        dim, text, bar = self.style("panel--dim"), self.style("panel--text"), self.style("panel--bar")
        yield [(self._fit("Equal parts of them by +/-: its mean, and the RMSE", width), dim)]
        rows = found["by_spread"]
        most = max(row["rmse"] for row in rows) or 1.0
        room = max(1, width - 8 - _VALUE)
        for row in rows:
            length = round(row["rmse"] / most * room)
            yield [
                (f"  {row['plus_minus']:.2f}  ", text),
                (self.terminal.glyphs.full * length + " " * (room - length), bar),
                (fit_right(f"{row['rmse']:.3f}", _VALUE), text),
            ]

    def _fit(self, text: str, width: int) -> str:
        return cut(self.terminal.text(text), width, self.terminal.glyphs.ellipsis)


def _measured(row: Summary, title: str) -> Calibration:
    from mftui.engine.evaluation.calibration import uncertainty

    try:
        model = run_of(row.run).load_factors()
        test = model.history.part(held_out=True)
        found = uncertainty(model, test)
    except MftuiError as error:
        return Calibration(title, "", None, f"{error} {error.hint or ''}".strip())
    if found is None:
        return Calibration(title, "", None, _TOO_FEW if len(test) else _NO_TEST)
    n = f"{len(test):,}" if found["n"] == len(test) else f"{found['n']:,} of {len(test):,}"
    return Calibration(title, f"{model.meta.get('split', 'test part')}, {n} test ratings", found)
