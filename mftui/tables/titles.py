"""How a title is cut that has too little room: in the middle, so that its year is left, and what sets it apart."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from mftui.data.titles.title import parts_of
from mftui.tables.cells import cells_of, cut

_LEAST_NAME = 8
"""Cells of a name from which it has room beside the year."""
_LEAST_HEAD = 4
_STUMP = 3
"""Letters of a word that are not worth their room."""
_BREAKS = " -/"
_LOOSE = " ,:;-–("
"""What a part of a name does not end with where it is cut."""


def apart(titles: Iterable[str]) -> dict[str, int]:
    """Return where, in the name of each title, the word begins by which it differs from those most like it.

    0 where no other begins with the same word.
    """
    names = {title: parts_of(title)[0] for title in titles}
    ordered = sorted(set(names.values()))
    found = dict.fromkeys(ordered, 0)
    for one, other in pairwise(ordered):
        letters = enumerate(zip(one, other, strict=False))
        alike = next((at for at, (a, b) in letters if a != b), len(one))
        for name in (one, other):
            found[name] = max(found[name], _word_at(name, alike))
    return {title: found[name] for title, name in names.items()}


def _word_at(name: str, place: int) -> int:
    """Return where the word begins that stands at a place of a name, or ends there."""
    if place == len(name):
        place -= 1
    return max(name.rfind(sign, 0, place) for sign in _BREAKS) + 1


def short(title: str, width: int, *, ellipsis: str = "…", differs: int = 0) -> str:
    """Cut a title to at most `width` cells.

    What leaves first is the article behind a name, and what stands in brackets; then the middle of the name. `differs`:
    where the word begins that is to be seen, from `apart`.
    """
    if cells_of(title) <= width:
        return title
    name, article, others, year = parts_of(title)
    room = width - cells_of(year) - cells_of(ellipsis)
    if room < _LEAST_NAME:
        return cut(title, width, ellipsis)
    if cells_of(name) <= room:
        return _begin(name + article + others, room) + ellipsis + year
    return _middle(name, room, ellipsis, differs) + year


def _middle(name: str, room: int, ellipsis: str, differs: int) -> str:
    """Return begin and end of a name, in `room` cells beside one ellipsis."""
    tail = _last_words(name, room * 2 // 5)
    head = _begin(name, room - cells_of(tail))
    word_ends = min(at for at in (*(name.find(sign, differs) for sign in _BREAKS), len(name)) if at >= 0)
    if not differs or word_ends <= len(head) or differs >= len(name) - len(tail):
        return head + ellipsis + tail
    apart_by = name[differs:]
    if cells_of(apart_by) <= room - _LEAST_HEAD:
        return _begin(name, room - cells_of(apart_by)) + ellipsis + apart_by
    head = _begin(name, room // 3) + ellipsis
    return head + _begin(apart_by, room - cells_of(head)) + ellipsis


def _last_words(name: str, room: int) -> str:
    """Return as many of a name's last words as there is room for."""
    end = cut(name[::-1], room, "")
    starts = [at for at in range(len(name) - len(end), len(name)) if name[at - 1] in _BREAKS and name[at] not in _LOOSE]
    return name[starts[0] :] if starts else ""


def _begin(name: str, room: int) -> str:
    """Return what there is room for of a name, without the few letters of a word and the signs that a cut leaves."""
    part = cut(name, room, "")
    last = part.rfind(" ") + 1
    if last > 1 and len(part) - last <= _STUMP and name[len(part) : len(part) + 1].isalnum():
        part = part[:last]
    return part.rstrip(_LOOSE) if len(part) < len(name) else part
