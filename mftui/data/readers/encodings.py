"""The encoding and the first lines of a text."""

from __future__ import annotations

import re

from mftui.data.forms import words
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

_NO_TEXT = "this is not a text file."
_HINT = "Give ratings as CSV, TSV, .dat, Parquet, a spreadsheet or an archive of them."
_HEAD_BYTES = 1 << 18
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def head_lines(ref: FileRef) -> tuple[list[str], str]:
    """Read `(the first whole lines of a text file, its encoding)`; raises DataError where it is no text."""
    head = ref.head(_HEAD_BYTES)
    if head.startswith(_UTF_32):
        raise DataError("the text is in UTF-32.", path=ref, hint="Save it as UTF-8.")
    encoding = encoding_of(head)
    if encoding.startswith("utf-16"):
        head = head[: len(head) // 2 * 2]
        text = head.decode(encoding, "ignore").lstrip("\ufeff")
        cut = max(text.rfind("\n"), text.rfind("\r"))
        text = text[:cut] if len(head) == _HEAD_BYTES and cut > 0 else text
    else:
        if b"\0" in head:
            raise DataError(_NO_TEXT, path=ref, hint=_HINT)
        if len(head) == _HEAD_BYTES:
            cut = max(head.rfind(b"\n"), head.rfind(b"\r"))
            if cut < 0:
                raise DataError("no line ends in the first 256 KB: this is not a ratings file.", path=ref)
            head = head[:cut]
        text, encoding = decoded(head)
        if encoding == "latin-1" and sum(128 <= byte < 160 for byte in head[:4096]) > 0.1 * len(head[:4096]):
            raise DataError(_NO_TEXT, path=ref, hint=_HINT)
    if not text.strip():
        raise DataError("the file is empty.", path=ref, hint="Give a file with ratings.")
    return re.split(r"\r\n|\n|\r", text), encoding


def encoding_of(head: bytes) -> str:
    """Return "utf-16…" for a text that begins like one, with or without its mark; else "utf-8"."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    start = head[:512]
    if len(start) >= 8 and len(start) % 2 == 0:
        for encoding, zeros, letters in (
            ("utf-16-le", start[1::2], start[::2]),
            ("utf-16-be", start[::2], start[1::2]),
        ):
            if not any(zeros) and all(letters):
                return encoding
    return "utf-8"


def decoded(content: bytes) -> tuple[str, str]:
    """Return `(text, its encoding)`: UTF-8 if it is that, else what it looks like; Latin-1 for Western texts."""
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        encoding = eastern(content)
        return content.decode(encoding), encoding


def eastern(content: bytes) -> str:
    """Return the encoding of a text that is not in UTF-8, where it looks Cyrillic or Chinese; else "latin-1"."""
    guessed = words.encoding_of(content)
    try:
        content.decode(guessed)
    except UnicodeDecodeError:
        return "latin-1"
    return guessed if guessed in ("cp1251", "gb18030") else "latin-1"
