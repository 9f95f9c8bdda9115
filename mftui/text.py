"""Foreign text made safe to show and easy to search."""

from __future__ import annotations

import re
import unicodedata

# Controls, line and paragraph separators, zero-width and bidirectional marks, surrogates, BOM.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_CONTROL_PICTURES = 0x2400

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

    Escape becomes `␛`, newline `␊`, a right-to-left override `⟨U+202E⟩`; all else stays.
    """
    return _UNSAFE.sub(_picture, text)


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
