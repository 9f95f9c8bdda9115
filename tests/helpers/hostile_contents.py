"""What a giver may have put into a file of a home, without changing that it is a file; see `hostile`."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mftui.data.storage.integrity import CHECKSUM, file_digest, sealed

Change = Callable[[Path, Path], None]
"""Called with the file and the directory outside."""
GIANT_BYTES = 1 << 40
BAD_VALUES: tuple[Any, ...] = (
    [1, "a"],
    {"a": [None]},
    "text",
    -1,
    1e308,
    2**70,
    None,
    True,
    "\u009b\u202e",
    [[[]]] * 3,
)


def _giant(file: Path, outside: Path) -> None:
    for size in (GIANT_BYTES, 1 << 33):
        try:
            os.truncate(file, size)
        except OSError:
            continue
        return


def _write(content: bytes) -> Change:
    return lambda file, outside: _over(file, content)


def _over(file: Path, content: bytes) -> None:
    file.unlink()  # a version of a model shares files with the version before
    file.write_bytes(content)


CONTENTS: dict[str, Change] = {
    "giant": _giant,
    "empty": _write(b""),
    "zeros": _write(bytes(3_000)),
    "a list": _write(b'[1, "a"]'),
    "another version": _write(b'{"format_version": 99}'),
    "deep": _write(b"[" * 100_000),
    "no UTF-8": _write(b"\xff\xfe\x00" * 50),
}


def wrong_documents(file: Path) -> Iterator[tuple[str, Change]]:
    """Every part of a document as something else, under a checksum that is right."""
    document = json.loads(file.read_bytes())
    known = document.pop(CHECKSUM, None) is not None
    keys: list[tuple[str, ...]] = [(key,) for key in document]
    keys += [(key, inner) for key, part in document.items() if isinstance(part, dict) for inner in list(part)[:8]]
    for number, way in enumerate(keys):
        for value in [BAD_VALUES[(number + shift) % len(BAD_VALUES)] for shift in (0, 5)]:
            yield f"{'.'.join(way)} = {value!r}"[:60], _document(way, value, known)


def wrong_lines(file: Path) -> Iterator[tuple[str, Change]]:
    """Every part of some lines as something else; lines that are torn, repeated, swapped, glued together."""
    lines = file.read_text().splitlines(keepends=True)
    for at in sorted({0, 1, len(lines) // 2, len(lines) - 1} & set(range(len(lines)))):
        for number, key in enumerate(json.loads(lines[at])):
            value = BAD_VALUES[(number + at) % len(BAD_VALUES)]
            changed = json.dumps({**json.loads(lines[at]), key: value}) + "\n"
            yield f"line {at}: {key} = {value!r}"[:60], _text("".join([*lines[:at], changed, *lines[at + 1 :]]))
    for what, text in {
        "torn": "".join(lines)[:-3],
        "glued": "".join(lines).replace("\n", "", 1),
        "repeated": "".join(lines) * 2,
        "swapped": "".join(reversed(lines)),
        "last line by the thousand": "".join([*lines, *lines[-1:] * 5_000]),
    }.items():
        yield what, _text(text)


def _text(text: str) -> Change:
    return _write(text.encode())


def _document(way: tuple[str, ...], value: Any, known: bool) -> Change:
    def do(file: Path, outside: Path) -> None:
        document = json.loads(file.read_bytes())
        document.pop(CHECKSUM, None)
        part = document
        for key in way[:-1]:
            part = part[key]
        part[way[-1]] = value
        _over(file, json.dumps(sealed(document) if known else document).encode())

    return do


def array_of(change: Callable[[Any], Any]) -> Change:
    def do(file: Path, outside: Path) -> None:
        whole = io.BytesIO()
        np.save(whole, change(np.load(file)), allow_pickle=True)
        _over(file, whole.getvalue())
        reseal(file)

    return do


def giant_array(file: Path, outside: Path) -> None:
    array = np.load(file)
    whole = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        whole, {"descr": array.dtype.str, "fortran_order": False, "shape": (1 << 36, *array.shape[1:])}
    )
    _over(file, whole.getvalue())
    _giant(file, outside)
    reseal(file)


def reseal(file: Path) -> None:
    """Give the document beside an array the digest that it has now: a giver can do that, too."""
    for beside in ("factors.json", "state.json", "dataset.json"):
        if (document_file := file.with_name(beside)).exists():
            document = json.loads(document_file.read_bytes())
            document.pop(CHECKSUM, None)
            if beside == "state.json":
                for entry in document["arrays"].values():
                    if entry["file"] == file.name:
                        entry["digest"] = file_digest(file)
                        entry["crc32"] = 0
            elif file.name in document["files"]:
                document["files"][file.name] = file_digest(file)
            _over(document_file, json.dumps(sealed(document)).encode())


def _filled(value: float) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.full_like(array, np.asarray(value).astype(array.dtype))

    return change


ARRAYS: dict[str, Callable[[Any], Any]] = {
    "complex": lambda a: a.astype(np.complex128),
    "text": lambda a: a.astype("<U5"),
    "float64": lambda a: a.astype(np.float64),
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "dates": lambda a: np.zeros(a.shape, dtype="datetime64[s]"),
    "objects": lambda a: a.astype(object),
    "records": lambda a: np.zeros(a.shape, dtype=[("a", "<i4"), ("b", "<f8")]),
    "scalar": lambda a: np.array(1, dtype=a.dtype),
    "one row more": lambda a: np.concatenate([a, a[:1]]) if len(a) else a,
    "no rows": lambda a: a[:0],
    "one dimension more": lambda a: a[..., None],
    "not a number": _filled(float("nan")),
    "infinite": _filled(float("inf")),
    "far too large": _filled(2e9),
    "negative": _filled(-7),
}
