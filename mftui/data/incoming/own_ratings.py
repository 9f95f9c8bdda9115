"""Ratings as exports write them, as stars: on the scale of the site, or of what they say themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.data.dataset import Scale
from mftui.data.profiles.stars import describe, to_stars
from mftui.data.profiles.tables import Row, Table, number_of
from mftui.data.readers.personal import Site, top_told_by
from mftui.data.readers.rating_words import numbers_in
from mftui.data.reading.options import LEFT_OUT, ReadOptions
from mftui.errors import DataError
from mftui.text import visible

_TOPS = (5.0, 10.0, 100.0)
_UNRATED = frozenset({"-", "–", "—", "n/a", "na", "nan", "null", "none", "\\n", "not rated", "unrated", "?"})
_MANY_ZEROS = 0.05
_TOP_OF_FORM = {"stars": 5.0, "70%": 100.0}
"""The best possible rating in a form of `rating_words.numbers_in`."""
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
    keep_all = tuple(missing) == (LEFT_OUT,)
    unrated = {text.casefold() for text in missing} if not keep_all else set()
    left_out = {number for text in unrated if (number := number_of(text)) is not None}
    texts = [row.get(column) for row in table.rows]
    blank = [not text or text.casefold() in (_UNRATED | unrated) for text in texts]
    seen = [text for text, none in zip(texts, blank, strict=True) if none and text]
    rows = [row for row, none in zip(table.rows, blank, strict=True) if not none]
    numbers, top = _numbers(rows, column)
    seen += [row.get(column) for row, number in zip(rows, numbers, strict=True) if number in left_out]
    values = iter(None if number in left_out else number for number in numbers)
    found = [None if none else next(values) for none in blank]
    scale, owner = _scale(found, top, column, site, given)
    if scale.lo > 0 and not keep_all:
        seen += ["0" for value in found if value == 0]
        found = [None if value == 0 else value for value in found]
    if (site is None or site.scale is None) and not keep_all:
        _doubt_zeros(table, found)
    stars = [
        None if value is None else _stars(row, value, scale, owner)
        for row, value in zip(table.rows, found, strict=True)
    ]
    return Grades(scale, stars, tuple(dict.fromkeys(seen)))


def _numbers(rows: Sequence[Row], column: str) -> tuple[list[float], float]:
    """Return the ratings as numbers, and the best possible one where they tell it ("4/5", "★★★½"), else 0.

    Raises DataError for the first that is no number, where not all are written in one other form.
    """
    import pyarrow as pa

    texts = [row.get(column) for row in rows]
    plain = [number_of(text) for text in texts]
    numbers = [number for number in plain if number is not None]
    if len(numbers) == len(texts):
        return numbers, 0.0
    if all(text in _WORDS for text in texts):
        return [_WORDS[text] for text in texts], 5.0
    read = numbers_in(pa.chunked_array([pa.array(texts).dictionary_encode()]), ReadOptions())
    if read is None:
        row, text = next((row, text) for row, text, number in zip(rows, texts, plain, strict=True) if number is None)
        raise row.fault(
            f"the rating {visible(text[:40])} is not a number.",
            "Correct or remove the line. If it means `not rated`: --missing VALUE.",
        )
    values, form = read
    top = _TOP_OF_FORM.get(form, float(form.partition("/")[2] or 0))
    return [float(value) for value in values.to_pylist()], top


def _scale(
    found: Sequence[float | None], top: float, column: str, site: Site | None, given: Scale | None
) -> tuple[Scale, str]:
    """Return the scale, and whose it is."""
    if top:
        return Scale(0, top, 0), "which they are said to be of"
    if site is not None and site.scale is not None:
        return site.scale, f"{site.name}'s scale"
    if told := top_told_by(column):
        return Scale(0, told, 0), "as the column says"
    if given is not None:
        return given, "the model's scale"
    highest = max((value for value in found if value is not None), default=0.0)
    return Scale(0, next((top for top in _TOPS if highest <= top), _TOPS[-1]), 0), "the file's scale"


def _stars(row: Row, value: float, scale: Scale, owner: str) -> float:
    if not scale.lo <= value <= scale.hi:
        raise row.fault(
            f"rating {value:g} is outside {describe(scale).partition(' in ')[0]}, {owner}.",
            "Correct or remove the line. If it means `not rated`: --missing VALUE.",
        )
    return to_stars(value, scale)


def _doubt_zeros(table: Table, found: Sequence[float | None]) -> None:
    """Raise DataError where many ratings are 0 and none is just above."""
    values = [value for value in found if value is not None]
    n_zeros = values.count(0)
    others = [value for value in values if value > 0]
    if n_zeros > max(1, len(values) * _MANY_ZEROS) and others and min(others) >= 1:
        raise DataError(
            f"{n_zeros} of {len(values)} ratings are 0, and none is between 0 and {min(others):g}: not rated?",
            path=table.path,
            hint="Say which it is: --missing 0 leaves them out, --missing none keeps them.",
        )
