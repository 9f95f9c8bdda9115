"""One person's ratings from a small CSV: movie ids or titles, and ratings."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from mftui.data.readers.names import match
from mftui.errors import DataError


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
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read ({error}).", path=path) from error
    rows = list(csv.reader(text.splitlines()))
    columns = match(rows[0] if rows else [], ("movie", "rating"))
    if columns.keys() != {"movie", "rating"}:
        found = ", ".join(rows[0]) if rows else "nothing"
        raise DataError(
            f"needs a movie and a rating column; it has: {found}.",
            path=path,
            hint="Name them movieId (or title) and rating.",
        )
    title = match(rows[0], ("title",)).get("title")
    return [_rating(path, line, row, columns, title) for line, row in enumerate(rows[1:], 2) if any(row)]


def _rating(path: Path, line: int, row: list[str], columns: dict[str, int], title: int | None) -> PersonalRating:
    if len(row) <= max(columns.values()):
        raise DataError("too few columns.", path=path, line=line)
    try:
        rating = float(row[columns["rating"]])
    except ValueError:
        rating = math.nan
    if not math.isfinite(rating):
        raise DataError(f"rating {row[columns['rating']]!r} is not a number.", path=path, line=line)
    name = row[title].strip() if title is not None and title < len(row) else ""
    return PersonalRating(row[columns["movie"]].strip(), name, rating, line)
