"""Ratings for elsewhere: MovieLens' CSV, and the CSV that Letterboxd imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from mftui.data.profiles.rows import Rated
from mftui.data.storage.csv_cells import inert
from mftui.data.titles.title import parse_year, spoken_name


def as_letterboxd(rows: Iterable[Rated]) -> str:
    """Write the CSV that letterboxd.com/import takes: imdbID, Title, Year, Rating in half stars, WatchedDate."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("imdbID", "Title", "Year", "Rating", "WatchedDate"))
    for row in (row for row in rows if row.title or row.imdb_id):
        rating = max(0.5, int(row.stars * 2 + 0.5) / 2)
        writer.writerow(
            (row.imdb_id, inert(spoken_name(row.title)), parse_year(row.title) or "", f"{rating:g}", row.day)
        )
    return out.getvalue()
