"""Tables made to fit a terminal: which columns they have, how wide, and what is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mftui.tables.cells import cells_of, cut
from mftui.tables.columns import TITLE_CELLS, Need, allot, least_width, leaves
from mftui.tables.titles import apart, short

GAP = 2
_TITLES = ("title", "not found", "+ end", "- end")
"""Headings above titles of films."""
_WRAPPED = {"": 24, "where": 24, "file": 24, "+": 10, "-": 10, "+ films": 20, "- films": 20, "nearest in the model": 20}
"""Headings above sentences and paths, which go on in the next line, and the least cells that they have."""
_CUT = {"genres": 16, "tags": 10, "note": 10, "dataset": 15, "split": 11}
"""Headings above what may be cut at its end, likewise."""


@dataclass(frozen=True)
class Part:
    """A table, or the part of one for which there is room."""

    widths: dict[int, int]
    """By place of the column."""
    rows: Sequence[Sequence[str]]


def fitted(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int | None, ellipsis: str = "…") -> list[Part]:
    """Make a table fit `room` cells, or none where that is None: then nothing is cut or left out.

    Where even the columns that stay have no room, the last of them stand in more parts, each with the first column.
    """
    order = sorted(range(len(headings)), key=lambda at: headings[at] != "title")
    most = [max(map(cells_of, (headings[at], *(row[at] for row in rows)))) for at in order]
    if room is None:
        moved = order != [*range(len(headings))]
        kept = [[row[at] for at in order] for row in rows] if moved else rows
        return [Part(dict(zip(order, most, strict=True)), kept)]
    needs = [
        _need(headings[at], width) if not rows or any(row[at] not in _EMPTY for row in rows) else Need(0, 0)
        for at, width in zip(order, most, strict=True)
    ]
    cells = allot(needs, room + GAP, GAP)
    parts = [[place for place, width in enumerate(cells) if width]]
    if sum(cells) + GAP * len(parts[0]) > room + GAP:
        parts = [*_divided(parts[0], needs, room)]
    return [
        _part(headings, rows, order, part, allot([needs[at] for at in part], room + GAP, GAP), ellipsis)
        for part in parts
    ]


_EMPTY = ("", "–")


def _need(heading: str, most: int) -> Need:
    if heading in _TITLES:
        return Need(min(TITLE_CELLS, most), most, has_titles=True)
    least = {**_WRAPPED, **_CUT}.get(heading, most)
    return Need(min(max(least, cells_of(heading)), most), most, leaves(heading))


def _divided(places: Sequence[int], needs: Sequence[Need], room: int) -> Iterable[list[int]]:
    """Yield the columns of each part: the first one, and as many others as have room beside it."""
    first, *others = places
    part = [first]
    for place in others:
        if len(part) > 1 and least_width([needs[at] for at in (*part, place)], GAP) > room + GAP:
            yield part
            part = [first]
        part.append(place)
    yield part


def _part(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    order: Sequence[int],
    places: Sequence[int],
    cells: Sequence[int],
    ellipsis: str,
) -> Part:
    """Make one part of these places of `order`, of so many cells each; cut what is not to be wrapped."""
    widths = {order[place]: max(width, 1) for place, width in zip(places, cells, strict=True)}
    columns = []
    for at, width in widths.items():
        texts = [row[at] for row in rows]
        if headings[at] in _TITLES:
            differs = apart(texts)
            texts = [short(text, width, ellipsis=ellipsis, differs=differs[text]) for text in texts]
        elif headings[at] in _CUT:
            texts = [cut(text, width, ellipsis) for text in texts]
        columns.append(texts)
    return Part(widths, [list(row) for row in zip(*columns, strict=True)])
