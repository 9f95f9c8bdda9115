"""Titles and genres that a file of ratings itself carries, in columns beside the ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.delimited.layout import recognise
from mftui.data.delimited.text import read_columns
from mftui.data.forms.read import read_form
from mftui.data.movies.movie_table import Columns, Key, MovieTable, said, title_columns, year_of
from mftui.data.movies.texts import coded, texts_of
from mftui.data.readers.typed_columns import typed_columns
from mftui.data.reading.options import ReadOptions
from mftui.data.storage.files import FileRef
from mftui.data.titles.genres import joined_genres
from mftui.data.titles.title import words_of
from mftui.errors import DataError
from mftui.text import visible

_LOOKED_AT = 1_000_000
"""Rows that show whether titles change."""
_AGREE = 0.75
"""A title is the movie's own where so many of the movie's rows have the same."""
_MANY = 10
"""Movies from which it can be told whether their titles are the same."""
_ENOUGH = 3
"""Movies with several rows from which this can be told."""
_CHANGING = 0.25
"""A column is no title where the titles of so many movies are not their own."""


def titles_within(refs: Sequence[FileRef], how: ReadOptions) -> MovieTable | None:
    """Read the titles in files of ratings, from the last row of each movie; None without a title column."""
    tables = [table for ref in refs if (table := _of_file(ref, how)) is not None]
    if len(tables) < 2:
        return tables[0] if tables else None
    whole = tables[0]
    for table in tables[1:]:
        whole.keys[0].texts.extend(table.keys[0].texts)
        whole.titles += table.titles
        whole.genres += table.genres
        whole.years += table.years
        whole.notes += [note for note in table.notes if note not in whole.notes]
    return _last_of_each(whole)


def titles_among(names: Sequence[str], places: Columns, columns: Mapping[int, Any], where: str) -> MovieTable:
    """Return the titles in columns of ratings, from the last row of each movie.

    A column whose titles differ from row to row of a movie (headlines of reviews, names of users) is not taken, and
    the table's notes say so.

    Parameters
    ----------
    names: of all columns.
    places: which of them describe the movies.
    columns: these, as Arrow columns, by position.
    where: the file's name, for the notes.
    """
    movie = places.keys[0][1]
    codes, values = coded(columns[movie])
    ids = texts_of(values)
    last = np.zeros(len(ids), dtype=np.int64)
    last[codes] = np.arange(len(codes))
    notes: list[str] = []

    def of_movies(at: int) -> list[str] | None:
        """Return the cell of each movie; None where it changes within movies."""
        cell_codes, cells = coded(columns[at])
        texts = texts_of(cells)
        if _changing(codes, cell_codes, texts):
            return None
        return [said(texts[code]) for code in cell_codes[last].tolist()]

    titles: list[str] | None = None
    for at in places.titles:
        titles = of_movies(at)
        why = "it changes within a movie"
        if titles is not None and _shared(titles):
            titles, why = None, "most movies share it with others"
        if titles is not None:
            break
        notes.append(f"The column {visible(names[at])} of {where} is no title of movies, as {why}: left out.")
    if titles is None:
        return MovieTable(keys=[Key("own", names[movie], [])], notes=notes)
    nothing = [""] * len(ids)
    genres = joined_genres((places.genres is not None and of_movies(places.genres)) or nothing)
    dates = (places.year is not None and of_movies(places.year)) or nothing
    rows = [row for row, title in enumerate(titles) if title]
    return MovieTable(
        keys=[Key("own", names[movie], [ids[row] for row in rows])],
        titles=[titles[row] for row in rows],
        genres=[genres[row] for row in rows],
        years=[year_of(titles[row], dates[row]) for row in rows],
        notes=notes,
    )


def _of_file(ref: FileRef, how: ReadOptions) -> MovieTable | None:
    try:
        found = typed_columns(ref, how)
    except DataError:  # the rating or the user stands in the names of its directories
        return None
    if found is not None:
        return _of_form(ref, how, *found)
    layout = recognise(ref, how)
    places = title_columns(list(layout.names), layout.columns["movie"], set(layout.columns.values()))
    if places is None:
        return None
    layout = replace(layout, columns={str(at): at for at in places.all})
    columns, _ = read_columns(ref, layout, list(layout.columns), as_text=True)
    return titles_among(layout.names, places, {int(at): column for at, column in columns.items()}, ref.name)


def _of_form(ref: FileRef, how: ReadOptions, names: Sequence[str], at: Mapping[str, int]) -> MovieTable | None:
    places = title_columns(list(names), at["movie"], set(at.values()))
    if places is None:
        return None
    table = read_form(ref, how.table or None, columns=[names[place] for place in places.all])
    assert table is not None
    found = {place: table.columns[table.names.index(names[place])] for place in places.all}
    return titles_among(names, places, found, ref.name)


def _shared(titles: Sequence[str]) -> bool:
    """Return whether most movies have the title of another one: "Five Stars", a category."""
    said_something = [title for title in titles if title]
    return len(said_something) >= _MANY and 2 * len(set(said_something)) < len(said_something)


def _changing(movies: NDArray[np.int32], codes: NDArray[np.int32], texts: list[str]) -> bool:
    """Return whether titles differ within movies, beyond a few spellings: case, accents and signs do not count."""
    alike: dict[str, int] = {}
    folded = np.array([alike.setdefault(" ".join(words_of(text)), len(alike)) for text in texts], dtype=np.int64)
    part = slice(0, _LOOKED_AT)
    said_something = folded[codes[part]] != alike.get("", -1)
    of, title = movies[part][said_something].astype(np.int64), folded[codes[part]][said_something]
    if not len(of):
        return False
    pairs, counts = np.unique(of * len(alike) + title, return_counts=True)
    rows, most = np.bincount(of), np.zeros(of.max() + 1, dtype=np.int64)
    np.maximum.at(most, pairs // len(alike), counts)
    several = rows > 1
    return bool(several.sum() >= _ENOUGH and np.mean(most[several] < _AGREE * rows[several]) > _CHANGING)


def _last_of_each(table: MovieTable) -> MovieTable:
    key = table.keys[0]
    rows = sorted({movie: row for row, movie in enumerate(key.texts)}.values())
    return MovieTable(
        keys=[replace(key, texts=[key.texts[row] for row in rows])],
        titles=[table.titles[row] for row in rows],
        genres=[table.genres[row] for row in rows],
        years=[table.years[row] for row in rows],
        notes=table.notes,
    )
