"""A small file as lines of cells of text, whatever its form: delimited text, JSON, XML, a web page, a sheet."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from mftui.data.forms import words
from mftui.data.forms.read import read_form
from mftui.data.incoming.own_roles import looks_like_header
from mftui.data.memory import bounded
from mftui.data.profiles.many_texts import Texts
from mftui.data.profiles.tables import content_of, decoded, delimiter_of, even_in, split
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

Line = tuple[int, list[str]]
"""Its number in the file, and its cells."""
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_XML = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?!html|!doctype|table|head|meta)\w", re.IGNORECASE | re.DOTALL)
_DEEP = 6
_HEAD_BYTES = 4096
_FIRST_LINE = 1 << 16
_KINDS = ("movie", "show", "season", "episode", "anime", "game", "book")


@dataclass(frozen=True)
class Grid:
    """What a file holds."""

    lines: list[Line]
    form: str = "text"
    delimiter: str = ""
    encoding: str = ""
    named: bool = False
    """The first line has the names of the columns, for certain."""
    part: str = ""
    """The sheet or table that was read, of a file that has several."""
    columns: Sequence[Texts] = ()
    """What is below the only line, where `lines` has only that with the names."""


def read_grid(ref: FileRef, part: str | None = None, *, fits: Callable[[list[str]], bool] = looks_like_header) -> Grid:
    """Read a file of any form; raises DataError for what cannot be read.

    Parameters
    ----------
    part: the sheet or table, of several.
    fits: whether a line has the names of the columns.
    """
    with bounded(ref, ref.n_bytes):
        return _grid(ref, part, fits)


def _grid(ref: FileRef, part: str | None, fits: Callable[[list[str]], bool]) -> Grid:
    head = ref.head(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"{", b"[")) and (objects := _objects(decoded(ref).lstrip("\ufeff \t\r\n"))) is not None:
        return _of_objects(objects, "JSON")
    if _XML.match(head.decode("latin-1")):
        return _of_objects(_of_xml(ref, decoded(ref).lstrip("\ufeff \t\r\n")), "XML")
    form = read_form(ref, part, fits=looks_like_header)
    if form is not None:
        rows = zip(*(map(_text, column.to_pylist()) for column in form.columns), strict=True)
        lines = [(at, list(row)) for at, row in enumerate(rows, 1)]
        return Grid(
            [(0, list(form.names)), *lines] if form.header else lines, form.form, named=form.header, part=form.part
        )
    content = content_of(ref)
    even = even_in(content)
    if even is not None and fits(even.header) and "," not in even.header[0]:
        return Grid([(1, even.header)], "text", even.delimiter, "utf-8", columns=even.columns)
    text, encoding = words.decoded(content), words.encoding_of(content)
    if len(text) > _FIRST_LINE and not any(end in text[:_FIRST_LINE] for end in "\r\n"):
        message = f"the first line has more than {_FIRST_LINE >> 10} KB: this is no table of ratings."
        raise DataError(message, path=ref, hint="Give one with a line for each film.")
    told = _SEPARATOR.match(text)
    delimiter = told[1] if told else delimiter_of(text)
    lines = split(ref.path, text[told.end() :] if told else text, delimiter)
    if told:
        lines = [(line + 1, cells) for line, cells in lines]
    return Grid(_doubly_split(lines), "text", delimiter, encoding)


def _doubly_split(lines: list[Line]) -> list[Line]:
    """Split the first cell of every line where the first cell of the header holds several names with commas between."""
    names = lines[0][1][0].split(",") if lines and len(lines[0][1]) > 1 else []
    more = len(names) - 1
    if more < 1 or not all(cells[0].count(",") >= more for _, cells in lines):
        return lines
    return [(line, [*cells[0].split(",", more), *cells[1:]]) for line, cells in lines]


def _of_objects(objects: Iterable[dict[str, Any]], form: str) -> Grid:
    """Make a table of objects: a column for every key, at whatever depth."""
    flat = [_flat(found) for found in objects]
    names = list(dict.fromkeys(name for row in flat for name in row))
    rows = [(at, [row.get(name, "") for name in names]) for at, row in enumerate(flat, 1)]
    return Grid([(0, names), *rows] if names else [], form, named=True)


def _objects(text: str) -> list[dict[str, Any]] | None:
    """Return the objects of a JSON text, or of its lines; None where it is none."""
    try:
        return list(_found(json.loads(text), "", 0))
    except RecursionError:
        return None
    except ValueError:
        pass
    try:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return [row for row in rows if isinstance(row, dict)]


def _found(value: Any, kind: str, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, of lists below the names of kinds ("movies", "shows"), or of columns."""
    if isinstance(value, list) and depth < _DEEP:
        for item in value:
            if not isinstance(item, dict):
                continue
            within = [inner for inner in item.values() if _is_list_of_objects(inner)]
            if within and not looks_like_header(list(_flat(item))):
                for inner in within:
                    yield from _found(inner, kind, depth + 1)
            else:
                yield {"type": kind, **item} if kind else item
    elif isinstance(value, dict) and depth < _DEEP:
        columns = [column for column in value.values() if isinstance(column, list | dict)]
        if len(columns) == len(value) > 1 and len({len(column) for column in columns}) == 1 and _scalars(columns):
            keys = list(columns[0]) if isinstance(columns[0], dict) else range(len(columns[0]))
            for key in keys:
                yield {name: _at(column, key) for name, column in value.items()}
        elif not any(isinstance(item, list | dict) for item in value.values()):
            yield value
        else:
            for name, item in value.items():
                singular = name.lower().removesuffix("s")
                if isinstance(item, list | dict):
                    yield from _found(item, singular if singular in _KINDS else kind, depth + 1)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _scalars(columns: Sequence[Any]) -> bool:
    values = (v for column in columns for v in (column.values() if isinstance(column, dict) else column))
    return not any(isinstance(value, list | dict) for value in values)


def _at(column: Any, key: Any) -> Any:
    return column.get(key) if isinstance(column, dict) else column[key]


def _flat(found: dict[str, Any], depth: int = 0) -> dict[str, str]:
    """Return the values of an object as text. Of what is nested the inner names count (movie.ids.imdb is imdb), unless
    an outer one has the name already; a nested movie, show or episode says what the object is."""
    flat: dict[str, str] = {}
    for name, value in found.items():
        if not isinstance(value, dict | list):
            flat[name] = _text(value)
    for name, value in found.items():
        if isinstance(value, dict) and depth < _DEEP:
            if name in _KINDS:
                flat.setdefault("type", name)
            for inner, text in _flat(value, depth + 1).items():
                flat.setdefault(f"{inner}_id" if name == "ids" else inner, text)
    return flat


def _text(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, times as ISO 8601 has them."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime.date | datetime.datetime) else str(value)


def _of_xml(ref: FileRef, text: str) -> list[dict[str, Any]]:
    """Return the elements below the root that have elements of their own, or attributes."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError("this is XML with definitions of its own, which are not read.", path=ref, hint="Export a CSV.")
    try:
        root = ElementTree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text))
    except (ElementTree.ParseError, ValueError) as error:
        raise DataError(f"this is XML that cannot be read ({error}).", path=ref, hint="Export it again.") from error
    found = [dict(item.attrib) | {inner.tag: inner.text or "" for inner in item} for item in root]
    return [item for item in found if item]
