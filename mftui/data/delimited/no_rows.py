"""Lines of a text that are no rows of its table: comments, rules, and what a database says of its answer."""

from __future__ import annotations

import re

COMMENTS = ("#", "%", "//")
_RULE = re.compile(r"[|+:=\- ]*-{2,}[|+:=\- ]*")
_COUNTED = re.compile(r"\(?\d+ rows?( in set.*|\))?;?")


def is_rule(line: str) -> bool:
    """Return whether a line only separates the header from the rows: |---|---| or ----+----."""
    return _RULE.fullmatch(line.strip()) is not None


def is_no_row(line: str) -> bool:
    """Return whether a line with too many or too few columns can be passed over."""
    bare = line.strip()
    return bare.startswith("#") or is_rule(bare) or _COUNTED.fullmatch(bare) is not None
