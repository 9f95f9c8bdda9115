"""What the files beside the ratings say of the movies; none of them can stop a training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mftui.data.dataset import Movies
from mftui.data.ids import Ids
from mftui.data.loading.movie_titles import movies_of
from mftui.data.movies.link_file import LinkTable, read_links
from mftui.data.movies.movie_table import MovieTable
from mftui.data.movies.movies_file import read_movies
from mftui.data.movies.tag_file import TagTable, read_tags
from mftui.data.movies.within import titles_within
from mftui.data.reading.options import ReadOptions
from mftui.data.sources.locate import Sources
from mftui.errors import DataError

T = TypeVar("T")


def describe(sources: Sources, how: ReadOptions, movie_ids: Ids) -> tuple[Movies, list[str]]:
    """Return `(what is known of the movies, by index; sentences on what did not fit or could not be read)`."""
    notes: list[str] = []

    def unless_faulty(what: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except DataError as error:
            notes.append(f"{what} left out: {error}")
            return None

    table: MovieTable | None = None
    links: LinkTable | None = None
    tags: TagTable | None = None
    movies, name = sources.movies, sources.ratings.name
    if movies is not None:
        name = movies.name
        table = unless_faulty("Titles", lambda: read_movies(movies, sources.genres))
    if table is None and not how.wide:
        table, name = titles_within(sources.ratings_files, how), sources.ratings.name
    if (file := sources.links) is not None:
        links = unless_faulty("IMDb's and TMDb's ids", lambda: read_links(file))
    if (tagged := sources.tags) is not None:
        tags = unless_faulty("Tags", lambda: read_tags(tagged, sources.tag_names))
    described, unfit = movies_of(movie_ids, table, name, links, tags)
    return described, [*notes, *unfit, *(tags.notes if tags else ())]
