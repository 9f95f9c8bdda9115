"""The words of all titles, as numbers that can be searched at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mftui.data.titles.title import END, ENGLISH_ARTICLES, OPENING, plain

if TYPE_CHECKING:
    from mftui.data.storage.string_column import StringColumn

_JOIN = re.compile(r"[-.*·/](?<=[^\W_].)(?=[^\W_])")
_JOINED = re.compile(r"[^\W_]+(?:[-.*·/][^\W_]+)+")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_JOINS = "-.*·/"
_WORDLESS = re.compile(r"^(?:(?:[^\w\n]|_)+$|(?:[^\w\n(]|_)+(?=\())", re.MULTILINE)
_NO_WORD = re.compile(r"[\W_]+")
_WORD_BYTES = bytes(c if c > 127 or chr(c).isalnum() or chr(c) in END + OPENING else 32 for c in range(256))


class TitleWords:
    """Every word of the titles as its rank in the sorted vocabulary.

    Parameters
    ----------
    titles: by movie index.
    """

    def __init__(self, titles: Sequence[str] | StringColumn) -> None:
        lines = list(titles)
        text = "\n".join(lines)
        if text.count("\n") >= len(lines) > 0:  # a newline inside a title
            text = "\n".join(title.replace("\n", " ") for title in lines)
        text = plain(text)
        tokens = _tokens(text)
        joined = list(_joined_words(text))
        vocabulary = set(tokens).union(word for _, word in joined) - {END, OPENING}
        self.vocabulary = sorted(vocabulary)
        ranks_of = dict(zip(self.vocabulary, range(len(vocabulary)), strict=True)) | {END: -1, OPENING: -2}
        coded = np.fromiter(map(ranks_of.__getitem__, tokens), dtype=np.int32, count=len(tokens))
        characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        joined_of = np.searchsorted(np.flatnonzero(characters == ord("\n")), [at for at, _ in joined])

        is_word = coded >= 0
        ranks = coded[is_word]
        title_of = np.cumsum(coded == -1, dtype=np.int32)[is_word]
        self.ranks = np.concatenate([ranks, np.array([ranks_of[word] for _, word in joined], dtype=np.int32)])
        """(n_words,) words of all titles, then what joined words add; `title_of` says whose they are."""
        self.title_of = np.concatenate([title_of, joined_of.astype(np.int32)])

        kept = ~np.isin(ranks, [ranks_of[w] for w in ENGLISH_ARTICLES if w in ranks_of])
        self.line = ranks[kept]
        """The words without articles, title after title, from `starts[i]` to `starts[i + 1]`."""
        self.starts = np.searchsorted(title_of[kept], np.arange(len(lines) + 1))
        self.brackets = np.cumsum(coded == -2, dtype=np.int32)[is_word][kept]
        """Brackets opened before each word of `line`: where it changes, a name may end."""


def _tokens(text: str) -> list[str]:
    """Return the words of all lines, with END after each line but the last and OPENING where a bracket opens."""
    for sign in set(_NOT_ASCII.findall(text)):
        if not sign.isalnum():
            text = text.replace(sign, " ")
    text = text.replace("\n", f" {END} ").replace("(", f" {OPENING} ")
    return text.encode("utf-8", "replace").translate(_WORD_BYTES).decode().split()


def _joined_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield further words that find a title, with their place in `text`: "spiderman" for "Spider-Man", and
    all its signs where a title has no letter ("$")."""
    done = 0
    for join in _JOIN.finditer(text):
        if join.start() < done:
            continue
        start = join.start()
        while start and (text[start - 1].isalnum() or text[start - 1] in _JOINS):
            start -= 1
        joined = _JOINED.search(text, start)
        if joined:
            done = joined.end()
            yield joined.start(), _NO_WORD.sub("", joined[0])
    for line in _WORDLESS.finditer(text):
        if signs := "".join(line[0].split()):
            yield line.start(), signs
