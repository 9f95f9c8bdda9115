"""Which column is which where no header says it: by position, where the values look like it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from mftui.data.readers.names import named
from mftui.text import whole_number

_DATE = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{4}|[A-Za-z]{3,9} \d{1,2},? \d{4})([ T,].*)?",
    re.ASCII,
)


def given_positions(given: Mapping[str, str], first: Sequence[str]) -> dict[str, int] | None:
    """Return positions from 0 where each of `given` is a number from 1 on, or a name in the first row; else None."""
    found: dict[str, int] = {}
    for role, text in given.items():
        if (at := named(first, text)) is not None and not text.strip().isdecimal():
            found[role] = at
        elif 1 <= (whole_number(text.strip()) or 0) <= len(first):
            found[role] = int(text) - 1
        else:
            return None
    return found


def by_position(rows: list[list[str]], needed: Sequence[str], untimed: bool = False) -> dict[str, int] | None:
    """Take user, movie, rating and maybe timestamp in this order, where the rows look like it."""
    n_columns = len(rows[0])
    while n_columns > len(needed) and all(len(row) < n_columns or not row[n_columns - 1].strip() for row in rows):
        n_columns -= 1  # a delimiter at the end of each line
    columns = {role: i for i, role in enumerate(needed)}
    if not len(needed) <= n_columns <= len(needed) + 1 + ("rating" not in needed):
        return None
    whole_ids = all(is_integer(text) for text in rows[0][:2])
    if "rating" in needed:
        fitting = sum(len(row) >= 3 and is_number(row[2]) for row in rows)
        first_fits = is_number(rows[0][2])
        if fitting < 0.8 * len(rows) - (0 if first_fits else 1) or not (first_fits or whole_ids):
            return None
    elif not whole_ids:
        return None
    last = [row[3] for row in rows if len(row) >= 4]
    timed = all(map(is_number, last)) or all(map(is_date, last))
    if timed and "rating" in needed and n_columns == 4 and not untimed:
        columns["timestamp"] = 3
    return columns


def is_number(text: str) -> bool:
    """Return whether `text` is a finite number, with a decimal point or a decimal comma."""
    try:
        return math.isfinite(float(text.replace(",", ".")))
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Return whether `text` begins like a date of numbers."""
    return _DATE.fullmatch(text) is not None


def is_integer(text: str) -> bool:
    """Return whether `text` is a whole number."""
    return re.fullmatch(r"\s*[+-]?\d+(\.0*)?\s*", text, re.ASCII) is not None
