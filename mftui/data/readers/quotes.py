"""Quotes that are opened and never closed."""

from __future__ import annotations

import csv
from collections.abc import Iterable


def unclosed_quote(lines: Iterable[str], delimiter: str) -> int | None:
    """Return the line, from 1, of the record whose quote is still open at the end of `lines`; None without one.

    A CSV reader would swallow all lines after it in silence.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            next(reader)
        except StopIteration:
            return None
        except csv.Error as error:
            if "end of data" in str(error):
                return start
        start = reader.line_num + 1
