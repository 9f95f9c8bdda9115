"""Spans of years, as people write them."""

from __future__ import annotations

import re

from mftui.errors import UsageError

_YEARS = re.compile(r"\s*(\d{4})?\s*(-|–|\.\.)?\s*(\d{4})?\s*")


def parse_years(text: str) -> tuple[int, int] | None:
    """Return the first and last year of "1999", "1990-1999", "1990..1999", "1990-" or "-1960"; None of "".

    Raises UsageError for anything else.
    """
    found = _YEARS.fullmatch(text)
    first, dash, last = found.groups() if found else ("", "", "")
    if not found or (dash and not (first or last)) or (first and last and not dash):
        raise UsageError(f"{text[:20]!r} is not a span of years.", hint="Write 1990-1999, 1994, 1990- or -1999.")
    if not (first or last):
        return None
    span = int(first or 0), int(last or (9999 if dash else first))
    if span[0] > span[1]:
        raise UsageError(f"{text[:20]!r}: the first year comes after the last.")
    return span
