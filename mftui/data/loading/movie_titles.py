"""Titles, genres and years of a vocabulary, from the movies file where there is one."""

from __future__ import annotations

import numpy as np

from mftui.data.dataset import Movies
from mftui.data.ids import Ids, RawId
from mftui.data.readers.columns import as_integer
from mftui.data.readers.movies import MovieTable
from mftui.data.storage.string_column import StringColumn

_NO_INTEGER = -(2**63)


def movies_of(movie_ids: Ids, table: MovieTable | None, file_name: str) -> tuple[Movies, list[str]]:
    """Return `(movies by index, sentences on what did not fit)`; a movie without a title is called by its id."""
    n = len(movie_ids)
    titles = [str(raw) for raw in movie_ids.raws(np.arange(n))]
    genres = [""] * n
    years = np.zeros(n, dtype=np.int16)
    if table is None:
        return Movies(StringColumn.of(titles), StringColumn.of(genres), years, titled=False), []
    indices, known = _indices(movie_ids, table.ids)
    titled = np.zeros(n, dtype=bool)
    titled[indices[known]] = True
    for line in np.flatnonzero(known).tolist():
        at = int(indices[line])
        titles[at], genres[at], years[at] = table.titles[line], table.genres[line], table.years[line]
    notes = _notes(table, known, titled, file_name)
    return Movies(StringColumn.of(titles), StringColumn.of(genres), years, titled=bool(titled.any())), notes


def _indices(movie_ids: Ids, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    if not movie_ids.numeric:
        raws: list[RawId] = list(texts)
        return movie_ids.indices(raws)
    numbers = [as_integer(text) for text in texts]
    indices, known = movie_ids.indices(np.array([_NO_INTEGER if i is None else i for i in numbers], dtype=np.int64))
    return indices, known & np.array([number is not None for number in numbers], dtype=bool)


def _notes(table: MovieTable, known: np.ndarray, titled: np.ndarray, file_name: str) -> list[str]:
    if not titled.any():
        return [f"Titles of {file_name} left out, as it has none of the rated movies: ids are shown instead."]
    notes = []
    unrated = len({table.ids[line] for line in np.flatnonzero(~known).tolist()})
    if unrated:
        what = "1 movie of {} has" if unrated == 1 else f"{unrated:,} movies of {{}} have"
        notes.append(f"{what.format(file_name)} no ratings: not in the model.")
    repeated = int(known.sum()) - int(titled.sum())
    if repeated:
        notes.append(f"{repeated:,} of the lines of {file_name} repeat a movie id: the last one counts.")
    untitled = int((~titled).sum())
    if untitled:
        what = "1 rated movie has" if untitled == 1 else f"{untitled:,} rated movies have"
        notes.append(f"{what} no title in {file_name}: the id is shown instead.")
    return notes
