"""Titles and genres that a ratings file itself carries, in columns beside the ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.readers.layout import recognise
from mftui.data.readers.movies import MovieTable
from mftui.data.readers.names import match
from mftui.data.readers.parquet import is_parquet
from mftui.data.readers.text import read_columns
from mftui.data.storage.files import FileRef


def titles_within(ref: FileRef, given: Mapping[str, str] | None = None) -> MovieTable | None:
    """Read one line for each movie of the text file `ref`, from the last of its rows; None without a title column."""
    if is_parquet(ref):
        return None
    layout = recognise(ref, given)
    taken = set(layout.columns.values())
    found = {role: at for role, at in match(layout.names, ("title", "genres")).items() if at not in taken}
    if "title" not in found:
        return None
    layout = replace(layout, columns={"movie": layout.columns["movie"], **found})
    columns = read_columns(ref, layout, list(layout.columns), as_text=True)
    codes, movies = _coded(columns["movie"])
    last = np.zeros(len(movies), dtype=np.int64)
    last[codes] = np.arange(len(codes))
    titles = _at(columns["title"], last)
    genres = _at(columns["genres"], last) if "genres" in columns else [""] * len(last)
    table = MovieTable()
    for movie, title, kinds in zip(movies, titles, genres, strict=True):
        if title.strip():
            table.add(ref, 0, movie, title, kinds)
    return table


def _coded(column: Any) -> tuple[NDArray[np.int32], list[str]]:
    whole = column.unify_dictionaries()
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in whole.chunks])
    return codes, whole.chunk(0).dictionary.to_pylist()


def _at(column: Any, rows: NDArray[np.int64]) -> list[str]:
    codes, texts = _coded(column)
    return [texts[code] for code in codes[rows].tolist()]
