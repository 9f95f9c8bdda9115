"""Command lines as bash reads them: words without their quotes, and words with the quotes that they need."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = " \t\n"
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_BARE = re.compile(r"[^\w.,:=+@%/-]", re.ASCII)


@dataclass(frozen=True)
class Line:
    """Is a command line up to the cursor."""

    words: tuple[str, ...]
    """Those before the one at the cursor, without quotes; the first is the command."""
    current: str
    """The word at the cursor, as far as it is typed, without quotes."""
    quote: str
    """The quote that is open at the cursor, or ""."""
    kept: str
    """What of `current` stands before the place from which bash replaces it, without quotes."""

    def replacement(self, word: str) -> str | None:
        """Return what bash has to put there for `word`, quoted; None where it cannot become that."""
        if not word.startswith(self.kept):
            return None
        rest = word[len(self.kept) :]
        if self.quote == "'":
            return rest.replace("'", "'\\''")
        if self.quote == '"':
            return re.sub(r'(["$`\\])', r"\\\1", rest).replace("!", "\"'!'\"")
        return _quoted(rest)


def _quoted(text: str) -> str:
    """Return `text` with a backslash before each sign that could mean something to a shell."""
    return _BARE.sub(lambda found: found[0] if ord(found[0]) > 127 else f"\\{found[0]}", text)


def parse(line: str, breaks: str) -> Line:
    """Read a command line up to the cursor; assignments before the command are left out.

    Parameters
    ----------
    breaks: after one of these signs bash replaces but the rest of a word, unless the sign is quoted.
    """
    words: list[str] = []
    current, quote, kept, outside, begun = "", "", "", "", False
    signs = iter(line)
    for sign in signs:
        if quote:
            if sign == quote:
                quote, kept = "", outside
            elif sign == "\\" and quote == '"':
                escaped = next(signs, "")
                current += escaped if escaped in '"$`\\' else f"\\{escaped}"
            else:
                current += sign
        elif sign == "\\":
            current += next(signs, "")
        elif sign in "'\"":
            quote, outside, kept, begun = sign, kept, current, True
        elif sign in _BLANK:
            if current or begun:
                words.append(current)
            current, kept, begun = "", "", False
        else:
            current += sign
            kept = current if sign in breaks else kept
    while words and _ASSIGNMENT.match(words[0]):
        del words[0]
    return Line(tuple(words), current, quote, kept)
