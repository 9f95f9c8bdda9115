"""Ratings that are written otherwise than as plain numbers: 3.5/5, ★★★½, 3½, 70%, "4 stars"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from mftui.data.reading.options import ReadOptions

_HALVES = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|su)\s*(\d+)", re.IGNORECASE)
_WORDED = re.compile(r"(\d+(?:[.,]\d+)?)\s*-?\s*(?:stars?|sterne?|étoiles?|points?|pts?|★)", re.IGNORECASE)
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
_GLYPHS = re.compile(r"([★⭐✭✯*]️?)*(½?)[☆✩]*")
_FRACTION = re.compile(r"(\d*)\s*([½¼¾])")
PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)


def numbers_in(column: Any, how: ReadOptions) -> tuple[Any, str] | None:
    """Return `(the ratings as an Arrow column of float32, null where missing; how they are written)`.

    Parameters
    ----------
    column: dictionary-encoded text.
    how: its `missing` are null, as is what Arrow had as null.

    Returns None where not all texts are of one form.
    """
    import pyarrow as pa

    whole = combined(column)
    texts = [str(text).strip() for text in whole.dictionary.to_pylist()]
    missing = {text.strip().casefold() for text in how.missing_texts}
    wanted = [text for text in texts if text.casefold() not in missing]
    for form, parse in _forms(wanted).items():
        numbers = [None if text.casefold() in missing else parse(text) for text in texts]
        if all(number is not None or text.casefold() in missing for number, text in zip(numbers, texts, strict=True)):
            coded = pa.DictionaryArray.from_arrays(whole.indices, pa.array(numbers, type=pa.float32()))
            return pa.chunked_array([coded.cast(pa.float32())]), form
    return None


def combined(column: Any) -> Any:
    """Return dictionary-encoded text as one array."""
    whole = column.unify_dictionaries().combine_chunks()
    return whole.chunk(0) if hasattr(whole, "chunks") else whole


def _forms(texts: Sequence[str]) -> dict[str, Callable[[str], float | None]]:
    """Return the forms that these texts may be of, by their name, with what reads one."""
    tops = {match[2] for text in texts if (match := _OF.fullmatch(text))}
    forms: dict[str, Callable[[str], float | None]] = {
        "stars": _stars,
        "70%": lambda text: _first(_PERCENT, text),
        "3.5 stars": lambda text: _first(_WORDED, text),
    }
    if any(_FRACTION.fullmatch(text) for text in texts):
        forms["3½"] = _fraction
    if len(tops) == 1:
        forms = {f"3.5/{next(iter(tops))}": lambda text: _first(_OF, text)} | forms
    return forms


def _first(pattern: re.Pattern[str], text: str) -> float | None:
    match = pattern.fullmatch(text)
    return float(match[1].replace(",", ".")) if match else None


def _stars(text: str) -> float | None:
    bare = text.replace("\ufe0f", "")
    if not bare or not _GLYPHS.fullmatch(bare):
        return None
    return sum(bare.count(star) for star in "★⭐✭✯*") + (0.5 if "½" in bare else 0.0)


def _fraction(text: str) -> float | None:
    if match := _FRACTION.fullmatch(text):
        return float(match[1] or 0) + _HALVES[match[2]]
    return float(text.replace(",", ".")) if PLAIN.fullmatch(text) else None
