"""Titles, genres, years, links and tags of a vocabulary, from the files beside the ratings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Movies
from mftui.data.ids import Ids
from mftui.data.movies.join import Joined, imdb_numbers, indices_of, join
from mftui.data.movies.link_file import LinkTable, links_within
from mftui.data.movies.movie_table import MovieTable
from mftui.data.movies.tag_file import TagTable, most_given
from mftui.data.storage.string_column import StringColumn
from mftui.data.web_ids import WebIds
from mftui.text import visible

_FEW = 0.5


def movies_of(
    movie_ids: Ids,
    table: MovieTable | None,
    file_name: str,
    links: LinkTable | None = None,
    tags: TagTable | None = None,
) -> tuple[Movies, list[str]]:
    """Return `(movies by index, sentences on what did not fit)`; a movie without a title is called by its id."""
    n = len(movie_ids)
    titles = [str(raw) for raw in movie_ids.raws(np.arange(n))]
    genres = [""] * n
    years = np.zeros(n, dtype=np.int16)
    titled = np.zeros(n, dtype=bool)
    linked = [] if links is None else [links]
    notes: list[str] = []
    if table is not None and not table.titles:
        notes = table.notes
    elif table is not None:
        joined = join(movie_ids, table, links or LinkTable())
        titled[joined.indices[joined.known]] = True
        for line in np.flatnonzero(joined.known).tolist():
            at = int(joined.indices[line])
            if genres[at] and titles[at] == table.titles[line]:  # a line for each genre
                kinds = dict.fromkeys([*genres[at].split("|"), *table.genres[line].split("|")])
                genres[at] = "|".join(kind for kind in kinds if kind)
            else:
                genres[at] = table.genres[line]
            titles[at], years[at] = table.titles[line], table.years[line]
        notes = [*table.notes, *_notes(joined, titled, file_name)]
        if joined.key.kind == "own" and not joined.how:
            linked.append(links_within(table.keys, joined.key.texts))
    movies = Movies(
        StringColumn.of(titles),
        StringColumn.of(genres),
        years,
        bool(titled.any()),
        _web_ids(movie_ids, linked),
        None if tags is None else most_given(movie_ids, tags),
    )
    return movies, notes


def _web_ids(movie_ids: Ids, tables: Sequence[LinkTable]) -> WebIds | None:
    """Return IMDb's and TMDb's ids of the movies, of each the first that is known; None where none is."""
    n = len(movie_ids)
    of_ids = imdb_numbers(movie_ids)
    imdb, tmdb = np.zeros(n, np.int64) if of_ids is None else of_ids, np.zeros(n, np.int64)
    for table in tables:
        indices, known = indices_of(movie_ids, table.movies)
        for numbers, found in ((imdb, table.imdb), (tmdb, table.tmdb)):
            _fill(numbers, indices[known], found[known])
    return WebIds(imdb, tmdb) if imdb.any() or tmdb.any() else None


def _fill(numbers: NDArray[np.int64], at: NDArray[np.int32], found: NDArray[np.int64]) -> None:
    wanted = (numbers[at] == 0) & (found > 0)
    numbers[at[wanted]] = found[wanted]


def _notes(joined: Joined, titled: NDArray[np.bool_], file_name: str) -> list[str]:
    if not titled.any() and joined.key.kind != "own":
        return [
            f"Titles of {file_name} left out, as its ids of IMDb or TMDb are not those of the ratings; a links.csv "
            "would connect them. Ids are shown instead."
        ]
    if not titled.any():
        return [f"Titles of {file_name} left out, as it has none of the rated movies: ids are shown instead."]
    known, n = joined.known, len(titled)
    notes = []
    if joined.how:
        notes.append(
            f"Titles of {file_name} joined {joined.how}: {int(titled.sum()):,} of the {n:,} rated movies are found."
        )
    ids = joined.key.texts
    unrated = len({ids[line] for line in np.flatnonzero(~known).tolist()})
    if unrated:
        what = "1 movie of {} has" if unrated == 1 else f"{unrated:,} movies of {{}} have"
        notes.append(f"{what.format(file_name)} no ratings: not in the model.")
    repeated = int(known.sum()) - int(titled.sum())
    if repeated:
        notes.append(f"{repeated:,} of the lines of {file_name} repeat a movie id: the last one counts.")
    untitled = int((~titled).sum())
    if untitled and joined.share < _FEW:
        notes.append(
            f"{file_name} knows only {n - untitled:,} of the {n:,} rated movies ({joined.share:.0%}), by its column "
            f"{visible(joined.key.name)}: check that these are the ids of the ratings. Other movies are shown by their "
            "ids."
        )
    elif untitled:
        what = "1 rated movie has" if untitled == 1 else f"{untitled:,} rated movies have"
        notes.append(f"{what} no title in {file_name}: the id is shown instead.")
    return notes
