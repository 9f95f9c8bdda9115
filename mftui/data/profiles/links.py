"""IMDb's ids of the movies of a data set, from its `links.csv`; read only when something is imported."""

from __future__ import annotations

import csv
import io

from mftui.data.profiles.rows import imdb_number
from mftui.data.sources.locate import locate
from mftui.errors import DataError


def imdb_links(source: str) -> dict[int, str]:
    """Map IMDb number (114709 for tt0114709) to raw movie id; empty if the data set has no `links.csv`, or is gone.

    `source`: what the data set is opened by, as a model's `meta` says it.

    Raises DataError for a `links.csv` that cannot be read.
    """
    try:
        ref = locate(source).links
    except DataError:
        ref = None
    if ref is None:
        return {}
    with ref.open() as file:
        text = file.read().decode("utf-8-sig", "replace")
    links: dict[int, str] = {}
    try:
        for line in csv.DictReader(io.StringIO(text, newline="")):
            number = imdb_number(line.get("imdbId") or "")
            if number > 0 and line.get("movieId"):
                links.setdefault(number, line["movieId"].strip())
    except csv.Error as error:
        raise DataError(f"cannot be read ({error}).", path=ref, hint="Correct it, or move it away.") from error
    return links
