"""What settles a doubt, carried out: the options that an error names, made ReadOptions."""

from __future__ import annotations

import re
from dataclasses import replace

from mftui.data.reading.options import LEFT_OUT, ReadOptions

_OPTION = re.compile(r"--(\w+)(?:[= ]('[^']*'|(?!--)\S+))?")


def answered(how: ReadOptions, options: str) -> ReadOptions | None:
    """Return `how` with what `options` say, such as "--missing=-1"; None where they leave something to be said."""
    found = list(_OPTION.finditer(options))
    if "…" in options or not found or " ".join(option[0] for option in found) != options:
        return None
    for option in found:
        settled = _with(how, option[1], (option[2] or "").strip("'"))
        if settled is None:
            return None
        how = settled
    return how


def _with(how: ReadOptions, name: str, text: str) -> ReadOptions | None:
    if name == "columns":
        pairs = (pair.partition("=") for pair in text.split(","))
        return replace(how, columns={**how.columns, **{role: column for role, _, column in pairs}})
    if name == "missing":
        before = () if how.keeps_all or text == LEFT_OUT else how.missing
        return replace(how, missing=tuple(dict.fromkeys((*before, text))))
    if name == "accept":
        return replace(how, accept=tuple(dict.fromkeys((*how.accept, text))))
    if name == "counts":
        return replace(how, counts=True)
    if name == "wide":
        return replace(how, wide=text)
    return replace(how, table=text) if name == "table" else None
