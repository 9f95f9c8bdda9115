"""How probable each step of the rating scale is, as a small histogram."""

from __future__ import annotations

from collections.abc import Sequence

from mftui.tui.base.display import Look
from mftui.tui.widgets.bars import profile_lines

_TITLE = "how probable each rating is, in %"
_LABELLED = 4
"""Columns of a step from which each one has its label; the whole ones alone where there are fewer."""
_TALL = 2


def step_lines(chances: Sequence[tuple[float, float]], width: int, look: Look) -> list[tuple[str, bool]]:
    """(line, whether it is bars) of (rating, probability) pairs, from the lowest rating up; none where there is no room
    for three columns each."""
    pitch = min(_LABELLED, width // max(1, len(chances)))
    if not chances or pitch < 3:
        return []
    bars, _ = profile_lines([chance for _, chance in chances], width, _TALL, look)
    percents = "".join(f"{chance:.0%}".rstrip("%").ljust(pitch) for _, chance in chances)
    labels = "".join(
        (f"{level:g}" if pitch >= _LABELLED or level == int(level) else "").ljust(pitch) for level, _ in chances
    )
    drawn = [(bar, True) for bar in bars if bar.strip()]
    return [(_TITLE[:width], False), *drawn, (percents, False), (labels, False)]
