"""What settles a doubt, carried out: the options that a DoubtError names, made ReadOptions."""

from __future__ import annotations

import re
from dataclasses import replace

from mftui.data.reading.options import LEFT_OUT, ReadOptions

_OPTION = re.compile(r"--(\w+)(?:[= ](.+))?")


def answered(how: ReadOptions, option: str) -> ReadOptions | None:
    """Return `how` with what `option` says, such as "--missing=-1"; None where it leaves something to be said."""
    found = _OPTION.fullmatch(option)
    if found is None or "…" in option:
        return None
    name, text = found[1], found[2] or ""
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
