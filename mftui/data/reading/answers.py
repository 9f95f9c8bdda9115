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


def in_python(option: str) -> str:
    """Return what an option is as an argument in Python: `missing=-1` for "--missing=-1"; other texts as they are."""
    found = _OPTION.fullmatch(option)
    if found is None:
        return option
    name, text = found[1], (found[2] or "").strip("'")
    if name == "columns":
        pairs = (pair.partition("=") for pair in text.split(","))
        return f"columns={{{', '.join(f'{role!r}: {column!r}' for role, _, column in pairs)}}}"
    number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text)
    return f"{name}={text if number else repr(text) if text else True}"


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
