"""Text in CSV cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def inert(text: str) -> str:
    """Put an apostrophe before `text` where a spreadsheet would compute it; `original` takes it off again."""
    return f"'{text}" if _FORMULA.match(text) else text


def original(text: str) -> str:
    """Return the text of which `inert` made this."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
