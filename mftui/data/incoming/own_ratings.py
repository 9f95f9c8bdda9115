"""Ratings as exports write them, as stars: on the scale of the site, or of what they say themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mftui.data.dataset import Scale
from mftui.data.profiles.stars import describe, to_stars
from mftui.data.profiles.tables import Row, Table, number_of
from mftui.data.readers.personal import Site, top_told_by
from mftui.errors import DataError
from mftui.text import visible

_TOPS = (5.0, 10.0, 100.0)
_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|of|von|sur|de|out of)\s*(\d{1,3})", re.IGNORECASE)
_SIGNS = re.compile(r"([★*⭐]*)([½]?)[☆]*")
_HALF = re.compile(r"(\d+)\s*(?:½|1/2)")
_UNRATED = frozenset({"-", "–", "—", "n/a", "na", "nan", "null", "none", "\\n", "not rated", "unrated", "?"})
_KEEP_ALL = "none"
_MANY_ZEROS = 0.05
_WORDS = {"力荐": 5.0, "推荐": 4.0, "还行": 3.0, "较差": 2.0, "很差": 1.0}
"""Douban's words for one to five stars."""


@dataclass(frozen=True)
class Grades:
    """The ratings of a table."""

    scale: Scale
    stars: list[float | None]
    """None: not rated."""
    missing: tuple[str, ...]
    """What was found to stand for "not rated"."""


def read_grades(table: Table, column: str, site: Site | None, given: Scale | None, missing: Sequence[str]) -> Grades:
    """Read the column of ratings.

    Parameters
    ----------
    given: the scale of a table that does not tell its own.
    missing: what stands for "not rated"; "none" alone keeps every number.

    Raises
    ------
    DataError: a rating is no number, or is off the scale; or many are 0, and that may mean "not rated".
    """
    keep_all = tuple(missing) == (_KEEP_ALL,)
    unrated = {text.casefold() for text in missing} if not keep_all else set()
    numbers = {number for text in unrated if (number := number_of(text)) is not None}
    found: list[tuple[float, float | None] | None] = []
    seen: list[str] = []
    for row in table.rows:
        text = row.get(column)
        value = _value(text)
        if text.casefold() in (_UNRATED | unrated) or (value is not None and value[0] in numbers):
            seen.append(text)
            found.append(None)
        elif not text:
            found.append(None)
        elif value is None:
            raise row.fault(
                f"the rating {visible(text[:40])} is not a number.",
                "Correct or remove the line. If it means `not rated`: --missing VALUE.",
            )
        else:
            found.append(value)
    scale, owner = _scale(found, column, site, given)
    if scale.lo > 0 and not keep_all:
        seen += ["0" for value in found if value is not None and value[0] == 0]
        found = [None if value is not None and value[0] == 0 else value for value in found]
    if (site is None or site.scale is None) and not keep_all:
        _doubt_zeros(table, found)
    stars = [
        None if value is None else _stars(row, value, scale, owner)
        for row, value in zip(table.rows, found, strict=True)
    ]
    return Grades(scale, stars, tuple(dict.fromkeys(seen)))


def _value(text: str) -> tuple[float, float | None] | None:
    """Return `(number, best possible number if it is told)`: of "4", "4/5", "★★★½", "3½", "85 %"; None for others."""
    number = number_of(text)
    if number is not None:
        return number, None
    if text in _WORDS:
        return _WORDS[text], 5.0
    if of := _OF.fullmatch(text):
        value = number_of(of[1])
        return (value, float(of[2])) if value is not None and float(of[2]) > 0 else None
    if half := _HALF.fullmatch(text):
        return int(half[1]) + 0.5, None
    if text.endswith("%") and (share := number_of(text[:-1].strip())) is not None:
        return share, 100.0
    if text and (signs := _SIGNS.fullmatch(text)):
        return len(signs[1]) + len(signs[2]) / 2, 5.0
    return None


def _scale(
    found: Sequence[tuple[float, float | None] | None], column: str, site: Site | None, given: Scale | None
) -> tuple[Scale, str]:
    """Return the scale, and whose it is."""
    tops = {value[1] for value in found if value is not None}
    if len(tops) == 1 and (top := next(iter(tops))) is not None:
        return Scale(0, top, 0), "which they are said to be of"
    if site is not None and site.scale is not None:
        return site.scale, f"{site.name}'s scale"
    if top := top_told_by(column):
        return Scale(0, top, 0), "as the column says"
    if given is not None:
        return given, "the model's scale"
    highest = max((value[0] for value in found if value is not None), default=0.0)
    return Scale(0, next((top for top in _TOPS if highest <= top), _TOPS[-1]), 0), "the file's scale"


def _stars(row: Row, value: tuple[float, float | None], scale: Scale, owner: str) -> float:
    number = value[0] if value[1] is None else value[0] / value[1] * scale.hi
    if not scale.lo <= number <= scale.hi:
        raise row.fault(
            f"rating {number:g} is outside {describe(scale).partition(' in ')[0]}, {owner}.",
            "Correct or remove the line. If it means `not rated`: --missing VALUE.",
        )
    return to_stars(number, scale)


def _doubt_zeros(table: Table, found: Sequence[tuple[float, float | None] | None]) -> None:
    """Raise DataError where many ratings are 0 and none is just above."""
    values = [value[0] for value in found if value is not None]
    n_zeros = values.count(0)
    others = [value for value in values if value > 0]
    if n_zeros > max(1, len(values) * _MANY_ZEROS) and others and min(others) >= 1:
        raise DataError(
            f"{n_zeros} of {len(values)} ratings are 0, and none is between 0 and {min(others):g}: not rated?",
            path=table.path,
            hint="Say which it is: --missing 0 leaves them out, --missing none keeps them.",
        )
