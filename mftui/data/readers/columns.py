"""Columns as they come out of a file, before ids become indices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import malloc_trim
from mftui.data.reading.reading import Reading
from mftui.text import whole_number

_LEADING_ZERO = re.compile(r"[+-]?0\d+(\.0*)?", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d+)\.0+", re.ASCII)
_EXPONENT = re.compile(r"([+-]?\d)\.(\d+)[eE]\+?(\d{1,2})", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+(\.0*)?", re.ASCII)
_MISSING = frozenset({"nan", "na", "n/a", "null", "none", "<na>"})

Chunks = list[NDArray[Any]]
"""A column in pieces, as a file is read."""
_TOGETHER = 32
"""Chunks after which memory is given back."""


def chunks_of(column: Any) -> Chunks:
    """Return the chunks of an Arrow column of numbers without nulls, not copied.

    Arrow's own `to_numpy` imports pandas first, a third of a second.
    """
    return [np.from_dlpack(chunk) for chunk in column.chunks]


def let_go(chunks: Chunks) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Yield the chunks of a column, the last one first, each with its place in the column; empties `chunks`.

    What a reader's own allocator leaves to glibc is given back on the way: else the column is in memory twice.
    """
    at = sum(map(len, chunks))
    while chunks:
        chunk = chunks.pop()
        at -= len(chunk)
        yield slice(at, at + len(chunk)), chunk
        if len(chunks) % _TOGETHER == 0:
            malloc_trim()


@dataclass
class RawIds:
    """n raw ids: integers in chunks, or strings by code. One of the two forms is set."""

    numbers: Chunks | None = None
    """Integer chunks, n in all."""
    codes: NDArray[np.int32] | None = None
    """(n,) index into `strings`."""
    strings: list[str] | None = None
    """Distinct or not; stripped."""

    def __len__(self) -> int:
        if self.numbers is not None:
            return sum(map(len, self.numbers))
        assert self.codes is not None
        return len(self.codes)

    def tolist(self) -> list[int | str]:
        """Return the ids as a list, one by one."""
        if self.numbers is not None:
            return [int(i) for chunk in self.numbers for i in chunk.tolist()]
        assert self.codes is not None and self.strings is not None
        strings = self.strings
        return [strings[code] for code in self.codes.tolist()]


@dataclass
class RawRatings:
    """n ratings as read from one file, in its order."""

    users: RawIds
    movies: RawIds
    values: Chunks
    """Of float32."""
    timestamps: Chunks | None = None
    """Of any numbers: whole seconds since 1970, or what is cut down to them."""
    repairs: list[str] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    """How they were read, as far as the file tells."""

    def __len__(self) -> int:
        return sum(map(len, self.values))


def is_missing(text: str, *, among_numbers: bool) -> bool:
    """Return whether an id is missing: blank, or, where the other ids are numbers, a word such as NaN."""
    bare = text.strip()
    return not bare or (among_numbers and bare.casefold() in _MISSING)


def as_integer(text: str) -> int | None:
    """Return the integer that `text` stands for ("42", "42.0"), within 64 bits; else None."""
    bare = text.strip()
    if len(bare) < 19 and bare.isdigit() and bare.isascii():  # most are so
        return int(bare)
    if _INTEGER.fullmatch(bare):
        size = whole_number(bare.lstrip("+-").split(".")[0])
        if size is None:
            return None
        number = -size if bare.startswith("-") else size
    elif (match := _EXPONENT.fullmatch(bare)) and len(match[2]) >= int(match[3]) < 40:
        exact = Decimal(bare)  # 1.0000e+01, with all its digits
        if exact != exact.to_integral_value():
            return None
        number = int(exact)
    else:
        return None
    return number if -(2**63) <= number < 2**63 else None


def from_dictionary(column: Any) -> RawIds | None:
    """Make raw ids of an Arrow column of text, encoded by one dictionary; None where one is missing."""
    whole = column.combine_chunks()
    whole = whole.chunk(0) if hasattr(whole, "chunks") else whole
    return from_strings(whole.indices.to_numpy().astype(np.int32), whole.dictionary.to_pylist())


def from_strings(codes: NDArray[np.int32], strings: list[str]) -> RawIds | None:
    """Make raw ids of strings; None where one is missing.

    They are integers where all of them are, and none has a leading zero: 007 is not 7. Among other text, 1.0 is 1,
    as pandas writes whole numbers beside missing ones.
    """
    numbers = [as_integer(text) for text in strings]
    among_numbers = all(
        number is not None or is_missing(text, among_numbers=True)
        for number, text in zip(numbers, strings, strict=True)
    ) and any(number is not None for number in numbers)
    if any(is_missing(text, among_numbers=among_numbers) for text in strings):
        return None
    stripped = [text.strip() for text in strings]
    if any(_LEADING_ZERO.fullmatch(text) for text in stripped):
        return RawIds(codes=codes, strings=stripped)
    if among_numbers:
        return RawIds(numbers=[np.array(numbers, dtype=np.int64)[codes]])
    return RawIds(
        codes=codes, strings=[_WHOLE.sub(r"\1", text) if _WHOLE.fullmatch(text) else text for text in stripped]
    )
