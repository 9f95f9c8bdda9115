"""Bars and dots out of cells: a histogram, a profile of signed values, a scatter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.tui.base.display import Display

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.data.dataset import Scale

_SMALL = 1e-9
_MAX_BARS = 10
_LEVELS_TITLE = "how probable each rating is, in %"
_LABELLED_WIDTH = 4
"""Columns of a level from which each one has its label; the whole ones alone where there are fewer."""
_LEVELS_HEIGHT = 2


@dataclass(frozen=True)
class Histogram:
    """How many ratings there are of each value, or of each range of values."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]


def histogram(ratings: NDArray[np.float32], scale: Scale) -> Histogram:
    """Count ratings by value, in ranges where the scale has more than ten values or no steps."""
    import numpy as np

    steps = round((scale.hi - scale.lo) / scale.step) + 1 if scale.step else _MAX_BARS + 1
    if steps <= _MAX_BARS:
        values = scale.lo + scale.step * np.arange(steps)
        at = np.clip(np.round((ratings - scale.lo) / scale.step), 0, steps - 1).astype(np.int64)
        labels = tuple(f"{value:g}" for value in values)
    else:
        steps = _MAX_BARS
        width = (scale.hi - scale.lo) / steps or 1.0
        at = np.clip((ratings - scale.lo) // width, 0, steps - 1).astype(np.int64)
        labels = tuple(f"{scale.lo + width * i:.3g}+" for i in range(steps))
    return Histogram(labels, tuple(int(n) for n in np.bincount(at, minlength=steps)))


def histogram_lines(shown: Histogram, width: int, terminal: Display) -> list[tuple[str, str, str]]:
    """Return (label, bar, count) of each value, the longest bar as long as fits."""
    names = max(map(len, shown.labels))
    counts = [f"{count:,}" for count in shown.counts]
    room = max(1, width - names - max(map(len, counts)) - 2)
    most = max(1, *shown.counts)
    full = "#" if terminal.ascii else "█"
    return [
        (f"{label:>{names}} ", full * math.ceil(count / most * room), f" {text}")
        for label, count, text in zip(shown.labels, shown.counts, counts, strict=True)
    ]


def profile_lines(values: Sequence[float], width: int, height: int, terminal: Display) -> tuple[list[str], list[str]]:
    """Draw bars above and below a line between, `height` rows each; as many values as fit, from the first on.

    Bars are drawn in halves of a cell where there is Unicode. What is not a number is drawn as 0.
    """
    values = [value if math.isfinite(value) else 0.0 for value in values]
    pitch = max(1, min(4, width // max(1, len(values))))
    values = values[: max(1, width // pitch)]
    most = max((abs(value) for value in values), default=0.0) or 1.0
    above = [_bar_row(values, most, height, level, pitch, terminal, sign=1) for level in reversed(range(height))]
    below = [_bar_row(values, most, height, level, pitch, terminal, sign=-1) for level in range(height)]
    return above, below


def _bar_row(
    values: Sequence[float], most: float, height: int, level: int, pitch: int, terminal: Display, *, sign: int
) -> str:
    full, half = ("#", " ") if terminal.ascii else ("█", "▄" if sign > 0 else "▀")
    cells = []
    for value in values:
        left = sign * value / most * height - level
        sign_of_cell = full if left >= 0.75 else half if left >= 0.25 else " "
        cells.append((sign_of_cell * max(1, pitch - 1)).ljust(pitch))
    return "".join(cells)


def interval_bar(start: float, end: float, lo: float, hi: float, width: int, terminal: Display) -> str:
    """Draw a line from `lo` to `hi` in `width` cells, strong from `start` to `end`; in halves of a cell where there is
    Unicode, and never without a strong part."""
    steps = width if terminal.ascii else 2 * width
    span = max(hi - lo, _SMALL)
    first = min(round((start - lo) / span * steps), steps - 1)
    last = max(round((end - lo) / span * steps), first + 1)
    strong = [first <= step < last for step in range(steps)]
    if terminal.ascii:
        return "".join("#" if one else "-" for one in strong)
    cells = {(False, False): "─", (True, True): "━", (True, False): "╾", (False, True): "╼"}
    return "".join(cells[strong[at], strong[at + 1]] for at in range(0, steps, 2))


def scatter_lines(
    xs: Sequence[float], ys: Sequence[float], lo: float, hi: float, width: int, height: int, terminal: Display
) -> list[str]:
    """Draw points of a square from `lo` to `hi` each way: the more points in a cell, the larger its sign."""
    signs = " .oO" if terminal.ascii else " ·•●"
    span = max(hi - lo, _SMALL)
    counts = [[0] * width for _ in range(height)]
    for x, y in zip(xs, ys, strict=True):
        if math.isfinite(x) and math.isfinite(y):
            column = round(min(max((x - lo) / span, 0.0), 1.0) * (width - 1))
            row = round(min(max((hi - y) / span, 0.0), 1.0) * (height - 1))
            counts[row][column] += 1
    return ["".join(signs[0 if not n else 1 if n == 1 else 2 if n < 4 else 3] for n in row) for row in counts]


def level_lines(chances: Sequence[tuple[float, float]], width: int, terminal: Display) -> list[tuple[str, bool]]:
    """Return (line, whether it is bars) of (rating, probability) pairs, from the lowest rating up; none where there is
    no room for three columns each."""
    pitch = min(_LABELLED_WIDTH, width // max(1, len(chances)))
    if not chances or pitch < 3:
        return []
    bars, _ = profile_lines([chance for _, chance in chances], width, _LEVELS_HEIGHT, terminal)
    percents = "".join(f"{chance:.0%}".rstrip("%").ljust(pitch) for _, chance in chances)
    labels = "".join(
        (f"{level:g}" if pitch >= _LABELLED_WIDTH or level == int(level) else "").ljust(pitch) for level, _ in chances
    )
    drawn = [(bar, True) for bar in bars if bar.strip()]
    return [(_LEVELS_TITLE[:width], False), *drawn, (percents, False), (labels, False)]
