"""JSON: lines, arrays, columns, and objects around them; the same as Python writes it."""

from __future__ import annotations

import ast
import io
import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from mftui.data.forms.json_shapes import LINES, shaped
from mftui.data.forms.table import Ask, Table, of_arrow
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible

_EXACT = float(1 << 53)
_PEEK_BYTES = 1 << 20
_DEEPEST = 2_000


def read_json(ref: FileRef, ask: Ask) -> Table:
    """Read JSON of any of the usual shapes; ids stay exactly as they are written."""
    return (_by_arrow(ref, ask) if ask.rows is None else None) or _read(ref, ask, json.loads, "JSON")


def read_python(ref: FileRef, ask: Ask) -> Table:
    """Read what Python prints of dicts, a line each, or of a list of them."""
    with warnings.catch_warnings(action="ignore"):  # of backslashes in the text
        return _read(ref, ask, ast.literal_eval, "Python dicts")


def _by_arrow(ref: FileRef, ask: Ask) -> Table | None:
    """Read JSON lines by Arrow, which is quick; None where it does not take them, or would change a number."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import json as arrow_json

    if not ref.head(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    options = arrow_json.ReadOptions(block_size=16 << 20)
    with ref.open() as file:
        try:
            source = _Shallow(file)
            table = arrow_json.read_json(source, options, _only(ref, ask))
            source.check()
            flat = of_arrow(LINES, table)
        except DataError:
            raise
        except (ValueError, OSError, NotImplementedError, MemoryError):  # of names, too, that are no UTF-8
            return None
    if len(table) < 2:
        return None
    for column in flat.columns:
        floating = pa.types.is_floating(column.type)
        if pa.types.is_timestamp(column.type) or (floating and (pc.max(pc.abs(column)).as_py() or 0.0) >= _EXACT):
            return None
    return flat


class _Shallow(io.RawIOBase):
    """A file for Arrow, whose reader ends the process where objects lie very deep in each other: it ends before them.

    A fault in reading it is kept for `check`: Arrow's threads could not hand it on once this process ends.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._line = file, b""
        self._fault: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            content = b"" if self._fault else self._file.read(len(view))
        except (DataError, OSError) as error:
            self._fault, content = error, b""
        whole = self._line + content
        if _deep(whole):
            self._fault, content = ValueError("objects lie too deep in each other"), b""
        self._line = whole[whole.rfind(b"\n") + 1 :]
        view[: len(content)] = content
        return len(content)

    def check(self) -> None:
        """Raise what was wrong."""
        if self._fault is not None:
            raise self._fault


def _deep(content: bytes) -> bool:
    """Return whether in a line objects or lists lie more than `_DEEPEST` deep in each other; its texts count, too."""
    at = 0
    while (end := at + _DEEPEST // 2) < len(content):
        if content.find(b"\n", at, end) < 0:  # a line that is long enough
            start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", end)
            line = content[start : None if end < 0 else end]
            if line.count(b"{") + line.count(b"[") > _DEEPEST and _depth(line) > _DEEPEST:
                return True
            end = start + len(line)
        at = end
    return False


def _depth(line: bytes) -> int:
    import numpy as np

    signs = np.frombuffer(line, np.uint8)
    opened = (signs == ord("{")) | (signs == ord("["))
    closed = (signs == ord("}")) | (signs == ord("]"))
    return int(np.cumsum(opened.astype(np.int32) - closed).max())


def _only(ref: FileRef, ask: Ask) -> Any:
    """Return how Arrow is to leave out what is not asked for (a review's text): by the types of the first lines.

    None where not all that is asked for occurs in them, or nothing is to be left out.
    """
    import pyarrow as pa
    from pyarrow import json as arrow_json

    if ask.columns is None:
        return None
    wanted = {name.split(".")[0] for name in ask.columns}
    schema = arrow_json.read_json(io.BytesIO(ref.head(_PEEK_BYTES).rpartition(b"\n")[0])).schema
    fields = [field for field in schema if field.name in wanted and not pa.types.is_null(field.type)]
    if {field.name for field in fields} != wanted:
        return None
    return arrow_json.ParseOptions(explicit_schema=pa.schema(fields), unexpected_field_behavior="ignore")


def _read(ref: FileRef, ask: Ask, parse: Callable[[str], Any], form: str) -> Table:
    if ask.rows is not None:
        head = _first_lines(ref, ask.rows + 2)
        if len(head) > 1:
            try:
                return _table_of_lines(ref, head, parse, form, ask)
            except _FAULTS:
                pass  # no lines of objects: all of it is needed
    with ref.open() as file:
        content = file.read()
    text = _decoded(content)
    try:
        document = parse(text)
    except MemoryError:
        raise
    except _FAULTS as whole:
        try:
            return _table_of_lines(ref, text.split("\n"), parse, form, ask)
        except _FAULTS as error:
            objects = _objects(text) if form == "JSON" else None
            if objects is None:
                raise _no_json(ref, form, whole, error) from error
            return shaped(ref, objects, ask, LINES)
    return shaped(ref, document, ask, "" if form == "JSON" else form)


# RecursionError and MemoryError: lists in lists without end. SyntaxError and the rest: what literal_eval says.
_FAULTS = (json.JSONDecodeError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError)


class _LineFault(ValueError):
    def __init__(self, line: int, why: Exception) -> None:
        super().__init__(str(why))
        self.line = line


def _table_of_lines(ref: FileRef, lines: Iterable[str], parse: Callable[[str], Any], form: str, ask: Ask) -> Table:
    return shaped(ref, list(_parsed(lines, parse)), ask, LINES if form == "JSON" else f"lines of {form}")


def _parsed(lines: Iterable[str], parse: Callable[[str], Any]) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = parse(line.strip())
        except _FAULTS as error:
            raise _LineFault(number, error) from error
        if not isinstance(value, dict | list):
            raise _LineFault(number, ValueError("no object"))
        yield value


def _first_lines(ref: FileRef, rows: int) -> list[str]:
    """Return the first whole lines within the first megabyte."""
    head = ref.head(_PEEK_BYTES)
    text = _decoded(head if len(head) < _PEEK_BYTES else head[: head.rfind(b"\n") + 1])
    return [line for line in text.split("\n") if line.strip()][:rows]


def _objects(text: str) -> list[Any] | None:
    """Return the objects that stand one after another, over as many lines as they like; None where they do not."""
    found: list[Any] = []
    decoder, at = json.JSONDecoder(), 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at == len(text):
            return found
        try:
            value, at = decoder.raw_decode(text, at)
        except _FAULTS:
            return None
        found.append(value)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _no_json(ref: FileRef, form: str, whole: Exception, lines: Exception) -> DataError:
    line = lines.line if isinstance(lines, _LineFault) and lines.line > 1 else getattr(whole, "lineno", None)
    why = str(lines if isinstance(lines, _LineFault) and lines.line > 1 else whole)
    return DataError(
        f"this begins as {form} and is none ({visible(why[:120])}): damaged or cut short.",
        path=ref,
        line=line,
        hint="Mend the line, or download or export the file again.",
    )
