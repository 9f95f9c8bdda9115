"""Find movies by words of their titles, as the words are typed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids, RawId
from mftui.data.titles.title import ENGLISH_ARTICLES, exact_names, full_name, parse_year, words_of
from mftui.data.titles.word_index import TitleWords
from mftui.errors import TitleError

if TYPE_CHECKING:
    from mftui.data.storage.string_column import StringColumn
    from mftui.data.web_ids import WebIds

FEW = 3
"""With fewer results than this, words spelled almost the same count as well."""
LISTED = 10
"""Candidates named where several movies match."""

_YEAR_WORD = re.compile(r"(?:18|19|20)\d\d")
_LAST_CHARACTER = "\U0010ffff"

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


class TitleIndex:
    """The words of all titles, searched within a keystroke.

    A word of the query matches a word of a title that begins with it. Words can come in any order; case,
    accents, punctuation and English articles do not matter; the year is a word like any other.

    Parameters
    ----------
    titles: by movie index, n_movies of them.
    ids: the movies' raw ids.
    counts: (n_movies,) ratings of each movie; the most rated come first.
    web_ids: IMDb's and TMDb's ids of the movies, which name them as well.
    data: what they are the movies of, to say where a title is not; "" to leave that out.
    """

    def __init__(
        self,
        titles: Sequence[str] | StringColumn,
        ids: Ids,
        counts: NDArray[np.integer],
        web_ids: WebIds | None = None,
        data: str = "",
    ) -> None:
        self.titles = titles
        self.ids = ids
        self.web_ids = web_ids
        self._data = data
        self._place = np.empty(len(titles), dtype=np.int64)
        """(n_movies,) place among all movies by number of ratings."""
        self._place[np.argsort(-np.asarray(counts, dtype=np.int64), kind="stable")] = np.arange(len(titles))

    @cached_property
    def _words(self) -> TitleWords:
        return TitleWords(self.titles)

    def prepare(self) -> None:
        """Read the titles now, not at the first search: a tenth of a second for 59,000 of them."""
        _ = self._words

    def search(self, text: str, limit: int = 50) -> Indices:
        """Return up to `limit` movie indices, best first: the exact title, titles that begin with the query, the most
        rated. Where fewer than three match as typed, misspelled words are corrected as well. An empty
        query gives the most rated movies; IMDb's or TMDb's id the movie that has it."""
        linked = self.by_web_id(text)
        if linked is not None:
            return np.array([linked], dtype=np.int64)
        words = self._query(text)
        if not words:
            return np.argsort(self._place)[:limit]
        found = np.flatnonzero(self._have(words))
        result = self._best(found, self._tiers(found, words), limit)
        if len(result) < min(FEW, limit):
            more = self._similar(words, limit)
            result = np.concatenate([result, more[~np.isin(more, result)]])[:limit]
        return result

    def resolve(self, text: str) -> int:
        """Return the index of the one movie that `text` names: an id, or words of a title.

        1. A movie id, where there is one: "300" is the movie with id 300; the film "300" only where no
           movie has that id ("300 (2006)" is always the film).
        2. IMDb's or TMDb's id: "tt0114709", "tmdb:862".
        3. An exact title: year optional; case, accents, punctuation and a leading or trailing article
           ignored, but where "Heat" and "The Heat" both match, the one that was said wins;
           a name in brackets ("Seven (a.k.a. Se7en) (1995)") is exact as well.
        4. The only movie with all the words in its title; where there is none, the only movie with words
           that begin with them.

        Raises TitleError where several movies match, with the most rated as candidates, and where none does,
        with the nearest titles.
        """
        index = self.ids.find(text.strip())
        if index is None:
            index = self.by_web_id(text)
        if index is not None:
            return index
        words = self._query(text)
        if not words:
            raise TitleError("no movie named: give a movie id or words of a title.")
        found = np.flatnonzero(self._have(words))
        whole = np.flatnonzero(self._have(words, whole=True))
        exact = self._exact(text, whole)
        for matches in (self._to_the_letter(text, exact), exact, whole, found):
            if len(matches) == 1:
                return int(matches[0])
            if len(matches):
                best = self._best(matches, np.zeros_like(matches), LISTED)
                more = f" (the {LISTED} most rated are listed)" if len(matches) > LISTED else ""
                message = f'{len(matches)} movies match "{text}"{more}: add the year, or give the id.'
                raise TitleError(message, self._candidates(best))
        nearest = self._candidates(self.nearest(text))
        where = f" in {self._data}" if self._data else ""
        raise TitleError(f'no movie matches "{text}"{where}.{" Nearest titles:" if nearest else ""}', nearest)

    def by_web_id(self, text: str) -> int | None:
        """Return the index of the movie that has this id of IMDb or TMDb; None where none has."""
        return None if self.web_ids is None else self.web_ids.find(text)

    def _to_the_letter(self, text: str, exact: Indices) -> Indices:
        """Keep the exact matches that have the same articles too: "heat" is Heat, not The Heat."""
        said = full_name(text)
        return np.array([i for i in exact if full_name(self.titles[int(i)]) == said], dtype=exact.dtype)

    def nearest(self, text: str, limit: int = 5) -> Indices:
        """Return up to `limit` movies whose titles look most like `text`, also where not all the words match."""
        words = self._query(text)
        words = [w for w in words if not _YEAR_WORD.fullmatch(w)] or words
        close = self._similar(words, limit)
        return close if len(close) else self._similar(words, limit, all_words=False)

    def _query(self, text: str) -> list[str]:
        words = words_of(text)
        return [w for w in words if w not in ENGLISH_ARTICLES] or words

    def _span(self, word: str) -> tuple[int, int]:
        """Return the ranks (from, to) of the vocabulary's words that begin with `word`."""
        return bisect_left(self._words.vocabulary, word), bisect_left(self._words.vocabulary, word + _LAST_CHARACTER)

    def _whole(self, word: str) -> tuple[int, int]:
        """Return the ranks (from, to) of `word` itself; an empty span where no title has it."""
        at = bisect_left(self._words.vocabulary, word)
        return at, at + (self._words.vocabulary[at : at + 1] == [word])

    def _have(self, words: Sequence[str], whole: bool = False) -> Mask:
        """Return (n_movies,) whether a title has all the words, whole or as beginnings of its own."""
        titles, result = self._words, np.ones(len(self.titles), dtype=bool)
        for word in words:
            lo, hi = self._whole(word) if whole else self._span(word)
            hit = np.zeros(len(self.titles), dtype=bool)
            if lo < hi:
                hit[titles.title_of[(titles.ranks >= lo) & (titles.ranks < hi)]] = True
            elif not word.isascii():  # scripts that put no blanks between words
                hit[titles.title_of[self._holds(word)[titles.ranks]]] = True
            result &= hit
        return result

    def _holds(self, part: str) -> Mask:
        """Return (n_vocabulary,) whether a word has `part` anywhere inside."""
        return np.fromiter((part in w for w in self._words.vocabulary), dtype=bool, count=len(self._words.vocabulary))

    def _tiers(self, found: Indices, words: Sequence[str]) -> Indices:
        """Return (n,) a tier for each title found: 0 is the query, 1 begins with it, 2 has it somewhere."""
        titles = self._words
        at, end = titles.starts[found], titles.starts[found + 1]
        begins = end - at >= len(words)
        exact = begins.copy()
        last = len(words) - 1
        for i, word in enumerate(words):
            here = titles.line[np.minimum(at + i, len(titles.line) - 1)] if len(titles.line) else at
            (lo, hi), (whole_lo, whole_hi) = self._span(word), self._whole(word)
            is_whole = (here >= whole_lo) & (here < whole_hi)
            exact &= is_whole
            begins &= (here >= lo) & (here < hi) if i == last else is_whole
        after = np.minimum(at + len(words), max(len(titles.line) - 1, 0))
        closes = at + len(words) == end
        if len(titles.line):
            closes |= titles.brackets[after] != titles.brackets[after - 1]
        return np.where(exact & closes, 0, np.where(begins, 1, 2))

    def _best(self, found: Indices, tiers: Indices, limit: int) -> Indices:
        order = tiers * len(self.titles) + self._place[found]
        if len(found) > limit:
            top = np.argpartition(order, limit)[:limit]
            found, order = found[top], order[top]
        return found[np.argsort(order)]

    def _exact(self, text: str, found: Indices) -> Indices:
        """Return those of `found` whose title `text` is; blanks count only where that decides."""
        year, asked = parse_year(text), exact_names(text)
        unbracketed = words_of(text)
        names = {int(i): exact_names(self.titles[i]) for i in found}
        exact = [i for i in names if asked & names[i] and year in (None, parse_year(self.titles[i]))]
        if not exact and year is None and len(unbracketed) > 1 and _YEAR_WORD.fullmatch(unbracketed[-1]):
            return self._exact(f"{' '.join(unbracketed[:-1])} ({unbracketed[-1]})", found)
        if not exact:
            closed = {name.replace(" ", "") for name in asked}
            same = (i for i in names if closed & {name.replace(" ", "") for name in names[i]})
            exact = [i for i in same if year in (None, parse_year(self.titles[i]))]
        return np.array(exact, dtype=np.int64)

    def _similar(self, words: Sequence[str], limit: int, all_words: bool = True) -> Indices:
        """Return titles with words that are spelled like `words`, fewest changed letters first."""
        total = np.zeros(len(self.titles), dtype=np.int64)
        missing = np.zeros(len(self.titles), dtype=np.int64)
        for word in words:
            changed = self._changed(word)
            cost = np.full(len(self.titles), len(word) + 1)
            for level in (2, 1, 0):
                cost[self._words.title_of[(changed == level)[self._words.ranks]]] = level
            missing += cost > len(word)
            total += cost
        found = np.flatnonzero(missing == 0 if all_words else missing < len(words))
        return self._best(found, total[found], limit)

    def _changed(self, word: str) -> NDArray[np.int16]:
        """Count (n_vocabulary,) letters to change so that `word` is `vocabulary[i]` or begins it; 99 is too many."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import cdist

        lo, hi = self._span(word)
        changed = np.full(len(self._words.vocabulary), 99, dtype=np.int16)
        allowed = 0 if word.isdecimal() or len(word) < 3 else 1 if len(word) < 6 else 2
        if allowed:
            for choices in (self._words.vocabulary, [w[: len(word)] for w in self._words.vocabulary]):
                distance = cdist([word], choices, scorer=OSA.distance, score_cutoff=allowed, dtype=np.int16)[0]
                changed = np.where(distance <= allowed, np.minimum(distance, changed), changed)
            changed[self._holds(word) & (changed > 1)] = 1
        changed[lo:hi] = 0
        return changed

    def _candidates(self, found: Indices) -> list[tuple[RawId, str]]:
        return [(self.ids.raw(i), self.titles[i]) for i in found]
