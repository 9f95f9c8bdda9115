"""How wide a text is in a terminal, and texts cut to a width."""

from __future__ import annotations

import math

from rich.cells import cell_len


def cells_of(text: str) -> int:
    """Return how many cells `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells, what is too much replaced by `ellipsis`."""
    if cells_of(text) <= width:
        return text
    kept, room = [], width - cells_of(ellipsis)
    if room < 0:
        return ""
    for c in text:
        room -= cells_of(c)
        if room < 0:
            break
        kept.append(c)
    return "".join(kept) + ellipsis


def percentile(share: float) -> str:
    """Return a percentile (0 to 100) with one decimal, rounded down: below the best it is never 100."""
    return f"{math.floor(share * 10) / 10:.1f}"
