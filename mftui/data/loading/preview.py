"""A look at a file of ratings before anything is trained on it: its first rows, how it is read, what is doubtful.

`python -m mftui.data.loading.preview SOURCE OPTIONS` (`ReadOptions.document` as JSON) prints a `Preview` as one line of
JSON from the beginning of the file, and one more from all of it: the app runs this in a child process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace

from mftui.data.delimited.layout import Layout, look_at
from mftui.data.delimited.positions import is_date, is_number
from mftui.data.delimited.text import reading_of
from mftui.data.readers.names import match
from mftui.data.readers.typed_columns import look_at_table
from mftui.data.reading.first_look import Preview, Trouble
from mftui.data.reading.options import ROLES, ReadOptions
from mftui.data.reading.reading import Reading
from mftui.data.sources.locate import locate
from mftui.data.storage.files import FileRef
from mftui.errors import MftuiError

ROWS = 8
_MAX_COLUMNS = 500
_MAX_CELL = 60


def preview(source: str, how: ReadOptions | None = None, *, rows: int = ROWS) -> Preview:
    """Return what the beginning of a file shows; what is wrong with the file is part of it, and raises nothing.

    Parameters
    ----------
    source: as `open_dataset` takes it.
    how: what is said of the file.
    rows: how many of its rows.
    """
    how = how or ReadOptions()
    try:
        ref = locate(source, how.checked()).ratings_files[0]
        return _typed(ref, how, rows) or _text(ref, how, rows)
    except MftuiError as error:
        return Preview(trouble=Trouble.of(error))


def whole(source: str, how: ReadOptions, head: Preview) -> Preview:
    """Return what all of the file shows, given what its beginning does. It is kept in the cache, so that a training has
    it at once."""
    from mftui.data.loading.load import open_dataset

    try:
        data = open_dataset(source, how=how)
    except MftuiError as error:
        return replace(head, whole=True, trouble=Trouble.of(error))
    repairs = [text for text in data.repairs if not any(why in text for why in data.reading.left_out)]
    return replace(
        head,
        reading=data.reading,
        whole=True,
        n_users=data.n_users,
        n_movies=data.n_movies,
        n_ratings=data.n_ratings,
        scale=(data.scale.lo, data.scale.hi),
        notes=(*data.reading.warnings, *repairs),
        trouble=None,
    )


def _typed(ref: FileRef, how: ReadOptions, rows: int) -> Preview | None:
    found = look_at_table(ref, how, rows)
    if found is None:
        return None
    table, reading, error = found
    columns = [column.slice(0, rows).to_pylist() for column in table.columns[:_MAX_COLUMNS]]
    cells = [["" if value is None else str(value) for value in row] for row in zip(*columns, strict=True)]
    return _shown(table.names, table.header, cells, reading, error, how)


def _text(ref: FileRef, how: ReadOptions, rows: int) -> Preview:
    layout, lines, error = look_at(ref, how)
    if layout is None:
        return Preview(trouble=Trouble.of(error) if error else None)
    filled = [line for line in lines[layout.skip_lines - layout.header :] if line.strip()]
    cells = layout.split(filled[: rows + 1])
    if error is not None:
        layout = _likely(layout, how, cells)
    return _shown(layout.names, layout.header, cells[layout.header :][:rows], reading_of(layout), error, how)


def _likely(layout: Layout, how: ReadOptions, rows: Sequence[Sequence[str]]) -> Layout:
    """Return the layout of a file that is not understood, with a header and columns where they are likely."""
    first, second = (
        {at for at, cell in enumerate(row) if cell.strip() and not (is_number(cell) or is_date(cell))}
        for row in (rows[0], rows[min(1, len(rows) - 1)])
    )
    if len(first) < len(rows[0]) and first <= second:  # no word stands over numbers
        names = tuple(str(at + 1) for at in range(len(layout.names)))
        return replace(layout, header=False, skip_lines=layout.skip_lines - layout.header, names=names)
    return replace(layout, columns=layout.columns or match(layout.names, ROLES, how.columns))


def _shown(
    names: Sequence[str],
    header: bool,
    rows: Sequence[Sequence[str]],
    reading: Reading | None,
    error: MftuiError | None,
    how: ReadOptions,
) -> Preview:
    error = None if how.wide else error  # a matrix has no columns to be found
    cut = tuple(tuple(text.strip()[:_MAX_CELL] for text in row[:_MAX_COLUMNS]) for row in rows)
    kept = tuple(name[:_MAX_CELL] for name in names[:_MAX_COLUMNS])
    return Preview(kept, header, cut, reading, trouble=Trouble.of(error) if error else None)


def _main(source: str, options: str) -> None:
    how = ReadOptions(**json.loads(options))
    head = preview(source, how)
    _print(head)
    _print(whole(source, how, head))


def _print(found: Preview) -> None:
    sys.stdout.write(json.dumps(found.document()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
