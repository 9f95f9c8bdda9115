"""Text of files whose encoding nobody states."""

from __future__ import annotations

import re

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def decoded(content: bytes) -> str:
    """Return the text of `content`: by its mark, as UTF-8, by the character set that a page names, else by a guess.

    The guess is Cyrillic where most letters lie above ASCII, and Western else.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search(content[:4096])
    if named:
        try:
            return content.decode(named.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    tags_off = re.sub(rb"<[^>]*>", b"", content[: 1 << 20])
    high = sum(byte >= 0xC0 for byte in tags_off)
    low = sum(0x41 <= byte <= 0x7A for byte in tags_off)
    return content.decode("cp1251" if high > low else "cp1252", "replace")
