"""Ratings as exports write them, as stars: on the scale of the site, or of what they say themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mftui.data.dataset import Scale
from mftui.data.profiles.stars import describe, to_stars
from mftui.data.profiles.tables import Table, number_of
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
    texts = table.column(column)
    counts = Counter(texts)
    blank = [text for text in counts if not text or text.casefold() in (_UNRATED | unrated)]
    seen = [text for text in blank if text]
    found: dict[str, float | None] = dict.fromkeys(blank)
    numbers, top = _numbers(table, column, [text for text in counts if text not in found])
    seen += [text for text, number in numbers.items() if number in left_out]
    found |= {text: None if number in left_out else number for text, number in numbers.items()}
    scale, owner = _scale([*found.values()], top, column, site, given)
    if scale.lo > 0 and not keep_all:
        seen += ["0"] if 0 in found.values() else []
        found = {text: value or None for text, value in found.items()}
    if (site is None or site.scale is None) and not keep_all:
        _doubt_zeros(table, [(value, counts[text]) for text, value in found.items() if value is not None])
    stars: dict[str, float | None] = dict.fromkeys(found)
    for text in numbers:
        if (value := found[text]) is not None:
            if not scale.lo <= value <= scale.hi:
                raise table.fault(
                    texts.index(text),
                    f"rating {value:g} is outside {describe(scale).partition(' in ')[0]}, {owner}.",
                    "Correct or remove the line. If it means `not rated`: --missing VALUE.",
                )
            stars[text] = to_stars(value, scale)
    return Grades(scale, [stars[text] for text in texts], tuple(dict.fromkeys(seen)))


def _numbers(table: Table, column: str, texts: Sequence[str]) -> tuple[dict[str, float], float]:
    """Return the ratings as numbers, by text, and the best possible one where they tell it ("4/5", "★★★½"), else 0.

    Raises DataError for the first that is no number, where not all are written in one other form.
    """
    import pyarrow as pa

    plain = {text: number_of(text) for text in texts}
    numbers = {text: number for text, number in plain.items() if number is not None}
    if len(numbers) == len(texts):
        return numbers, 0.0
    if all(text in _WORDS for text in texts):
        return {text: _WORDS[text] for text in texts}, 5.0
    read = numbers_in(pa.chunked_array([pa.array(texts).dictionary_encode()]), ReadOptions())
    if read is None:
        text = next(text for text in texts if text not in numbers)
        raise table.fault(
            table.column(column).index(text),
            f"the rating {visible(text[:40])} is not a number.",
            "Correct or remove the line. If it means `not rated`: --missing VALUE.",
        )
    values, form = read
    top = _TOP_OF_FORM.get(form, float(form.partition("/")[2] or 0))
    return dict(zip(texts, map(float, values.to_pylist()), strict=True)), top


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


def _doubt_zeros(table: Table, counts: Sequence[tuple[float, int]]) -> None:
    """Raise DataError where many ratings are 0 and none is just above; `counts`: values, and how often each is."""
    n = sum(times for _, times in counts)
    n_zeros = sum(times for value, times in counts if value == 0)
    others = [value for value, _ in counts if value > 0]
    if n_zeros > max(1, n * _MANY_ZEROS) and others and min(others) >= 1:
        raise DataError(
            f"{n_zeros} of {n} ratings are 0, and none is between 0 and {min(others):g}: not rated?",
            path=table.path,
            hint="Say which it is: --missing 0 leaves them out, --missing none keeps them.",
        )
