"""Read JSON documents of mftui's own, of a bounded size, with their checksum and without numbers out of range."""

from __future__ import annotations

import json
import math
from itertools import chain
from pathlib import Path
from typing import Any

from mftui.data.storage.integrity import unsealed
from mftui.data.storage.regular import read_own

LARGEST_INTEGER = 2**63
_MOST_DEEP = 50
"""Lists and objects in each other: the interpreter gives up at some hundreds, and no document has ten."""


def read_document(path: Path, most: int, *, sealed: bool | None = False) -> dict[str, Any]:
    """Read a JSON object, without its checksum where it carries one.

    Parameters
    ----------
    most: of more bytes it is refused.
    sealed: it has to carry a checksum; None: its checksum is left in it, not looked at.

    Raises OSError where it cannot be read, ValueError or RecursionError where it is damaged.
    """
    document = json.loads(read_own(path, most))
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    _require_shallow(document)
    return document if sealed is None else unsealed(document, required=sealed)


def _require_shallow(document: dict[str, Any]) -> None:
    """Raise ValueError where things lie in each other deeper than in any document of mftui's own."""
    inner: list[Any] = [document]
    for _ in range(_MOST_DEEP):
        parts = chain.from_iterable(part.values() if isinstance(part, dict) else part for part in inner)
        inner = [part for part in parts if isinstance(part, dict | list)]
        if not inner:
            return
    raise ValueError("lists or objects lie too deep in each other")


class Of:
    """A table whose keys nobody knows beforehand, each with a value of one shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


def shaped(value: Any, shape: Any) -> Any:
    """Return a value that was read in the shape that it must have; what has another type counts as missing.

    `shape`: a type (`float` takes whole numbers, too; nothing but `bool` takes true and false), a list with the shape
    of its entries, a table of shapes by key (other keys stay as they are), or `Of`. What is missing is None, and is
    left out of lists and tables.
    """
    if isinstance(shape, type):
        fits = isinstance(value, int | float if shape is float else shape)
        return value if fits and (shape in (bool, object) or not isinstance(value, bool)) else None
    if isinstance(shape, list):
        found = [shaped(part, shape[0]) for part in value] if isinstance(value, list | tuple) else []
        return [part for part in found if part is not None]
    if not isinstance(value, dict):
        return None
    if isinstance(shape, Of):
        parts = {str(name): shaped(part, shape.shape) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None}
    return {name: shaped(part, shape[name]) if name in shape else part for name, part in value.items()}


def in_range(value: Any) -> Any:
    """Return a value of a document with None for each number that is not finite, or does not fit into 64 bits."""
    if isinstance(value, dict):
        return {name: in_range(part) for name, part in value.items()}
    if isinstance(value, list):
        return [in_range(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if -LARGEST_INTEGER <= value < LARGEST_INTEGER else None
    return value
