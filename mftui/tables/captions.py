"""Captions with figures in too little room: whole parts leave, and no number is ever cut."""

from __future__ import annotations

from mftui.tables.cells import cells_of
from mftui.tables.titles import short

_BETWEEN = ", "


def whole_parts(text: str, width: int) -> str:
    """Return as many of the parts of a text, between commas, as there is room for in `width` cells: the last leave
    first."""
    parts = text.split(_BETWEEN)
    while parts and cells_of(_BETWEEN.join(parts)) > width:
        parts.pop()
    return _BETWEEN.join(parts)


def cut_name(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut a name, in its middle; a figure behind it stays whole ("Film…(1995): 4.5"), or leaves if it takes more than
    half of the room."""
    if cells_of(text) <= width:
        return text
    name, colon, figure = text.rpartition(": ")
    if not (colon and figure[:1].isdigit()):
        return short(text, width, ellipsis=ellipsis)
    if cells_of(figure) * 2 > width:
        return short(name, width, ellipsis=ellipsis)
    return short(name, width - cells_of(colon + figure), ellipsis=ellipsis) + colon + figure


def caption_in(caption: str, about: str, detail: str, room: int, ellipsis: str = "…") -> tuple[str, str]:
    """Return a caption, and what stands behind it and `about`, filled to `room` cells in all.

    First the parts of the detail leave, the last first; then the caption is cut.
    """
    between = _BETWEEN if about else "  "
    text = cut_name(caption, room - cells_of(about), ellipsis)
    left = room - cells_of(text) - cells_of(about)
    told = whole_parts(detail, left - len(between))
    rest = f"{between}{told}" if told else ""
    return text, rest + " " * (left - cells_of(rest))
