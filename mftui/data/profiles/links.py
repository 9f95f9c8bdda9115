"""IMDb's ids of the movies of a data set, from its file of links; read only when something is imported."""

from __future__ import annotations

import numpy as np

from mftui.data.movies.link_file import read_links
from mftui.data.sources.locate import locate
from mftui.errors import DataError


def imdb_links(source: str) -> dict[int, str]:
    """Map IMDb number (114709 for tt0114709) to raw movie id; empty if the data set has no links, or is gone.

    `source`: what the data set is opened by, as a model's `meta` says it.

    Raises DataError for a file of links that cannot be read.
    """
    try:
        ref = locate(source).links
    except DataError:
        ref = None
    if ref is None:
        return {}
    table = read_links(ref)
    links: dict[int, str] = {}
    for at in np.flatnonzero(table.imdb).tolist():
        links.setdefault(int(table.imdb[at]), table.movies[at])
    return links
