"""How files of ratings are to be read: what the user says of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mftui.errors import UsageError
from mftui.text import visible

if TYPE_CHECKING:
    from mftui.data.reading.reading import Reading

ROLES = ("user", "movie", "rating", "timestamp")
LEFT_OUT = "none"
"""`timestamp=none`: the column is not read; `missing` of this keeps every value."""
BLANK = "blank"
"""An empty field, among `missing`."""
DOUBTS = (
    "row-numbers", "ids", "times", "counts", "missing", "outliers", "constant-ratings", "repeated-pairs",
    "exponent-ids",
)  # fmt: skip
"""What can be doubted about a reading, by the name that `accept` takes."""
WIDE = ("users", "movies")
"""What a row of a wide table is."""


@dataclass(frozen=True)
class ReadOptions:
    """Say how files are to be read; what is not said is found by looking.

    Attributes
    ----------
    columns : role ("user", "movie", "rating", "timestamp") → column name, or position from 1. `timestamp` may be
        "none".
    missing : what stands for "not rated": texts or numbers, which are left out; "none" alone keeps every number.
    counts : whether the "ratings" say how often something was played or bought: they become grades by quantiles.
    wide : "users" or "movies": the table has one row for each of these, and a column for each of the others;
        "auto" finds out which; "" is an ordinary table.
    table : the sheet or table, in a file that has several.
    accept : names of doubts (DOUBTS) about which the data is right as it is.
    like : how the file was read that a later one belongs to.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    counts: bool = False
    wide: str = ""
    table: str = ""
    accept: Sequence[str] = ()
    like: Reading | None = None

    def checked(self) -> ReadOptions:
        """Return self; raises UsageError for a role, a doubt or a kind of row that there is not."""
        for what, given, known in (
            ("column role", self.columns, ROLES),
            ("doubt", self.accept, DOUBTS),
            ("kind of row", [self.wide] if self.wide else [], (*WIDE, "auto")),
        ):
            if unknown := sorted(set(given) - set(known)):
                raise UsageError(f"there is no {what} called {unknown[0]}.", hint=f"There are: {', '.join(known)}.")
        return self

    @property
    def keeps_all(self) -> bool:
        """Return whether every number is a rating, whatever it looks like."""
        return tuple(self.missing) == (LEFT_OUT,)

    @property
    def missing_texts(self) -> tuple[str, ...]:
        """Return the texts that stand for "not rated"."""
        return () if self.keeps_all else tuple("" if text == BLANK else text for text in self.missing)

    @property
    def missing_words_in_file(self) -> tuple[str, ...]:
        """Return those that are no numbers: a reader takes them for "nothing there" in any column."""
        return tuple(text for text in self.missing_texts if (number := _number(text)) is None or math.isnan(number))

    @property
    def missing_words(self) -> tuple[str, ...]:
        """Return the same to show."""
        return tuple(text or BLANK for text in self.missing_texts)

    @property
    def missing_numbers(self) -> tuple[float, ...]:
        """Return the numbers among them."""
        return tuple(number for text in self.missing_texts if (number := _number(text)) is not None)

    @classmethod
    def later(cls, options: Mapping[str, Any], read_as: Any) -> ReadOptions:
        """Return how later files of a training are to be read.

        Parameters
        ----------
        options: what was said of its data, as `document` returns it.
        read_as: how that was read, as `Reading.document` returns it; anything else for a run that does not know.
        """
        from mftui.data.reading.reading import Reading

        like = Reading.from_document(read_as)
        kept = dict(options)
        if like is not None:
            kept.pop("columns", None)  # the reading says which these were
        return cls(**kept, like=like)

    def accepts(self, doubt: str) -> bool:
        """Return whether the user has said that the data is right in this respect."""
        return doubt in self.accept or (self.keeps_all and doubt in ("missing", "outliers"))

    def document(self) -> dict[str, Any]:
        """Return what was said, for JSON: the key of a cache, or of a training; empty where nothing was."""
        said = {
            "columns": dict(self.columns),
            "missing": list(self.missing),
            "counts": self.counts,
            "wide": self.wide,
            "table": self.table,
            "accept": list(self.accept),
        }
        return {name: value for name, value in said.items() if value}


def columns_said(text: str) -> dict[str, str]:
    """Return role → column of `user=uid,movie=film,rating=stars`; raises UsageError where a part is none."""
    columns: dict[str, str] = {}
    for pair in text.split(","):
        role, equals, name = (part.strip() for part in pair.partition("="))
        if not (equals and role and name):
            raise UsageError(f"{visible(repr(pair))} is not of the form role=column, such as user=customer_id.")
        columns[role] = name
    return columns


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
