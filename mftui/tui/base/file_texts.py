"""What is written to files: tables as CSV and JSON, and what is seen as SVG and as text.

CSV is safe to open in a spreadsheet: no text of the data becomes a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mftui.text import fold, json_text, visible

if TYPE_CHECKING:
    from textual.strip import Strip

    from mftui.tui.base.messages import Value

_REMOTE_FONT = re.compile(r"@font-face \{.*?\}", re.DOTALL)
"""What Rich would have a viewer load from the web."""


def as_csv(names: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Write CSV (RFC 4180) with a header line. A text that a spreadsheet would compute gets an apostrophe before it."""
    from mftui.data.storage.csv_cells import inert

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([[inert(value) if isinstance(value, str) else value for value in row] for row in rows])
    return out.getvalue()


def as_json(names: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a list of objects, texts as they are."""
    keys = [re.sub(r"\W+", "_", name.lower()) for name in names]
    return json_text([dict(zip(keys, row, strict=True)) for row in rows], indent=1) + "\n"


def table_texts(names: Sequence[str], rows: Callable[[], Iterable[Sequence[Value]]]) -> Mapping[str, Callable[[], str]]:
    """Return what makes the files of a table, by the ending of their names."""
    return {".csv": lambda: as_csv(names, rows()), ".json": lambda: as_json(names, rows())}


def as_text(strips: Iterable[Strip]) -> str:
    """Return lines of the screen without their colours."""
    return "".join(f"{strip.text.rstrip()}\n" for strip in strips)


def as_svg(strips: Sequence[Strip], title: str) -> str:
    """Draw lines of the screen as a picture, which loads nothing from elsewhere."""
    from rich.console import Console
    from rich.segment import Segment, Segments

    width = max((strip.cell_length for strip in strips), default=1)
    console = Console(
        width=width, height=len(strips), file=io.StringIO(), force_terminal=True, color_system="truecolor",
        record=True, legacy_windows=False, safe_box=False,
    )  # fmt: skip
    console.print(Segments([part for strip in strips for part in (*strip, Segment.line())]), end="")
    return _REMOTE_FONT.sub("", console.export_svg(title=visible(title)))


def file_name(caption: str, ending: str) -> str:
    """Return a name for a file: "Neighbours of Heat (1995)" becomes neighbours-of-heat-1995.csv."""
    return (re.sub(r"[^a-z0-9]+", "-", fold(caption)).strip("-")[:60].strip("-") or "table") + ending
