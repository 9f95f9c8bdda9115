"""The shapes in which JSON holds a table: records, rows, columns, and objects that wrap them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mftui.data.forms.table import POSITIONS, Ask, Table, choose, of_rows, of_values, positions, refused
from mftui.data.storage.files import FileRef

LINES = "JSON lines"
_LEVELS = 2
_HINT = "Give a list of objects, one for each rating, with its user, movie and rating."


def shaped(ref: FileRef, document: Any, ask: Ask, form: str) -> Table:
    """Return the table that a JSON document holds; `form` says what it is, "" to be told by its shape.

    Raises DataError where it holds none.
    """
    if isinstance(document, list):
        return _listed(ref, document, ask, form or "a JSON array")
    if not isinstance(document, dict):
        raise refused(ref, "JSON without a table", _HINT)
    return _object(ref, document, ask, form or "a JSON object")


def _listed(ref: FileRef, rows: list[Any], ask: Ask, form: str, part: str = "") -> Table:
    if rows and all(isinstance(row, dict) for row in rows):
        return _records(rows, ask, form, part)
    if rows and all(isinstance(row, list | tuple) for row in rows):
        width = len(rows[0])
        if width > 1 and all(len(row) == width for row in rows):
            header = (
                len(rows) > 1
                and all(isinstance(cell, str) for cell in rows[0])
                and not all(isinstance(cell, str) for cell in rows[1])
            )
            names = tuple(rows[0]) if header else positions(width)
            return Table(form, names, header, of_rows(rows[header:], width, ask.rows), part)
    raise refused(ref, f"{form} without objects" if rows else f"{form}, and it is empty", _HINT)


def _records(rows: list[dict[str, Any]], ask: Ask, form: str, part: str) -> Table:
    flat = [_flat(row) for row in (rows if ask.rows is None else rows[: ask.rows])]
    names = list(dict.fromkeys(name for row in flat for name in row))
    if ask.columns is not None:
        names = [name for name in names if name in ask.columns]
    columns = [of_values([[row.get(name) for row in flat]]) for name in names]
    return Table(form, tuple(names), True, columns, part)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return an object with the objects in it as fields with dots in their names."""
    for _ in range(_LEVELS):
        if not any(isinstance(value, dict) for value in row.values()):
            return row
        row = dict(_lifted(row))
    return row


def _lifted(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict) and set(value) == {"$oid"}:  # as MongoDB writes ids, numbers and dates
            yield name, value["$oid"]
        elif isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("$number"):
            yield name, _number(next(iter(value.values())))
        elif isinstance(value, dict) and set(value) == {"$date"}:
            yield name, value["$date"] if not isinstance(value["$date"], dict) else next(iter(value["$date"].values()))
        elif isinstance(value, dict):
            yield from ((f"{name}.{inner}", content) for inner, content in value.items())
        else:
            yield name, value


def _number(text: Any) -> Any:
    try:
        return int(text)
    except (TypeError, ValueError):
        try:
            return float(text)
        except (TypeError, ValueError):
            return text


def _object(ref: FileRef, document: dict[str, Any], ask: Ask, form: str) -> Table:
    if {"columns", "data"} <= document.keys() and _all(document["data"], list | tuple):
        names = tuple(map(str, document["columns"]))
        if all(len(row) == len(names) for row in document["data"]):
            return Table("JSON by rows", names, True, of_rows(document["data"], len(names), ask.rows))
    if isinstance(document.get("schema"), dict) and "data" in document:
        document = {"data": document["data"]}
    values = list(document.values())
    if values and all(isinstance(value, list) for value in values) and not any(_all(v, dict) for v in values):
        lengths = {len(value) for value in values}
        if len(lengths) == 1 and len(values) > 1:
            columns = [of_values([value]) for value in values]
            return Table("JSON by columns", tuple(document), True, columns)
    if values and all(isinstance(value, dict) and value for value in values):
        table = _of_objects(document, ask)
        if table is not None:
            return table
    lists = dict(_lists(document))
    if len(lists) > 1 and ask.table is None and _by_user(lists, ask):
        rows = [{"user": user, **row} for user, each in lists.items() for row in each]
        return _records(rows, ask, "JSON with a list of ratings for each user", "")
    if lists:
        chosen = choose(ref, ask, [(name, _names(rows)) for name, rows in lists.items()], form, "list")
        return _listed(ref, lists[chosen], ask, form, chosen)
    if values and not any(isinstance(value, list) for value in values):
        return _records([document], ask, LINES, "")
    raise refused(ref, f"{form} without a list of objects", _HINT)


def _of_objects(document: dict[str, dict[str, Any]], ask: Ask) -> Table | None:
    """Return the table of an object of objects: by columns, by rows, or the ratings of each user by movie."""
    inner = list(document.values())
    same = all(each.keys() == inner[0].keys() for each in inner)
    scalar = not any(isinstance(value, dict | list) for each in inner for value in each.values())
    if same and scalar and all(key.isdecimal() for key in inner[0]) and not all(key.isdecimal() for key in document):
        columns = [of_values([list(each.values())]) for each in inner]
        return Table("JSON by columns", tuple(document), True, columns)
    numbers = all(isinstance(value, int | float | None) for each in inner for value in each.values())
    if scalar and numbers and (not same or len(document) > 1) and not _record_like(inner[0], ask):
        triples = [(user, movie, value) for user, each in document.items() for movie, value in each.items()]
        rated = [triple for triple in triples if triple[2] is not None]
        columns = of_rows(rated, 3, ask.rows)
        return Table("JSON with the ratings of each user by movie", POSITIONS[:3], True, columns)
    return _records(inner, ask, "JSON by rows", "") if len({tuple(_flat(each)) for each in inner}) <= 2 else None


def _by_user(lists: dict[str, list[Any]], ask: Ask) -> bool:
    """Return whether lists are the ratings of one user each: the same fields in all, and no user among them."""
    fields = _names(next(iter(lists.values())))
    if not all(_all(rows, dict) and _names(rows) == fields for rows in lists.values()):
        return False
    rated = any("rating" in name.lower() or "score" in name.lower() for name in fields)
    return (
        rated
        and len(fields) > 1
        and not (ask.fits(fields) if ask.fits else any("user" in name.lower() for name in fields))
    )


def _record_like(first: dict[str, Any], ask: Ask) -> bool:
    """Return whether an object's keys are names of columns, and no ids of movies."""
    return ask.fits(list(first)) if ask.fits else any("rating" in key.lower() or "user" in key.lower() for key in first)


def _lists(document: dict[str, Any], before: str = "", levels: int = 2) -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of objects (or of rows) in an object, at most two levels deep, with their names."""
    for name, value in document.items():
        if isinstance(value, list) and value and (_all(value, dict) or _all(value, list)):
            yield f"{before}{name}", value
        elif isinstance(value, dict) and levels > 1:
            yield from _lists(value, f"{before}{name}.", levels - 1)


def _names(rows: list[Any]) -> list[str]:
    first = rows[0]
    return list(_flat(first)) if isinstance(first, dict) else list(positions(len(first)))


def _all(values: Any, kind: Any) -> bool:
    return (
        isinstance(values, Iterable)
        and not isinstance(values, str | dict)
        and all(isinstance(value, kind) for value in values)
    )
