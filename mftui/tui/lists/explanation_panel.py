"""Why a film is predicted what it is, as small bars; below, what else there is to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from mftui.engine.recipes import STARS
from mftui.tables.captions import whole_parts
from mftui.tables.titles import apart, short
from mftui.tui.lists.explanation import Explanation, Reason
from mftui.tui.widgets.bars import level_lines
from mftui.tui.widgets.cells import CellWidget, Line, fit, wrap

_MAX_BAR = 12
_MIN_WIDTH = 44
"""Columns from which there is room for what a rating adds to the prediction beside what it adds to the score."""


class ExplanationPanel(CellWidget):
    """Draws a Explanation, and lines of (name, text) below it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel--title", "panel--dim", "panel--bar", "panel--down", "panel--text"}

    def __init__(self, *, whose: str = "you", id: str | None = None) -> None:
        super().__init__(id=id)
        self._whose = whose
        self._why: Explanation | None = None
        self._below: Sequence[tuple[str, str]] = ()
        self._empty = ""

    def show(self, why: Explanation | None, empty: str = "") -> None:
        """Draw another one, or say why there is none."""
        self._why, self._empty = why, empty
        self.redraw()

    def show_below(self, below: Sequence[tuple[str, str]]) -> None:
        """Other lines below."""
        self._below = below
        self.redraw()

    def lines(self, width: int, height: int) -> Iterable[Line]:
        below = self._below if height > len(self._below) + 5 else ()
        above = height - len(below)
        told = [*self._told(width)][:above]
        yield from told
        yield from ([] for _ in range(above - len(told)))
        dim, text = self.style("panel--dim"), self.style("panel--text")
        for name, what in below:
            yield [(f"{name:<7}", dim), (whole_parts(self.terminal.text(what), width - 7), text)]

    def _told(self, width: int) -> Iterable[Line]:
        why, dim, ellipsis = self._why, self.style("panel--dim"), self.terminal.glyphs.ellipsis
        if why is None:
            yield from ([(line, dim)] for line in wrap(self.terminal.text(self._empty), width))
            return
        yield [(short(self.terminal.text(why.title), width, ellipsis=ellipsis), self.style("panel--title"))]
        sign = "+/-" if self.terminal.ascii else "±"
        sure = "" if why.plus_minus is None else f" {sign} {why.plus_minus:.2f}"
        unit = "" if why.unit == STARS else f", {why.unit}: only the order counts"
        predicted = f"predicted {why.predicted:.2f}{sure}{unit}  "
        (first, begin), *others = why.parts
        sums = [f"{first} {begin:.2f}", *(f"{name} {value:+.2f}" for name, value in others)]
        sums = [f"{part}{',' if part is not sums[-1] else f' = {why.predicted:.2f}'}" for part in sums]
        if len(predicted) + len(" ".join(sums)) <= width:
            yield [(predicted, self.style("panel--text")), (" ".join(sums), dim)]
        else:
            yield [(predicted.rstrip(), self.style("panel--text"))]
            yield from ([(line, dim)] for line in wrap(" ".join(sums), width))
        if why.placed:
            words = " ".join(part.replace("±", sign) for part in ("on the list:", *why.placed))
            yield from ([(line, dim)] for line in wrap(words, width))
        for line, is_bar in level_lines(why.chances, width, self.terminal):
            yield [(line, self.style("panel--bar") if is_bar else dim)]
        if not why.reasons:
            yield from ([(line, dim)] for line in wrap("No rating counts for or against it.", width))
            return
        ranked = any(reason.ranked is not None for reason in why.reasons)
        both = ranked and width >= _MIN_WIDTH
        room = max(4, min(_MAX_BAR, width // 4))
        head = fit(f"because {self._whose} gave", width - room - 9 - (9 if both else 0), ellipsis)
        stars, on_list = f"{why.unit:>8}" if both or not ranked else "", f"{'on list':>{9 if both else 8}}" * ranked
        yield [(f"{head}{stars}{on_list}", dim)]
        longest = max(abs(_weight(reason)) for reason in why.reasons) or 1.0
        differs = apart(reason.title for reason in why.reasons)
        for reason in why.reasons:
            title = self.terminal.text(reason.title)
            title = short(title, max(0, len(head) - 4), ellipsis=ellipsis, differs=differs[reason.title])
            numbers = f" {reason.share:+7.2f}" if both or not ranked else ""
            numbers += f"{reason.ranked:+{9 if both else 8}.3f}" if ranked and reason.ranked is not None else ""
            yield self._bar(_weight(reason), fit(f"{reason.rating:<4g}{title}", len(head)), numbers, room, longest)

    def _bar(self, share: float, name: str, numbers: str, room: int, longest: float) -> Line:
        full = ("+" if share > 0 else "-") if self.terminal.ascii else "█"
        bar = full * round(abs(share) / longest * (room - 1))
        color = self.style("panel--bar" if share > 0 else "panel--down")
        return [(f"{name}{numbers} ", self.style("panel--text")), (fit(bar, room), color)]


def _weight(reason: Reason) -> float:
    """Return what puts a reason where it stands: its share in what the list is ranked by."""
    return reason.share if reason.ranked is None else reason.ranked
