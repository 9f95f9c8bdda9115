"""Text that Arrow cannot cut: columns aligned by blanks, or between :: where a single : is part of them."""

from __future__ import annotations

import io
import re

from mftui.data.storage.files import FileRef

UNIT = "\x1f"
"""Stands between columns instead of ::; no text has it."""


def realigned(ref: FileRef, encoding: str) -> io.BytesIO:
    """Return the text in UTF-8 with one tab for each run of blanks, and none at the ends of lines."""
    text = _text(ref, encoding)
    return io.BytesIO(re.sub(r"[^\S\r\n]+", "\t", re.sub(r"(?m)^[^\S\r\n]+|[^\S\r\n]+$", "", text)).encode())


def recut(ref: FileRef, encoding: str) -> io.BytesIO:
    """Return the text in UTF-8 with UNIT for each ::."""
    return io.BytesIO(_text(ref, encoding).replace("::", UNIT).encode())


def _text(ref: FileRef, encoding: str) -> str:
    with ref.open() as file:
        return file.read().decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
