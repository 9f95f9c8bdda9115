"""Very many ratings, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from mftui.data.profiles.many_texts import Texts
from mftui.data.profiles.rated import KEEP, Rated

_TITLE, _STARS, _TIMESTAMP = (Rated._fields.index(name) for name in ("title", "stars", "timestamp"))
_IDS = tuple(Rated._fields.index(name) for name in ("movie_id", "imdb_id", "tmdb_id"))
_KEPT_AS_IT_IS = r"^[!-~]+(?: [!-~]+)*$"
_AT_ONCE = 10_000
Column = Texts | NDArray[Any]


class Rows(Sequence[Rated]):
    """n ratings as they come back from a profile's file; an object is made of one when it is asked for."""

    def __init__(self, columns: Sequence[Column]) -> None:
        """Take columns in the order of `Rated`: n texts each, or n numbers."""
        self.columns = tuple(columns)

    @classmethod
    def kept(cls, *columns: Sequence[Any] | NDArray[Any]) -> Rows:
        """Make rows of columns, in the order of `Rated`, as `rated.kept_rows` does."""
        return cls([_kept(at, keep, column) for at, (keep, column) in enumerate(zip(KEEP, columns, strict=True))])

    @classmethod
    def joined(cls, parts: Sequence[Sequence[Rated]]) -> Rows:
        """Put rows below each other; those that are no `Rows` are so as they are kept."""
        found = [part if isinstance(part, Rows) else cls.kept(*zip(*part, strict=True)) for part in parts if part]
        if len(found) < 2:
            return found[0] if found else cls.kept(*([],) * len(KEEP))
        return cls([_below(columns) for columns in zip(*(part.columns for part in found), strict=True)])

    @property
    def titles(self) -> Texts:
        """Return the n titles."""
        return self.texts(_TITLE)

    @property
    def timestamps(self) -> NDArray[np.int64]:
        """Return (n,) seconds since 1970, 0 where unknown."""
        return np.asarray(self.columns[_TIMESTAMP])

    @property
    def bare(self) -> NDArray[np.bool_]:
        """Return (n,) whether a row has no id of any kind."""
        bare = np.ones(len(self), bool)
        for at in _IDS:
            bare &= self.texts(at).lengths == 0
        return bare

    def texts(self, at: int) -> Texts:
        """Return the column at a place, which is one of texts."""
        column = self.columns[at]
        assert isinstance(column, Texts)
        return column

    def take(self, at: NDArray[np.int64]) -> Rows:
        """Return those at some places, in that order."""
        return Rows([column.take(at) for column in self.columns])

    def part(self, first: int, n: int) -> Rows:
        """Return up to n, from the one at `first` on."""
        return Rows([c.part(first, n) if isinstance(c, Texts) else c[first : first + n] for c in self.columns])

    def dated(self, timestamps: NDArray[np.int64]) -> Rows:
        """Return the rows with other timestamps."""
        return Rows([*self.columns[:_TIMESTAMP], timestamps, *self.columns[_TIMESTAMP + 1 :]])

    def in_order(self) -> Rows:
        """Return the rows, the oldest first; of the same time those first that were so."""
        return self.take(np.argsort(self.timestamps, kind="stable"))

    def among(self, others: Rows) -> NDArray[np.bool_]:
        """Return (n,) whether a row is one of `others`."""
        found = self.titles.among(others.titles)
        if found.any():
            mine, theirs = self.take(np.flatnonzero(found)), others.titles.among(self.titles)
            found[found] = mine._lines.among(others.take(np.flatnonzero(theirs))._lines)
        return found

    def like(self, others: Rows) -> NDArray[np.bool_]:
        """Return (n,) whether each row is the same as that at its place in `others`."""
        alike = np.ones(len(self), bool)
        for mine, theirs in zip(self.columns, others.columns, strict=True):
            if isinstance(mine, Texts) and isinstance(theirs, Texts):
                alike &= mine.equals(theirs)
            else:
                alike &= np.asarray(mine) == np.asarray(theirs)
        return alike

    @property
    def _lines(self) -> Texts:
        columns = (column if isinstance(column, Texts) else Texts.of_numbers(column, repr) for column in self.columns)
        return Texts.joined(*columns, between="\n")

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, at: int) -> Rated: ...
    @overload
    def __getitem__(self, at: slice) -> list[Rated]: ...
    def __getitem__(self, at: int | slice) -> Rated | list[Rated]:
        if isinstance(at, slice):
            return [*self.take(np.arange(*at.indices(len(self))))]
        return Rated._make(column[at] if isinstance(column, Texts) else column[at].item() for column in self.columns)

    def __iter__(self) -> Iterator[Rated]:
        for first in range(0, len(self), _AT_ONCE):
            some = self.part(first, _AT_ONCE)
            yield from map(Rated._make, zip(*(column.tolist() for column in some.columns), strict=True))


def _kept(at: int, keep: Callable[[Any], Any], column: Sequence[Any] | NDArray[Any]) -> Column:
    if at == _TIMESTAMP:
        return np.fromiter(column, np.int64, len(column))
    if at == _STARS:
        kept = {stars: keep(stars) for stars in set(column)}
        return np.fromiter(map(kept.__getitem__, column), float, len(column))
    texts = Texts.of(column)
    if at != _TITLE:
        return texts.mapped(keep)
    odd = ~texts.like(_KEPT_AS_IT_IS)
    return texts.mended(odd, map(keep, texts.where(odd)))


def _below(columns: Sequence[Column]) -> Column:
    texts = [column for column in columns if isinstance(column, Texts)]
    return Texts.one_after_another(texts) if texts else np.concatenate(columns)
