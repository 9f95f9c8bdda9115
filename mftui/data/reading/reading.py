"""How a file was read: in one sentence, and as an object for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from mftui.data.storage.documents import Of, in_range, shaped
from mftui.text import visible

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "a blank", "  ": "blanks"}
_BY = {"position": "by position, as there is no header", "given": "as you said", "run": "as the run was trained"}


@dataclass(frozen=True)
class ColumnUse:
    """One column that was read."""

    name: str
    """In the file; "" without a header."""
    position: int
    """From 1; 0 where the form has no columns of its own."""
    by: str
    """"name", "position", "given" (by the user), "run" (as of the file before), or "form"."""


@dataclass(frozen=True)
class Reading:
    """How one file of ratings was read.

    Attributes
    ----------
    form : what the file is, in words: "text", "a Parquet file".
    part : the sheet or table, where a file has several.
    delimiter, encoding, decimal : of a text; "" otherwise.
    header : whether there are column names; None where the form has no header.
    header_line : from 1, of a text; 0 otherwise.
    columns : role → the column taken for it.
    unused : names (or positions) of the other columns.
    n_columns : of the file.
    missing : what was left out as "not rated".
    grades : lower bounds of the grades from 1 on that counts were turned into; empty where the file has ratings.
    wide : "users" or "movies", where the file has one row for each of them.
    rating_form : how the ratings are written where they are no plain numbers: "3.5/5", "stars".
    dates : how the times are written: "seconds since 1970", "ISO 8601"; "" without times.
    first, last : the first and the last date, as 2001-01-22; "" without times.
    n_rows : rows with a rating, as read.
    left_out : reason → how many rows were left out.
    warnings : doubts that do not stop a training, a sentence each.
    """

    form: str = "text"
    part: str = ""
    delimiter: str = ""
    encoding: str = ""
    decimal: str = ""
    header: bool | None = None
    header_line: int = 0
    columns: Mapping[str, ColumnUse] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    n_columns: int = 0
    missing: tuple[str, ...] = ()
    grades: tuple[float, ...] = ()
    wide: str = ""
    rating_form: str = ""
    dates: str = ""
    first: str = ""
    last: str = ""
    n_rows: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def sentence(self, times: bool = True) -> str:
        """Return how the file was read, for people; with a word on times, unless the file needs none."""
        named = ("times", "not used", "left out")
        words = [
            f"{name}: {text}" if name in named else text
            for name, text in self.parts()
            if text and (times or name != "times")
        ]
        return f"Read as {'; '.join(words)}."

    def parts(self) -> list[tuple[str, str]]:
        """Return the same as (what, how) pairs, for a table; "" for what the file does not have."""
        unused = [visible(name[:20]) for name in self.unused[:6]]
        more = f" and {len(self.unused) - 6} more" if len(self.unused) > 6 else ""
        return [
            ("read as", self._form()),
            ("columns", self._columns()),
            ("not used", f"{', '.join(unused)}{more}"),
            ("ratings", "; ".join(self._ratings())),
            ("times", self._times()),
            ("left out", "; ".join(f"{n:,} {why}" for why, n in self.left_out.items())),
        ]

    def document(self) -> dict[str, Any]:
        """Return the object for JSON."""
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return found | {"sentence": self.sentence()}

    @classmethod
    def from_document(cls, document: Any) -> Reading | None:
        """Read what `document` returned; None where it is nothing of the kind. A part of a wrong type is missing."""
        found = shaped(in_range(document), _SHAPE)
        if not isinstance(found, dict):
            return None
        known = {f.name: found[f.name] for f in fields(cls) if found.get(f.name) is not None}
        lists = {name: tuple(known[name]) for name in ("unused", "missing", "grades", "warnings") if name in known}
        uses = known.get("columns", {}).items()
        columns = {role: ColumnUse(**use) for role, use in uses if set(use) == _USE and None not in use.values()}
        return cls(**(known | lists | {"columns": columns}))

    def _form(self) -> str:
        if self.form != "text":
            return self.form + (f", {visible(self.part)}" if self.part else "")
        words = [f"text with {_DELIMITERS.get(self.delimiter, self.delimiter)} between columns"]
        words.append(self.encoding.upper())
        if self.decimal == ",":
            words.append("decimal commas")
        words.append(f"header in line {self.header_line}" if self.header else "no header")
        return ", ".join(words)

    def _columns(self) -> str:
        if self.wide:
            other = "movies" if self.wide == "users" else "users"
            return f"a row for each of the {self.wide}, a column for each of the {other}"
        words: list[str] = []
        for role, use in self.columns.items():
            name = visible(use.name[:30])
            at = f"column {use.position}" if not words else str(use.position)
            words.append(f"{role} = {name} ({at})" if name else f"{role} = {at}")
        how = next((_BY[use.by] for by in _BY for use in self.columns.values() if use.by == by), "")
        return ", ".join(words) + (f" ({how})" if how else "")

    def _ratings(self) -> list[str]:
        words = []
        if self.rating_form:
            words.append(f"ratings written as {visible(self.rating_form)}")
        if self.grades:
            bounds = ", ".join(f"{bound:g}" for bound in self.grades)
            words.append(f"counts turned into {len(self.grades)} grades (from {bounds} on)")
        if self.missing:
            words.append(f"{', '.join(map(visible, self.missing))} = not rated")
        return words

    def _times(self) -> str:
        if not self.first:
            return "none"
        return f"{self.first} to {self.last} ({self.dates})"


_USE = {f.name for f in fields(ColumnUse)}
_SHAPE = {
    **{f.name: {"str": str, "int": int}[str(f.type)] for f in fields(Reading) if str(f.type) in ("str", "int")},
    "header": bool,
    "columns": Of({"name": str, "position": int, "by": str}),
    **{name: [str] for name in ("unused", "missing", "warnings")},
    "grades": [float],
    "left_out": Of(int),
}


def date_of(seconds: int) -> str:
    """Return the date of seconds since 1970, as 2001-01-22; in numbers where it is beyond any date."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"
