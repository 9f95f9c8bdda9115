"""Text whose columns are aligned by runs of blanks, as tab-separated text."""

from __future__ import annotations

import io
import re

from mftui.data.storage.files import FileRef


def realigned(ref: FileRef, encoding: str) -> io.BytesIO:
    """Return the text in UTF-8 with one tab for each run of blanks, and none at the ends of lines."""
    with ref.open() as file:
        text = file.read().decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
    return io.BytesIO(re.sub(r"[^\S\r\n]+", "\t", re.sub(r"(?m)^[^\S\r\n]+|[^\S\r\n]+$", "", text)).encode())
