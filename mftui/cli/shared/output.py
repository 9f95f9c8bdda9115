"""Results on standard output: one JSON document, or a table, with foreign text made safe to print."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TextIO

import click

from mftui.cli.shared.fitting import GAP, fitted
from mftui.tables.cells import cells_of
from mftui.text import json_text, visible, visible_lines

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn

Cell = str | int | float | None
ABSENT = "–"
_BETWEEN = " " * GAP

force_option = click.option("--force", is_flag=True, help="Replace the file if it is there already.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")


def print_json(document: Any) -> None:
    """Write `document` as one line of JSON. NumPy values become plain ones, NaN and infinity null."""
    plain = _plain(document)
    text = json_text(plain, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a terminal that is not UTF-8
        text = json.dumps(plain, allow_nan=False)
    sys.stdout.write(text + "\n")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    title: str | None = None,
    *,
    formats: Mapping[str, str] | None = None,
) -> None:
    """Write a table: on a terminal fitted to its width, else plain and as wide as its content.

    The column of titles comes first. On a terminal, columns leave as `mftui.tables.columns` says, titles are cut in the
    middle, sentences are wrapped, and nothing else is; what has no room then stands in another table below.

    Parameters
    ----------
    columns: the headings.
    rows: cells as text or numbers. A column of numbers is aligned to the right; None is a dash.
    title: a line above the table.
    formats: by heading, how floats are written; others have three decimals.
    """
    from rich.console import Console
    from rich.text import Text

    cells = [*rows]
    floats = [(formats or {}).get(heading, ".3f") for heading in columns]
    numeric = [bool(cells) and all(not isinstance(row[at], str) for row in cells) for at in range(len(columns))]
    body = [[_safe(_shown(cell, spec)) for cell, spec in zip(row, floats, strict=True)] for row in cells]
    headings = [_safe(heading) for heading in columns]
    del cells, rows
    console = Console(markup=False, highlight=False, emoji=False)
    room = console.width if console.is_terminal else None
    if title:
        console.print(Text(_safe(title), style="bold"), soft_wrap=room is None)
    for number, part in enumerate(fitted(headings, body, room, _encodable("…", "~"))):
        widths, right = [*part.widths.values()], [numeric[at] for at in part.widths]
        console.width = sum(widths) + GAP * len(widths)
        shown = [headings[at] for at in part.widths]
        sys.stdout.write("\n" * bool(number) + _laid_out(console, shown, widths, right, None))
        # Rich would take a second for a few thousand rows, so it gets those alone that it has to wrap.
        texts = (map(itemgetter(at), part.rows) for at in range(len(widths)))
        lines = zip(*map(_padded, texts, widths, right), strict=True)
        sys.stdout.writelines(
            _laid_out(console, shown, widths, right, row) if None in line else f"{_BETWEEN.join(line).rstrip()}\n"
            for row, line in zip(part.rows, lines, strict=True)
        )


def print_line(text: str = "", *, to: TextIO | None = None) -> None:
    """Write one line of foreign text, made safe to print, to standard output or `to`."""
    click.echo(_safe(text), file=to)


def note(text: str) -> None:
    """Write one line on standard error, such as why a list is short."""
    click.echo(visible(text), err=True)


def print_file(text: str) -> None:
    """Write the content of a file, such as CSV: as it is, but made safe to print where a terminal would show it."""
    sys.stdout.write(visible_lines(text.replace("\r\n", "\n")) if sys.stdout.isatty() else text)


def progress_bar(*columns: ProgressColumn, shown: bool = True) -> Progress:
    """Make a bar on standard error that vanishes when it is done; `columns` stand between the bar and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    around = TextColumn("{task.description}", markup=False), BarColumn(), *columns, TimeRemainingColumn()
    return Progress(*around, console=Console(stderr=True), transient=True, disable=not shown)


def _laid_out(
    console: Console, headings: Sequence[str], widths: Sequence[int], right: Sequence[bool], row: Sequence[str] | None
) -> str:
    """Return the lines of a row, its cells wrapped to their widths; of the headings where there is none."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim", show_header=row is None)
    for heading, width, at_right in zip(headings, widths, right, strict=True):
        table.add_column(Text(heading), justify="right" if at_right else "left", width=width)
    if row is not None:
        table.add_row(*map(Text, row))
    with console.capture() as drawn:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in drawn.get().split("\n")[:-1])


def _padded(texts: Iterable[str], width: int, at_right: bool) -> list[str | None]:
    """Return the cells of a column, padded to its width; None for those that are wider."""
    padded: list[str | None] = []
    for text in texts:
        pad = width - cells_of(text)
        padded.append(None if pad < 0 else text.rjust(len(text) + pad) if at_right else text.ljust(len(text) + pad))
    return padded


def _shown(cell: object, float_format: str) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) or (isinstance(cell, Real) and not isinstance(cell, Integral)):
        return ABSENT if math.isnan(cell) else format(cell, float_format)
    return ABSENT if cell is None else str(cell)


def _safe(text: str) -> str:
    """Return `text` with control characters visible, and escapes such as `\\xe9` for what cannot be encoded."""
    if text.isascii() and text.isprintable():
        return text
    encoding = sys.stdout.encoding or "utf-8"
    return visible(text).encode(encoding, "backslashreplace").decode(encoding)


def _encodable(text: str, plain: str) -> str:
    """Return `text`, or `plain` where it cannot be encoded."""
    return text if _safe(text) == text else plain


def _plain(value: Any) -> Any:
    """Return `value` as plain JSON types; goes by the abstract numbers, so that no command needs NumPy to print."""
    match value:
        case str() | bool() | int() | None:
            return value
        case float():
            return value if math.isfinite(value) else None
        case Integral():
            return int(value)
        case Real():
            return float(str(value)) if math.isfinite(value) else None  # float32 3.7 is 3.7, not 3.70000005
        case Mapping():
            return {str(k): _plain(v) for k, v in value.items()}
        case Iterable():
            return [_plain(v) for v in value]
        case _ if hasattr(value, "item"):  # NumPy's bool
            return _plain(value.item())
    raise TypeError(f"no JSON for {type(value).__name__}")
