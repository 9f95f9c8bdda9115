"""How the app is drawn: Unicode or ASCII, thrifty or not; and foreign text made fit for it."""

from __future__ import annotations

import os
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mftui.text import visible

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

# "Show the sign before me as a picture": terminals do not agree on how wide that is.
_WIDENS = "\ufe0f"
_PLAIN = str.maketrans({"×": "x", "–": "-", "—": "-", "·": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


class Glyphs(NamedTuple):
    """The signs that the app draws with."""

    cursor: str
    dots: str
    full: str
    empty: str
    held_out: str
    more: str
    ellipsis: str
    axis: str
    corner: str
    tick: str
    dash: str
    busy: str
    down_arrow: str
    up_arrow: str


UNICODE = Glyphs(
    cursor="▸", dots="•", full="━", empty="─", held_out="◆", more="▾", ellipsis="…", axis="│", corner="└", tick="┤",
    dash="─", busy="●", down_arrow="▾", up_arrow="▴",
)  # fmt: skip
ASCII = Glyphs(
    cursor=">", dots="o", full="#", empty="-", held_out="*", more="v", ellipsis="~", axis="|", corner="+", tick="+",
    dash="-", busy="*", down_arrow="v", up_arrow="^",
)  # fmt: skip


@dataclass(frozen=True)
class Display:
    """One choice for the whole app, made at its start."""

    ascii: bool = False
    low_bandwidth: bool = False
    no_color: bool = False
    few_colors: bool = False
    """Whether the terminal has only 16."""

    @property
    def hyperlinks(self) -> bool:
        """Return whether the terminal is no old one, which might show the codes of a hyperlink."""
        return not (self.ascii or self.few_colors)

    @classmethod
    def of_terminal(cls, *, ascii: bool = False, low_bandwidth: bool | None = None) -> Display:
        """Return what fits this terminal: ASCII on the Linux console and where the encoding is not Unicode,
        thrifty over SSH; both can be asked for."""
        encoding = (getattr(sys.__stdout__, "encoding", None) or "utf-8").lower()
        term = os.environ.get("TERM", "")
        few = term in ("linux", "vt100", "vt220", "ansi", "dumb", "xterm-16color", "screen", "tmux")
        poor = term in ("linux", "vt100", "vt220", "dumb") or "utf" not in encoding
        slow = bool(os.environ.get("SSH_CONNECTION")) if low_bandwidth is None else low_bandwidth
        return cls(ascii or poor, slow, "NO_COLOR" in os.environ, few)

    @property
    def plain_colors(self) -> bool:
        """Return whether the terminal's own 16 colours fit best: they cost least, and every terminal has them."""
        return self.low_bandwidth or self.no_color or self.few_colors

    @property
    def glyphs(self) -> Glyphs:
        """Return the signs to draw with."""
        return ASCII if self.ascii else UNICODE

    @property
    def refresh_s(self) -> float:
        """Return the seconds between two looks at a running training."""
        return 0.5 if self.low_bandwidth else 0.2

    def text(self, foreign: str) -> str:
        """Foreign text with nothing in it that a terminal would obey, and in ASCII where asked for."""
        if not self.ascii:
            return visible(foreign).replace(_WIDENS, "")
        safe = "".join(c if c >= " " and c != "\x7f" else f"^{chr(ord(c) ^ 64)}" for c in foreign[:2000])
        plain = unicodedata.normalize("NFKD", safe.translate(_PLAIN))
        return "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))


def display_of(node: MessagePump) -> Display:
    """Return the look of the app that `node` belongs to."""
    terminal = getattr(node.app, "terminal", None)
    return terminal if isinstance(terminal, Display) else Display()
