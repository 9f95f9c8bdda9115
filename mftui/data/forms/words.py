"""Text of files whose encoding nobody states."""

from __future__ import annotations

import re

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
_TAG = re.compile(rb"<[^>]*>")
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]+")
_LOOKED_AT = 1 << 20


def decoded(content: bytes) -> str:
    """Return the text of `content`, which is in `encoding_of(content)`."""
    return content.decode(encoding_of(content), "replace").removeprefix("\ufeff")


def encoding_of(content: bytes) -> str:
    """Return the encoding of a text: by its mark, UTF-8 if it is that, what a page says of itself, else a guess.

    The guess goes by the bytes above ASCII. Western text seldom has two in a row. Cyrillic letters are all from 0xC0
    on, and Chinese characters have bytes of all values.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content[:400].count(0) * 3 > len(content[:400]) > 0:
        return "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    named = _CHARSET.search(content[:4096])
    for encoding in ("utf-8", *([named[1].decode("ascii")] if named else [])):
        if _is_in(content, encoding):
            return encoding
    runs = _ABOVE_ASCII.findall(_TAG.sub(b"", content[:_LOOKED_AT]))
    n_bytes = sum(map(len, runs))
    if sum(len(run) for run in runs if len(run) > 1) * 2 <= n_bytes:
        return "cp1252" if _is_in(content, "cp1252") else "latin-1"
    chinese = sum(byte < 0xC0 for run in runs for byte in run) * 10 > n_bytes and _is_in(content, "gb18030")
    return "gb18030" if chinese else "cp1251"


def _is_in(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (LookupError, UnicodeError):
        return False
    return True
