"""All about one axis: the films at its ends, what it goes with, how users spread along it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mftui.tables.captions import whole_parts
from mftui.tables.cells import cut
from mftui.tables.titles import apart, short
from mftui.tui.widgets.cells import Line, fit
from mftui.tui.widgets.panel import Panel

if TYPE_CHECKING:
    from mftui.engine.insight.principal_axes import Axes, Axis

_BARS = " ▁▂▃▄▅▆▇█"
_ASCII_BARS = " ..--==##"
_WIDE = 100
_NAME = 12
_BINS = 48
FILMS = 12
_GOES_WITH = ("goes with: correlation (95 % interval), films", "goes with: r (95 % interval), films", "goes with")
"""Above what an axis goes with, its correlation, that one's interval, and of how many films."""


@dataclass(frozen=True)
class AxisPage:
    """One axis, with the titles at its ends."""

    axis: Axis
    high: tuple[str, ...]
    low: tuple[str, ...]
    users: tuple[int, ...]
    """How many users lie in each of equal parts, from the negative end to the positive."""


def axis_page(axes: Axes, titles: list[str], number: int) -> AxisPage:
    """Gather what there is to say of axis `number`. Not for the event loop."""
    axis = axes.axis(number, FILMS)
    users = axes.users[:, number - 1]
    reach = max(float(np.quantile(np.abs(users), 0.995)), 1e-6) if len(users) else 1.0
    counts = np.histogram(np.clip(users, -reach, reach), bins=_BINS, range=(-reach, reach))[0]
    high, low = (tuple(titles[int(movie)] for movie in end) for end in (axis.high, axis.low))
    return AxisPage(axis, high, low, tuple(counts.tolist()))


class AxisPanel(Panel[AxisPage]):
    """Draws an AxisPage."""

    def lines(self, width: int, height: int) -> Iterable[Line]:
        if (page := self.page) is None:
            return
        axis, dim = page.axis, self.style("panel--dim")
        about = f"Axis {axis.number}: {axis.share:.1%} of the variance"
        yield [
            (about, self.style("panel--title")),
            (f", moves a prediction by {axis.logits:.3f} logits on average", dim),
        ]
        yield from self._users(page, width)
        wide = width >= _WIDE
        third = width // 3 if wide else width // 2
        columns = [self._films("-", page.low, third), self._films("+", page.high, third)]
        traits = self._traits(axis, width - 2 * third if wide else width)
        if wide:
            columns.append(traits)
        left = height - 3
        blank: Line = [(" " * third, self.style())]
        for at in range(min(left, max(map(len, columns)))):
            yield [part for column in columns for part in (column[at] if at < len(column) else blank)]
        if not wide:
            yield from traits[: max(0, left - max(map(len, columns)))]

    def _films(self, sign: str, titles: tuple[str, ...], width: int) -> list[Line]:
        ellipsis = self.terminal.glyphs.ellipsis
        color = self.style("panel--bar" if sign == "+" else "panel--down")
        head: Line = [(fit(f"{sign} end", width), color)]
        text = self.style("panel--text")
        differs = apart(titles)
        n = FILMS if width * 3 >= _WIDE else FILMS // 2
        return [
            head,
            *(
                [
                    (
                        fit(
                            short(self.terminal.text(title), width - 1, ellipsis=ellipsis, differs=differs[title]),
                            width,
                        ),
                        text,
                    )
                ]
                for title in titles[:n]
            ),
        ]

    def _traits(self, axis: Axis, width: int) -> list[Line]:
        """Draw a bar for each trait, as long as its correlation; what is not sure is dim and comes last."""
        text, dim = self.style("panel--text"), self.style("panel--dim")
        full = "#" if self.terminal.ascii else "█"
        room = max(4, width - _NAME - 24)
        head = next((words for words in _GOES_WITH if len(words) <= width), _GOES_WITH[-1])
        lines: list[Line] = [[(cut(head, width, self.terminal.glyphs.ellipsis), dim)]]
        for trait in axis.traits:
            bar = full * max(1, round(abs(trait.r) * room)) if trait.sure else ""
            color = self.style("panel--bar" if trait.r > 0 else "panel--down")
            figures = f" {trait.r:+.2f} ({trait.low:+.2f} {trait.high:+.2f}) {trait.n:,}"
            name = fit(self.terminal.text(trait.name), _NAME, self.terminal.glyphs.ellipsis)
            lines.append([(name, text if trait.sure else dim), (bar, color), (figures, dim)])
        return lines

    def _users(self, page: AxisPage, width: int) -> Iterable[Line]:
        """Draw a line of bars, the users from the negative end to the positive."""
        bars = _ASCII_BARS if self.terminal.ascii else _BARS
        most = max(1, *page.users)
        spread = page.axis.users
        told = f" + deviation {spread.std:.2f}, middle {spread.quantiles[2]:+.2f}"
        room = max(8, min(len(page.users), width - len(told) - 8))
        step = len(page.users) / room
        parts = [page.users[int(i * step) : max(int((i + 1) * step), int(i * step) + 1)] for i in range(room)]
        line = "".join(bars[min(len(bars) - 1, -(-max(part) * (len(bars) - 1) // most))] for part in parts)
        dim = self.style("panel--dim")
        told = whole_parts(told, max(0, width - room - 8), self.terminal.glyphs.ellipsis)
        yield [("users - ", dim), (line, self.style("panel--bar")), (told, dim)]
        yield []
