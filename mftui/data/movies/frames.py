"""Movies from pandas DataFrames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mftui.data.movies.movie_table import MovieTable, movie_columns, title_columns
from mftui.data.movies.movies_file import table_of, title_of
from mftui.data.movies.texts import text_of, texts_of
from mftui.data.movies.within import titles_among
from mftui.data.readers.names import match
from mftui.data.reading.options import ROLES

if TYPE_CHECKING:
    import pandas as pd

FRAME = "the DataFrame"


def movies_in(frame: pd.DataFrame, given: Mapping[str, str] | None = None) -> MovieTable | None:
    """Return what a DataFrame says of movies, a row each; None without a column for the movie or the title.

    `given`: role → column name; its "movie" is the column of ids.
    """
    names = [str(column) for column in frame.columns]
    named = (given or {}).get("movie")
    columns = movie_columns(names if named not in names else ["movieId" if name == named else name for name in names])
    if columns is None:
        return None
    texts = {at: texts_of(_arrow(frame, at)) for at in columns.all}
    rows = [[texts[at][row] if at in texts else "" for at in range(len(names))] for row in range(len(frame))]
    key = columns.keys[0][1]
    sound = [row for row in rows if row[key].strip() and title_of(row, columns)]
    return table_of(names, columns, sound, [title_of(row, columns) for row in sound])


def titles_in(frame: pd.DataFrame, given: Mapping[str, str] | None = None) -> MovieTable | None:
    """Return the titles in a DataFrame of ratings; None without a column of titles."""
    names = [str(column) for column in frame.columns]
    at = match(names, ROLES, given)
    places = title_columns(names, at["movie"], set(at.values()))
    if places is None:
        return None
    return titles_among(names, places, {place: _arrow(frame, place) for place in places.all}, FRAME)


def _arrow(frame: pd.DataFrame, at: int) -> Any:
    """Return a column as Arrow has it; of several types, as texts."""
    import pyarrow as pa

    column = frame.iloc[:, at]
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        array = pa.array([text_of(value) for value in column], pa.string())
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
