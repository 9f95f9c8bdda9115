"""Data sets published in blocks: the Netflix Prize, SNAP's reviews, Yahoo's KDD Cup."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from mftui.data.forms.table import POSITIONS, Ask, Table, refused
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

_ROWS = 1_000_000
_BLOCK_BYTES = 16 << 20
NETFLIX = re.compile(rb"\d+:[ \t]*\r?\n(?:\d+,\d+(?:\.\d+)?(?:,|\r?\n|$)|\d+(?:,\d{4}-\d\d-\d\d)?\r?(?:\n|$))")
YAHOO = re.compile(rb"\d+\|\d+\r?\n\d+\t")
SNAP = re.compile(rb"(?:product/productId|review/userId|beer/name|beer/beerId|review/[a-zA-Z]+): ")
_SNAP_KEYS = {
    "user": (b"review/userId", b"review/profileName"),
    "movie": (b"product/productId", b"beer/beerId"),
    "rating": (b"review/score", b"review/overall"),
    "timestamp": (b"review/time",),
}


def read_netflix(ref: FileRef, ask: Ask) -> Table:
    """Read a file of the Netflix Prize: the movie's number and a colon, then its lines of user, rating, date."""

    def unrated(frame: Any) -> bool:
        return bool(frame["rating"].isna().all() or frame["rating"].str.contains("-").all())

    form, hint = "a file of the Netflix Prize", "Give combined_data_1.txt or the directory training_set."
    frames = _under_headings(ref, ask, ",", ["user", "rating", "timestamp"], "user", ":", "movie")
    table = _joined(ref, form, frames, POSITIONS, unrated)
    if table is None:
        raise refused(ref, f"{form} without ratings (probe or qualifying)", hint)
    return table


def read_yahoo(ref: FileRef, ask: Ask) -> Table:
    """Read a file of Yahoo's KDD Cup: user|n, then n lines of item, rating, day and time; day 0 is not told."""

    def unrated(frame: Any) -> bool:
        return bool(frame["rating"].isna().all() or (frame["clock"].isna() & frame["day"].notna()).all())

    form = "a file of Yahoo's KDD Cup"
    frames = _under_headings(ref, ask, "\t", ["movie", "rating", "day", "clock"], "movie", "|", "user")
    table = _joined(ref, form, frames, ("user", "movie", "rating", "day", "clock"), unrated)
    if table is None:
        raise refused(ref, f"{form} without ratings (a test file)", "Give trainIdx1.txt or trainIdx2.txt.")
    return table


def _joined(
    ref: FileRef, form: str, frames: Iterable[Any], names: Sequence[str], unrated: Callable[[Any], bool]
) -> Table | None:
    """Return the table of frames, without the columns that are blank; None where the first frame is `unrated`."""
    import pyarrow as pa

    arrays: dict[str, list[Any]] = {name: [] for name in names}
    for frame in frames:
        if not len(frame):
            continue
        if not arrays["rating"] and unrated(frame):
            return None
        _check(ref, form, frame)
        for name in names:
            arrays[name].append(_typed(frame[name], name))
    columns = {
        name: _united(found) for name, found in arrays.items() if any(len(one) > one.null_count for one in found)
    }
    if not columns:
        return Table(form, tuple(names), True, [pa.chunked_array([pa.nulls(0)]) for _ in names])
    return Table(form, tuple(columns), True, list(columns.values()))


def _under_headings(
    ref: FileRef, ask: Ask, delimiter: str, names: list[str], first: str, mark: str, role: str
) -> Iterator[Any]:
    """Yield frames of text: the lines under headings (the fields `first` with `mark`), with the heading as `role`."""
    import pandas as pd

    heading, line = None, 1
    with ref.open() as file:
        try:
            frames = pd.read_csv(
                io.BytesIO(file.read(1 << 20).rpartition(b"\n")[0]) if ask.rows else file,
                sep=delimiter,
                header=None,
                names=names,
                dtype=str,
                chunksize=_ROWS,
                skip_blank_lines=False,
                keep_default_na=False,
                na_values=[""],
                quoting=3,
                encoding="latin-1",
                index_col=False,
            )
            for frame in frames:
                marked = frame[first].str.contains(mark, regex=False, na=False)
                numbers = frame[first].where(marked).str.partition(mark)[0]
                frame[role] = numbers.ffill() if heading is None else numbers.ffill().fillna(heading)
                frame["line"] = range(line, line + len(frame))
                heading, line = frame[role].iloc[-1], line + len(frame)
                yield frame[~marked & frame[first].notna()]
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            found = re.search(r"line (\d+)", str(error))
            raise DataError(
                "too many fields for this form.",
                path=ref,
                line=int(found.group(1)) if found else None,
                hint="Mend or remove the line.",
            ) from error


def _check(ref: FileRef, form: str, chunk: Any) -> None:
    numbers = chunk["rating"].str.fullmatch(r"-?\d+(?:\.\d+)?", na=False)
    if not numbers.all():
        at = (~numbers).to_numpy().argmax()
        line = int(chunk["line"].iloc[at])
        raise DataError(f"this is {form}, but the line has no rating.", path=ref, line=line, hint="Download it again.")


def _typed(text: Any, name: str) -> Any:
    """Return a column of text as Arrow's: ids and ratings as numbers where all are, dates as dates."""
    import pyarrow as pa

    array = pa.array(text, pa.string(), from_pandas=True)
    wanted = {"timestamp": [pa.date32()], "rating": [pa.int64(), pa.float64()], "clock": []}.get(name, [pa.int64()])
    for kind in wanted:
        try:
            return array.cast(kind)
        except pa.ArrowInvalid:
            continue
    return array


def _united(arrays: list[Any]) -> Any:
    import pyarrow as pa

    types = {array.type for array in arrays}
    common = types.pop() if len(types) == 1 else pa.float64() if types == {pa.int64(), pa.float64()} else pa.string()
    return pa.chunked_array([array.cast(common) for array in arrays], common)


def read_snap(ref: FileRef, ask: Ask) -> Table:
    """Read blocks of `key: value` lines with blank lines between, as SNAP publishes reviews."""
    import pyarrow as pa

    form = "blocks of reviews, as SNAP publishes them"
    with ref.open() as file:
        pieces = [_review_columns(block) for block in _whole_blocks(file, ask)]
    roles = [role for role in POSITIONS if any(any(piece[role]) for piece in pieces)]
    if not {"user", "movie", "rating"} <= set(roles):
        raise refused(ref, f"{form}, without users, products or scores", "Give the file of reviews.")
    columns = []
    for role in roles:
        column = pa.chunked_array([pa.array(piece[role], pa.string()) for piece in pieces], pa.string())
        try:
            kind = {"rating": pa.float64(), "timestamp": pa.int64()}.get(role, pa.string())
            columns.append(column.cast(kind))
        except pa.ArrowInvalid:
            columns.append(column)  # "16/20": what it means, others say
    return Table(form, tuple(roles), True, columns)


def _whole_blocks(file: IO[bytes], ask: Ask) -> Iterator[bytes]:
    left = b""
    size = _BLOCK_BYTES if ask.rows is None else 1 << 20
    while content := file.read(size):
        block = (left + content).replace(b"\r\n", b"\n")
        whole, blank, left = block.rpartition(b"\n\n")
        if blank:
            yield whole
            if ask.rows is not None and len(content) == size:
                return
    if left.strip():
        yield left


def _review_columns(block: bytes) -> dict[str, list[str | None]]:
    """Return the fields of a piece of the file: by one pass for each key where all reviews have it, else one by one."""
    found: dict[str, list[str | None]] = {}
    for role, keys in _SNAP_KEYS.items():
        for key in keys:
            found[role] = [value.decode("utf-8", "replace").strip() for value in _lines_of(key, block)]
            if found[role]:
                break
    if len({len(values) for values in found.values() if values}) == 1:
        n = max(map(len, found.values()))
        return {role: values or [None] * n for role, values in found.items()}
    reviews = [review for review in block.split(b"\n\n") if review.strip()]
    return {
        role: [
            next((text.decode("utf-8", "replace").strip() for key in keys for text in _lines_of(key, review)), None)
            for review in reviews
        ]
        for role, keys in _SNAP_KEYS.items()
    }


def _lines_of(key: bytes, block: bytes) -> list[bytes]:
    return re.findall(rb"^" + re.escape(key) + rb":(.*)$", block, re.MULTILINE)
