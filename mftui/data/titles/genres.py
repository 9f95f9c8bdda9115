"""A column of genres, however it is written: how they are separated is decided for the column, not for a cell."""

from __future__ import annotations

import ast
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html.entities import html5
from typing import Any

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LIST = re.compile(r"""\s*(?:\[.*\]|\{.*\}|\(\s*['"].*\))\s*""", re.DOTALL)
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_SPLIT_ALWAYS = ";,"
_MISSING = frozenset({"", r"\n", "nan", "none", "null", "n/a", "[]", "{}"})
_NAMES = ("name", "genre", "title", "value", "label")


def without_entities(text: str) -> str:
    """Return `text` with its HTML entities as the characters that they stand for: "&#039;" is an apostrophe."""
    for _ in range(2):  # what was escaped twice
        if "&" not in text:
            break
        text = _ENTITY.sub(_character, text)
    return text


def _character(found: re.Match[str]) -> str:
    entity = found[0]
    return html.unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity


def joined_genres(cells: Sequence[str]) -> list[str]:
    """Return for each cell its genres, joined by "|".

    A cell is genres separated by "|", ";", "," or "/", or a list as Python, JSON or NumPy writes it. Where a cell
    has "|", nothing else separates: "Action/Adventure" is one genre. "/" separates only where the parts occur in
    other combinations too.
    """
    distinct = {cell: without_entities(cell).strip() for cell in dict.fromkeys(cells)}
    known = {cell: "" if text.casefold() in _MISSING else text for cell, text in distinct.items()}
    filled = [text for text in known.values() if text]
    lists = sum(_LIST.fullmatch(text) is not None for text in filled)
    if lists > len(filled) / 2:
        joined = {cell: _joined(_listed(text)) for cell, text in known.items()}
    else:
        separator = _separator(filled)
        joined = {cell: _joined(text.split(separator)) if separator else text for cell, text in known.items()}
    return [joined[cell] for cell in cells]


def _joined(genres: Iterable[str]) -> str:
    named = (genre.strip().replace("|", "/") for genre in genres)
    return "|".join(dict.fromkeys(genre for genre in named if genre.casefold() not in _MISSING))


def _separator(cells: Sequence[str]) -> str:
    if any("|" in cell for cell in cells):
        return "|"
    counts = {sign: sum(sign in cell for cell in cells) for sign in _SPLIT_ALWAYS}
    most = max(counts, key=lambda sign: counts[sign])
    if counts[most]:
        return most
    return "/" if _recombine(cells, "/") else ""


def _recombine(cells: Sequence[str], separator: str) -> bool:
    """Return whether a part of a cell stands in another one too, with something else or alone."""
    parts = [{part.strip() for part in cell.split(separator)} for cell in cells]
    in_cells = Counter(part for some in parts for part in some)
    several = [some for some in parts if len(some) > 1]
    return 2 * sum(any(in_cells[part] > 1 for part in some) for some in several) > len(several)


def _listed(text: str) -> list[str]:
    """Return the texts of a list as Python, JSON, NumPy or PostgreSQL writes it; of objects their names."""
    if not _LIST.fullmatch(text):
        return [text]
    if ":" in text and "{" in text:
        for read in (ast.literal_eval, json.loads):
            try:
                return _names(read(text))
            except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
                continue
        return []
    try:
        return _names(json.loads(text))
    except (ValueError, RecursionError):
        quoted = [re.sub(r"\\(.)", r"\1", first or second) for first, second in _QUOTED.findall(text)]
    return quoted or text.strip("[](){} \t\n").split(",")


def _names(found: Any) -> list[str]:
    entries = found if isinstance(found, list | tuple) else [found]
    names = []
    for entry in entries:
        if isinstance(entry, dict):
            # {"id": 16, "name": "Animation"}; else a dictionary whose values are the names
            named = next((str(entry[key]) for key in _NAMES if key in entry), None)
            names += [named] if named is not None else [str(value) for value in entry.values()]
        else:
            names.append(str(entry))
    return names
