"""A table of the films that were not found, for people to correct and import again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.storage.csv_cells import inert
from mftui.data.titles.title import parse_year

COLUMNS = (
    "movieId", "title", "year", "rating", "date", "imdb_id", "tmdb_id", "nearest", "dataset", "fingerprint",
)  # fmt: skip
"""`movieId` is empty: whoever fills it in says which movie of the data set is meant."""


def as_mendable(rows: Iterable[Rated], matcher: Matcher) -> str:
    """Write films that were not found as CSV, with ratings in stars of five and the nearest titles with their ids."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        year = parse_year(row.title)
        title = re.sub(rf"\s*\({year}\)\s*$", "", row.title) if year else row.title
        near = "; ".join(f"{matcher.raw_id(movie)}: {matcher.titles[movie]}" for movie in matcher.nearest(row))
        cells = ("", inert(title), year or "", f"{row.stars:.6g}", _written(row.timestamp), row.imdb_id, row.tmdb_id)
        writer.writerow((*cells, inert(near), inert(matcher.dataset), matcher.fingerprint))
    return out.getvalue()


def _written(timestamp: int) -> str:
    """Return the moment as 2024-01-05, with the time where it is not midnight; in seconds where it is no date."""
    try:
        moment = datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return str(timestamp)
    return moment.date().isoformat() if timestamp % 86_400 == 0 else moment.isoformat(sep=" ")
