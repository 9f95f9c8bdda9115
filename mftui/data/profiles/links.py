"""IMDb's and TMDb's ids of movies, by which ratings from elsewhere are matched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mftui.data.dataset import Movies
from mftui.data.ids import Ids
from mftui.data.movies.link_file import read_links
from mftui.data.sources.locate import locate
from mftui.data.web_ids import written_imdb
from mftui.errors import DataError


@dataclass(frozen=True)
class Links:
    """Ids elsewhere, and the raw movie ids that belong to them."""

    imdb: dict[int, str] = field(default_factory=dict)
    """IMDb's number (114709 for tt0114709) to raw movie id."""
    tmdb: dict[int, str] = field(default_factory=dict)
    """TMDb's number to raw movie id."""

    @cached_property
    def imdb_of(self) -> dict[str, str]:
        """Return IMDb's ids (tt0114709) by raw movie id."""
        return {movie: written_imdb(number) for number, movie in self.imdb.items()}

    @cached_property
    def tmdb_of(self) -> dict[str, str]:
        """Return TMDb's ids by raw movie id."""
        return {movie: str(number) for number, movie in self.tmdb.items()}

    def __bool__(self) -> bool:
        return bool(self.imdb or self.tmdb)


def links_of_data(source: str) -> Links:
    """Read the ids of the data set that is opened by `source`, as a model's `meta` says it; none if it has no file of
    links, or is gone.

    Raises DataError for a file of links that cannot be read.
    """
    try:
        ref = locate(source).links
    except DataError:
        ref = None
    if ref is None:
        return Links()
    table = read_links(ref)
    return Links(_first(table.imdb, table.movies), _first(table.tmdb, table.movies))


def links_of_movies(movies: Movies, ids: Ids) -> Links:
    """Return the ids that a model has of its own movies; none for one that was made without."""
    web = movies.web_ids
    if web is None:
        return Links()
    raws = [str(raw) for raw in ids.raws(np.arange(len(web)))]
    return Links(_first(web.imdb, raws), _first(web.tmdb, raws))


def _first(numbers: Iterable[int], movies: Iterable[str]) -> dict[int, str]:
    """Map numbers to movies: of several movies of one number the first."""
    found: dict[int, str] = {}
    for number, movie in zip(np.asarray(numbers).tolist(), movies, strict=True):
        if number:
            found.setdefault(number, movie)
    return found
