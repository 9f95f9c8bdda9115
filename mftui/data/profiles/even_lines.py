"""Delimited text whose lines are all alike, as sites and mftui write it: read by columns, so very many lines are read
soon. What is not so is for a reader that goes line by line, and names the one that is wrong."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mftui.data.profiles.many_texts import Texts, give_back

DELIMITERS = ",;\t|"
_QUOTE, _END, _RETURN = b'"\n\r'
_VISIBLE = 0x21, 0x7E


@dataclass(frozen=True)
class EvenLines:
    """A line of names, and below it n lines with as many cells."""

    delimiter: str
    header: list[str]
    columns: Sequence[Texts]
    """Of each name n trimmed cells; no line is blank."""


def read_even(content: bytes) -> EvenLines | None:
    """Read UTF-8 text that begins with the names of its columns.

    None where a line has more or fewer cells or is blank, or quotes are used otherwise than around a whole cell.
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    end = content.find(b"\n")
    head = content[: max(end, 0)].decode().removesuffix("\r")
    delimiter = max(DELIMITERS, key=head.count)
    if head[:1] == "#" or head[:4].lower() == "sep=" or delimiter not in head or b"\0" in content:
        return None
    if content.count(b"\r") != content.count(b"\r\n") or not _well_quoted(content, ord(delimiter)):
        return None
    header = next(csv.reader([head], delimiter=delimiter, strict=True))
    columns = _columns(content, end + 1, delimiter, len(header))
    return EvenLines(delimiter, header, columns) if columns else None


def _columns(content: bytes, start: int, delimiter: str, n: int) -> list[Texts]:
    """Return the n columns of what begins at `start`; none where the lines are not alike."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = [*map(str, range(n))]
    try:
        columns = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(content).slice(start)),
            arrow_csv.ReadOptions(column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
        ).columns
    except pa.ArrowInvalid:
        return []
    whole = [_trimmed(Texts(pa.concat_arrays(columns.pop(0).chunks))) for _ in names]
    give_back()
    blank = np.logical_and.reduce([column.lengths == 0 for column in whole])
    too_long = max(int(column.lengths.max()) for column in whole) > csv.field_size_limit()
    return [] if too_long or blank.any() else whole


def _trimmed(column: Texts) -> Texts:
    """Take off blanks of any kind at both ends."""
    data, places = column.bounds
    starts, ends = places[:-1], places[1:]
    some = np.flatnonzero(ends > starts)
    low, high = _VISIBLE
    odd = np.zeros(len(column), bool)
    for ends_of in (data[starts[some]], data[ends[some] - 1]):
        odd[some] |= (ends_of < low) | (ends_of > high)
    return column.mended(odd, map(str.strip, column.where(odd)))


def _well_quoted(content: bytes, delimiter: int) -> bool:
    """Return whether each quote opens or closes a whole cell of one line, or is one of two within such a cell."""
    data = np.frombuffer(content, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    if not len(quotes):
        return True
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    before, after = data[opening - 1], data[np.minimum(closing + 1, len(data) - 1)]
    begins = np.isin(before, (delimiter, _END, _QUOTE)) | (opening == 0)
    ends = np.isin(after, (delimiter, _END, _RETURN, _QUOTE)) | (closing == len(data) - 1)
    within = np.searchsorted(quotes, np.flatnonzero(data == _END)) % 2
    return bool(begins.all() and ends.all() and not within.any())
