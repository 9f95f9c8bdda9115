"""A table as CSV or JSON. CSV is safe to open in a spreadsheet: no text of the data becomes a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

from mftui.data.storage.csv_cells import inert
from mftui.errors import UsageError

Value = str | int | float | None
KINDS = (".csv", ".json")


def export_table(file: Path, names: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Write `rows` under `names` to `file`, in the format of its suffix; what was there is replaced.

    Raises UsageError where the suffix is unknown or the file cannot be written.
    """
    from mftui.data.storage.writing import write_text

    kind = file.suffix.lower()
    if kind not in KINDS:
        raise UsageError(f"{file.name}: no known format.", hint="End the name in .csv or .json.")
    text = as_csv(names, rows) if kind == ".csv" else as_json(names, rows)
    try:
        write_text(file, text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).", hint="Give another place.") from error


def as_csv(names: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """As in RFC 4180, with a header line. A text that a spreadsheet would compute gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([[inert(value) if isinstance(value, str) else value for value in row] for row in rows])
    return out.getvalue()


def as_json(names: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """A list of objects, texts as they are."""
    keys = [re.sub(r"\W+", "_", name.lower()) for name in names]
    return json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=1, ensure_ascii=False) + "\n"


def file_name(caption: str) -> str:
    """A name for the file of a table: "Neighbours of Heat (1995)" becomes neighbours-of-heat-1995.csv."""
    from mftui.text import fold

    return (re.sub(r"[^a-z0-9]+", "-", fold(caption)).strip("-")[:60].strip("-") or "table") + ".csv"
