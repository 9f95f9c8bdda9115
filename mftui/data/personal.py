"""One person's ratings from a small CSV: movie ids or titles, and ratings."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from pathlib import Path

from mftui.data.files import unreadable
from mftui.data.readers.names import match
from mftui.errors import DataError
from mftui.text import visible

_MOST_CHARACTERS = 1 << 24
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class PersonalRating:
    """A rating as the file has it."""

    movie: str
    """Movie id, or title where there is no id."""
    title: str
    """Title, empty where the file has none."""
    rating: float
    line: int


def read_personal(path: Path) -> list[PersonalRating]:
    """The ratings of a CSV with a movie (id or title) and a rating column; other columns are ignored.

    Raises DataError, with file and line, for what cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise DataError("this is no UTF-8 text.", path=path, hint="Save it as UTF-8.") from error
    if len(text) > _MOST_CHARACTERS:
        raise DataError("too large for one person's ratings.", path=path, hint="Train on it: mftui train --data.")
    rows = _rows(path, text)
    header = rows[0][1] if rows else []
    columns = match(header, ("movie", "rating"))
    if columns.keys() != {"movie", "rating"}:
        found = ", ".join(visible(name[:30]) for name in header[:20]) or "nothing"
        raise DataError(
            f"needs a movie and a rating column; it has: {found}.",
            path=path,
            hint="Name them movieId (or title) and rating.",
        )
    title = match(header, ("title",)).get("title")
    return [_rating(path, line, row, columns, title) for line, row in rows[1:]]


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """(line, fields) of every row with something in it; raises DataError for broken quoting."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise DataError(f"broken quoting ({error}).", path=path, line=reader.line_num, hint="Mend the line.") from error


def _rating(path: Path, line: int, row: list[str], columns: dict[str, int], title: int | None) -> PersonalRating:
    if len(row) <= max(columns.values()):
        raise DataError("too few columns.", path=path, line=line, hint="Mend or remove the line.")
    text = row[columns["rating"]].strip()
    rating = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(rating):
        shown = visible(text[:40])
        raise DataError(f"the rating {shown} is not a number.", path=path, line=line, hint="Mend or remove the line.")
    if not row[columns["movie"]].strip():
        raise DataError("the movie is missing.", path=path, line=line, hint="Fill it in, or remove the line.")
    name = row[title].strip() if title is not None and title < len(row) else ""
    return PersonalRating(row[columns["movie"]].strip(), name, rating, line)
