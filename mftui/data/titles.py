"""Movie titles as MovieLens writes them: the year at the end."""

from __future__ import annotations

import re

# "(1999)", "(1999-2003)", "(2007–)", "(2007– )"; then nothing but other brackets, such as "(V)".
_YEAR = re.compile(
    r"\(\s*(1[89]\d\d|20\d\d)\s*(?:[-–—]\s*(?:(?:1[89]|20)?\d\d)?\s*)?\)(?=(?:\s*\([^()]*\))*\s*$)"
)


def parse_year(title: str) -> int | None:
    """The year at the end of `title`, the first of a span: "Dark (2017-2020)" is 2017; None without one."""
    years = _YEAR.findall(title)
    return int(years[-1]) if years else None
