"""Ratings from pandas DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mftui.data.readers.columns import RawRatings
from mftui.data.readers.typed_columns import columns_for, ratings_in
from mftui.data.reading.options import ReadOptions
from mftui.errors import DataError
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

HINT = "Name them with columns={'user': …, 'movie': …, 'rating': …}."


def read_frame(frame: pd.DataFrame, how: ReadOptions, name: str = "DataFrame") -> RawRatings:
    """Read the ratings of a DataFrame; its index does not count.

    Parameters
    ----------
    frame: with a user, a movie and a rating column, and perhaps a timestamp (numbers, texts or dates).
    how: what is said of it, such as columns of unusual names.
    name: what the frame is called in messages.

    Raises DataError, with the row, for what is missing or no number.
    """
    names = [str(column) for column in frame.columns]
    at, reading = columns_for(names, how, ("user", "movie", "rating"), name, HINT, "a DataFrame")
    if not len(frame):
        raise DataError("no rows.", path=name, hint="Give a frame with ratings.")
    columns = {role: _arrow(frame, index, name) for role, index in at.items()}
    return ratings_in(columns, name, name, how, reading)


def _arrow(frame: pd.DataFrame, at: int, name: str) -> Any:
    """Convert one column to Arrow, whole floats to integers."""
    import pandas as pd
    import pyarrow as pa

    column = frame.iloc[:, at]
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.dtype.kind == "f" and column.notna().all() and (column % 1 == 0).all() and column.abs().max() < 2**53:
        column = column.astype("int64")
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise DataError(
            f"the column {visible(str(frame.columns[at])[:60])} holds values of several types, or none that is an id.",
            path=name,
            hint="Convert it first, for example with .astype(str).",
        ) from error
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
