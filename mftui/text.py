"""Foreign text made safe to show and easy to search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

# Controls, line and paragraph separators, zero-width and bidirectional marks, marks of format, surrogates, BOM.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte of a name that is no UTF-8."""
_CONTROL_PICTURES = 0x2400
_MOST_DIGITS = 19
_MARKS_AT_MOST = 10
"""Marks on one letter, such as accents: no script stacks more. By the hundred they would cover the lines around."""
_MAYBE_MARKS = re.compile(f"[^\x00-\u02ff]{{{_MARKS_AT_MOST + 1}}}")

_NOT_ASCII = re.compile("[^\x00-\x7f]")
# Letters that people type without their stroke or ligature, and that Unicode does not decompose.
_PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def visible(text: str) -> str:
    """Replace every character of `text` that a terminal would obey or hide by a visible sign.

    Escape becomes `␛`, newline `␊`, a right-to-left override `⟨U+202E⟩`; `…` stands for the marks on one letter from
    the eleventh on; all else stays.
    """
    return _unstacked(_UNSAFE.sub(_picture, text), lambda marks: "…")


def _unstacked(text: str, stands_for: Callable[[str], str]) -> str:
    """Replace the marks on one letter from the eleventh on."""
    if text.isascii() or not _MAYBE_MARKS.search(text):
        return text
    parts, kept, marks = [], 0, 0
    for at, sign in enumerate(f"{text} "):
        if unicodedata.category(sign) in ("Mn", "Me"):
            marks += 1
            continue
        if marks > _MARKS_AT_MOST:
            begin = at - marks + _MARKS_AT_MOST
            parts += [text[kept:begin], stands_for(text[begin:at])]
            kept = at
        marks = 0
    return "".join([*parts, text[kept:]])


def visible_lines(text: str) -> str:
    """Do as `visible` with each line of `text`; the ends of lines stay."""
    return "\n".join(map(visible, text.split("\n")))


def is_plain(text: str) -> bool:
    """Return whether a terminal shows all of `text`, and obeys none of it."""
    return _UNSAFE.search(text) is None and _unstacked(text, lambda marks: "…") == text


def unseen_dropped(text: str) -> str:
    """Return `text` without what `visible` would replace: it takes as many cells as before."""
    return text if text.isascii() and text.isprintable() else _unstacked(_UNSAFE.sub("", text), lambda marks: "")


def json_text(document: Any, **options: Any) -> str:
    """Write JSON in which every character that a terminal would obey or hide is an escape such as `\\u202e`; a parser
    reads the same text. `options` are those of `json.dumps`."""
    import json

    text = json.dumps(document, ensure_ascii=False, **options)
    lines = (_UNSAFE.sub(lambda match: _escape(match.group()), line) for line in text.split("\n"))
    return "\n".join(_unstacked(line, _escape) for line in lines)


def _escape(signs: str) -> str:
    units = signs.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def shell_word(text: object) -> str:
    """Return `text` as one word of a command to copy into a shell, which expands nothing in it."""
    import shlex

    word = str(text)
    if is_plain(word):
        return shlex.quote(word)
    octets = _NO_BYTE.sub("?", word).encode("utf-8", "surrogateescape")
    return "$'" + "".join(chr(b) if b < 128 and chr(b).isalnum() else f"\\x{b:02x}" for b in octets) + "'"


def whole_number(digits: str) -> int | None:
    """Return the number that decimal digits stand for; None where they are none, or no number of 64 bits.

    Python itself refuses more than 4,300 digits with an error, and takes long for fewer.
    """
    few = digits.isdecimal() and len(digits.lstrip("0")) <= _MOST_DIGITS
    return int(digits.lstrip("0") or 0) if few else None


def fold(text: str) -> str:
    """Return `text` for comparison: no accents, no case, full-width forms made plain."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    for letter in set(_NOT_ASCII.findall(folded)):
        if unicodedata.combining(letter) or letter in _PLAIN:
            folded = folded.replace(letter, _PLAIN.get(letter, ""))
    return folded


def clock(seconds: float) -> str:
    """Write a time as 0:07, 12:34 or 1:02:03."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def duration(seconds: float) -> str:
    """Write a time as 0.3 s where it is short, else as `clock` does."""
    return f"{seconds:.1f} s" if seconds < 9.95 else clock(seconds)


def learning_time(learning: float, total: float | None) -> str:
    """Name the clocks of a training: how long it learned, and of what time in all; that is left out where the run was
    resumed, since it is then of the last session alone."""
    of = "" if total is None or total < learning else f" of {duration(total)}"
    return f"learning {duration(learning)}{of}"
