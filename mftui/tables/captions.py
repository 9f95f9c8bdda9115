"""Captions with figures in too little room: whole parts leave, and no number is ever cut."""

from __future__ import annotations

from mftui.tables.cells import cells_of, cut
from mftui.tables.titles import short

_BETWEEN = ", "
_NAMES = ("only ", "not opened for ")
"""What stands before a name of any length."""
_LEAST_NAMED = 32
"""Cells from which such a part is cut; in fewer it is left out."""
_LEAST_NAME = 12
"""Cells that a name has behind what stands before it."""
NEIGHBOURS = "Neighbours of "
_NEAR = "Near "
"""What stands for it where it would leave the title too little."""
_LEAST_TITLE = 28
"""Cells that a title has at least, as in tables, before what stands before it is shortened."""


def whole_parts(text: str, width: int, ellipsis: str = "…") -> str:
    """Return as many of the parts of a text, between commas, as there is room for in `width` cells: the last leave
    first. Only a part that tells a name is cut."""
    parts = text.split(_BETWEEN)
    while parts and cells_of(_BETWEEN.join(parts)) > width:
        last = parts.pop()
        room = width - sum(cells_of(part + _BETWEEN) for part in parts)
        if any(begin in last for begin in _NAMES) and cells_of(last) > room >= _LEAST_NAMED:
            parts.append(cut(last, room, ellipsis))
    return _BETWEEN.join(parts)


def cut_name(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut a name, in its middle; a figure behind it stays whole ("Film…(1995): 4.5"), or leaves if it takes more than
    half of the room; so does what stands before it ("not seen: Film…(1995)"). "Neighbours of" becomes
    "Near" before the title is cut below what it has in tables."""
    if cells_of(text) <= width:
        return text
    if text.startswith(NEIGHBOURS) and width >= len(_NEAR) + _LEAST_NAME:
        title = text.removeprefix(NEIGHBOURS)
        begin = NEIGHBOURS if width - len(NEIGHBOURS) >= min(_LEAST_TITLE, cells_of(title)) else _NEAR
        return begin + short(title, width - len(begin), ellipsis=ellipsis)
    name, colon, figure = text.rpartition(": ")
    if not (colon and figure[:1].isdigit()):
        before = cells_of(name + colon)
        if not colon or width - before < _LEAST_NAME:
            return short(text, width, ellipsis=ellipsis)
        return name + colon + short(figure, width - before, ellipsis=ellipsis)
    if cells_of(figure) * 2 > width:
        return short(name, width, ellipsis=ellipsis)
    return short(name, width - cells_of(colon + figure), ellipsis=ellipsis) + colon + figure


def about_in(caption: str, about: str, room: int) -> str:
    """Return what stands behind a caption on all of the data; nothing behind that of neighbours where their film has
    no room for its title else: the list that they were opened from says it."""
    said = f"  {about}" if about else ""
    title = caption.removeprefix(NEIGHBOURS)
    needed = len(_NEAR) + min(_LEAST_TITLE, cells_of(title))
    return "" if title != caption and room - cells_of(said) < needed else said


def caption_in(caption: str, about: str, detail: str, room: int, ellipsis: str = "…") -> tuple[str, str]:
    """Return a caption, and what stands behind it and `about`, filled to `room` cells in all.

    First the parts of the detail leave, the last first; then the caption is cut.
    """
    between = _BETWEEN if about else "  "
    text = cut_name(caption, room - cells_of(about), ellipsis)
    left = room - cells_of(text) - cells_of(about)
    told = whole_parts(detail, left - len(between), ellipsis)
    rest = f"{between}{told}" if told else ""
    return text, rest + " " * (left - cells_of(rest))
