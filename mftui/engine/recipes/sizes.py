"""Sizes of memory as people write them: 600MB, 1.5 GB, 2GiB, auto."""

from __future__ import annotations

import re

from mftui.errors import UsageError
from mftui.text import visible

AUTO = "auto"
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def bytes_in(text: str) -> int | None:
    """How many bytes `text` says; None for "auto" or nothing. Raises UsageError where it cannot be read."""
    if text.strip().lower() in ("", AUTO):
        return None
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,9})?)\s*([kmgt]i?|)b?", text.strip().lower())
    if found is None or (size := int(float(found[1]) * _UNITS[found[2]])) < 1:
        raise UsageError(f"memory: {visible(text)} is not a size.", hint="Write 600MB, 2GB or auto.")
    return size
