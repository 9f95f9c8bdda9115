"""Which columns of a table are shown, and how wide: titles keep their room, other columns leave in a stated order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

TITLE_CELLS = 28
"""The least that a title has, where it needs as much."""
TITLE_EASE = 36
"""What it has where a column beside it says nothing of its own."""
_NARROWEST = 4
"""Cells of a column that nothing could make room for."""

_SPARE: tuple[tuple[str, ...], ...] = (
    ("note",),
    ("tags",),
    ("genres",),
    ("interval",),
    ("movie id",),
    ("from", "to"),
    ("mae",),
    ("size",),
    ("because you gave",),
    ("because",),
    ("rated on",),
    ("bias",),
    ("info gain",),
    ("name",),
    ("on the list",),
    ("recipe",),
    ("mean",),
    ("learning",),
    ("k",),
    ("+/-", "±"),
    ("error",),
    ("test",),
    ("like 1", "like 2"),
    ("score 1", "score 2", "cosine 1", "cosine 2", "dot 1", "dot 2", "euclidean 1", "euclidean 2"),
    ("2 - 1", "difference"),
    ("users", "users' spread"),
)
"""Columns that a table can do without, by their headings: the first leave first, those of one line together."""
_LATE: tuple[tuple[str, ...], ...] = (
    ("data", "dataset"),
    ("started",),
    ("p(seen)",),
    ("split",),
    ("part",),
    ("ratings",),
    ("score",),
    ("watch", "would watch"),
)
"""These leave after them, where one table alone has no room for its titles. All others stay."""
_LEAVING = _SPARE + _LATE
_WITHOUT_ROOM = ("score",)
"""Of them, those that no other table has to make room for."""


def leaves(heading: str) -> int:
    """Return how soon a column leaves: the highest number first, and never with 0."""
    name = heading.lower()
    return next((len(_LEAVING) - at for at, names in enumerate(_LEAVING) if name in names), 0)


def is_picture(heading: str) -> bool:
    """Return whether a column says what others say, too."""
    return heading.lower() == "interval"


def is_spare(heading: str) -> bool:
    """Return whether a table can do without a column."""
    return leaves(heading) > len(_LATE) or heading.lower() in _WITHOUT_ROOM


class Need(NamedTuple):
    """What one column needs, in cells."""

    least: int
    """With fewer it is not shown; 0 leaves it out, as one that is empty."""
    most: int
    """What its widest cell takes."""
    leaves: int = 0
    """As the function of that name says."""
    has_titles: bool = False
    is_picture: bool = False
    """Says what other columns say, too: leaves where titles have less than TITLE_EASE, and need it."""


def least_width(needs: Sequence[Need], gap: int) -> int:
    """Return what the columns take, each with its least, and a gap behind each."""
    return sum(need.least + gap for need in needs if need.least)


class Span(NamedTuple):
    """What a table needs, in cells: with its titles in their room, and with nothing cut."""

    least: int
    full: int


def beside(width: int, left: Span, right: Span) -> int | None:
    """Return the cells of the left of two tables side by side: its least, and of the rest as it needs; None where
    titles have no room so."""
    rest = width - left.least - right.least
    if rest < 0:
        return None
    grows, other_grows = max(left.full - left.least, 0), max(right.full - right.least, 0)
    if rest < grows + other_grows:
        return left.least + rest * grows // (grows + other_grows)
    return left.least + grows + (rest - grows - other_grows) // 2


def allot(needs: Sequence[Need], room: int, gap: int) -> list[int]:
    """Return the cells of each column, with a gap behind each; 0 where it is left out.

    Columns leave until each that is left has its least. What is to spare goes to titles, up to what they need, and
    then to the others. If those that stay have no room, the widest of them are narrower than their least.
    """
    shown = {at: need for at, need in enumerate(needs) if need.least}
    while least_width([*shown.values()], gap) > room and any(need.leaves for need in shown.values()):
        first = max(need.leaves for need in shown.values())
        shown = {at: need for at, need in shown.items() if need.leaves != first}
    eased = sum(min(need.most, TITLE_EASE) - need.least for need in shown.values() if need.has_titles)
    if room - least_width([*shown.values()], gap) < eased:
        shown = {at: need for at, need in shown.items() if not need.is_picture}
    widths = {at: need.least for at, need in shown.items()}
    spare = room - least_width([*shown.values()], gap)
    for has_titles in (True, False):
        growing = [at for at, need in shown.items() if need.has_titles == has_titles]
        while spare > 0 and (growing := [at for at in growing if widths[at] < shown[at].most]):
            widths[min(growing, key=widths.__getitem__)] += 1
            spare -= 1
    can_shrink = [at for at, need in shown.items() if need.has_titles or need.least < need.most]
    while spare < 0 and (wide := [at for at in can_shrink if widths[at] > _NARROWEST]):
        widths[max(wide, key=widths.__getitem__)] -= 1
        spare += 1
    return [widths.get(at, 0) for at in range(len(needs))]
