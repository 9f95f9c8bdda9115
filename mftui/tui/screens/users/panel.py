"""A user's page: ratings and their histogram, predicted against actual, genres liked, similar users."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mftui.tui.screens.users.page import UserPage
from mftui.tui.widgets.bars import scatter_lines
from mftui.tui.widgets.cells import Line, cut
from mftui.tui.widgets.panel import GAP, Panel

_SCATTER = (30, 9)


class UserPanel(Panel[UserPage]):
    """Draws a UserPage, but for its tables."""

    def lines(self, width: int, height: int) -> Iterable[Line]:
        if (page := self.page) is None:
            return
        text, dim = self.style("panel--text"), self.style("panel--dim")
        mean = "no mean" if math.isnan(page.mean) else f"mean {page.mean:.2f}"
        yield [(self.terminal.text(f"User {page.user}"), self.style("panel--title"))]
        parts = {"training": page.rmse_train, "test": page.rmse_test}
        errors = ", ".join(f"{rmse:.3f} {part}" for part, rmse in parts.items() if not math.isnan(rmse))
        yield [(f"{len(page.rated):,} ratings, {mean}, bias {page.bias:+.2f}", text)]
        likes = ", ".join(f"{genre} {mean:.1f} ({n:,})" for genre, mean, n in page.likes)
        near = ", ".join(f"{user} ({cosine:.2f})" for user, cosine in page.similar[:8])
        for name, what in (("RMSE   ", errors), ("likes  ", likes), ("near   ", near)):
            yield [(name, dim), (cut(self.terminal.text(what), width - len(name), self.terminal.glyphs.ellipsis), text)]
        yield []
        yield from self._pictures(page, width)

    def _pictures(self, page: UserPage, width: int) -> Iterable[Line]:
        """Draw a histogram on the left, scatter on the right."""
        left = max(16, (width - GAP) // 2)
        columns, rows = min(_SCATTER[0], width - left - GAP - 6), _SCATTER[1]
        return self.histogram_beside(page.histogram, left, self._scatter(page, columns, rows) if columns >= 10 else [])

    def _scatter(self, page: UserPage, columns: int, rows: int) -> list[Line]:
        dim, points, glyphs = self.style("panel--dim"), self.style("panel--bar"), self.terminal.glyphs
        lo, hi = page.scale.lo, page.scale.hi
        drawn = scatter_lines(
            page.rated.ratings.tolist(), page.predicted.tolist(), lo, hi, columns, rows - 1, self.terminal
        )
        labels = {0: f"{hi:g}", rows - 2: f"{lo:g}"}
        lines: list[Line] = [[("model over rating", dim)]]
        for i, line in enumerate(drawn):
            lines.append([(f"{labels.get(i, ''):>4} {glyphs.axis}", dim), (line, points)])
        return lines
