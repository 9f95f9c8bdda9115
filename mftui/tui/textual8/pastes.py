"""What the terminal sends, where Textual 8 would press keys or end the app.

An escape character in a paste is taken for the beginning of keys. Bytes that are no UTF-8 (of a terminal that is set to
Latin-1, for one é), and keys with a number that is no character, end the thread that reads the terminal.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from functools import partial

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers import linux_driver
from textual.keys import Keys
from textual.message import Message

_ESC = "\x1b"
_SURROGATES = frozenset(map(chr, range(0xD800, 0xE000)))


class PasteParser(XTermParser):
    """A parser of what the terminal sends that leaves escape characters out of what is pasted."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._seen = ""
        """The last that went on outside of pastes: the sequence that begins one may come in parts."""
        self._begun = ""
        """What may be the first part of the sequence that ends a paste."""

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the events of what was sent; "" is its end."""
        kept = self._harmless(data)
        return super().feed(kept) if kept or not data else ()

    def _parse_extended_key(  # type: ignore[override]  # Textual's is one that keeps its answers
        self, sequence: str
    ) -> list[events.Key] | None:
        try:
            keys = super()._parse_extended_key(sequence)
            if not keys or not any(_SURROGATES.intersection(key.character or "") for key in keys):
                return keys
        except (ValueError, OverflowError):
            pass
        return [events.Key(Keys.Ignore, None)]

    def _harmless(self, data: str) -> str:
        kept, rest = "", self._begun + data
        self._begun = ""
        while rest:
            taken, rest = self._pasted(rest) if self._pasting else self._typed(rest)
            kept += taken
        return kept

    def _typed(self, data: str) -> tuple[str, str]:
        """Return what there is up to the beginning of a paste, and the rest."""
        whole = self._seen + data
        before, start, rest = whole.partition(BRACKETED_PASTE_START)
        self._pasting = bool(start)
        taken = (before + start)[len(self._seen) :]
        self._seen = "" if start else whole[1 - len(BRACKETED_PASTE_START) :]
        return taken, rest

    def _pasted(self, data: str) -> tuple[str, str]:
        """Return what there is up to the end of the paste, without escape characters, and the rest."""
        pasted, end, rest = data.partition(BRACKETED_PASTE_END)
        self._pasting = not end
        at = pasted.rfind(_ESC)
        if not end and at >= 0 and BRACKETED_PASTE_END.startswith(pasted[at:]):
            pasted, self._begun = pasted[:at], pasted[at:]
        return pasted.replace(_ESC, "") + end, rest


def take_pastes_whole() -> None:
    """Let what is pasted be text, whatever is in it, and what is no text end nothing."""
    vars(linux_driver)["XTermParser"] = PasteParser
    vars(linux_driver)["getincrementaldecoder"] = _replacing


def _replacing(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
