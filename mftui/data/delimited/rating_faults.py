"""What is wrong with ratings that are no numbers: by kind where many are, else by line."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from mftui.data.delimited.faults import first_fault
from mftui.data.delimited.layout import Layout
from mftui.data.readers.rating_words import PLAIN, combined
from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible

_MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "<na>", "\\n", "-", "--", "?", ".", "nil", "#n/a"})
_KINDS = (
    (r"[A-F][+-]?", "letter grades", "Write them as numbers, such as A = 5, B = 4, and so on."),
    (r"(dis)?likes?d?|👍|👎|up|down|thumbs.*", "likes and dislikes", "Write like as 1 and dislike as 0."),
    (r"true|false|yes|no|[yn]", "yes and no", "Write yes as 1 and no as 0."),
)


def rating_fault(ref: FileRef, layout: Layout, column: Any) -> DataError:
    """Return the error for ratings that are no numbers: by kind where all or many are, else with the first line."""
    whole = combined(column)
    texts = whole.dictionary.to_pylist()
    counts = Counter(dict(enumerate([0] * len(texts))))
    for code in whole.indices.to_pylist():
        if code is not None:
            counts[code] += 1
    odd = {texts[code]: n for code, n in counts.items() if n and not PLAIN.fullmatch(texts[code].strip())}
    n_rows, n_odd = len(whole), sum(odd.values())
    name = visible(layout.names[layout.columns["rating"]]) if layout.header else str(layout.columns["rating"] + 1)
    blanks = {text: n for text, n in odd.items() if text.strip().casefold() in _MISSING}
    if blanks and len(blanks) == len(odd) and n_odd < n_rows and n_odd > 1:
        first = first_fault(ref, layout, "a rating is missing")
        option = " ".join(f"--missing '{text.strip()}'" if text.strip() else "--missing blank" for text in blanks)
        shown = ", ".join(visible(text.strip()) or "blank" for text in blanks)
        return DataError(
            f"{n_odd:,} of {n_rows:,} lines have no rating ({shown}).",
            path=ref,
            line=first.line,
            hint=f"{option} leaves them out.",
        )
    if odd and n_odd > 0.5 * n_rows:
        shown = ", ".join(visible(text[:20]) for text in list(odd)[:4])
        for pattern, what, hint in _KINDS:
            if all(re.fullmatch(pattern, text.strip(), re.IGNORECASE) for text in odd):
                return DataError(f"the ratings (column {name}) are {what}, such as {shown}.", path=ref, hint=hint)
        return DataError(
            f"the ratings (column {name}) are no numbers: {shown}.",
            path=ref,
            line=first_fault(ref, layout, "").line,
            hint="Write them all in one form, as numbers; or choose another column with --columns rating=…",
        )
    return first_fault(ref, layout, "a rating is not a number")
