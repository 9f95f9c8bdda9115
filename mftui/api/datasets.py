"""Ratings, read from files or taken from DataFrames."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from mftui.api.measuring import KnownRatings, ratings_known_to
from mftui.api.show import html_table, one_line
from mftui.data import dataset as core
from mftui.data.loading.assemble import assemble
from mftui.data.loading.load import open_dataset
from mftui.data.loading.movie_titles import movies_of
from mftui.data.loading.vocabulary import vocabulary
from mftui.data.movies.frames import movies_in, titles_in
from mftui.data.readers.frame import read_frame
from mftui.data.reading.answers import in_python
from mftui.data.reading.options import ReadOptions
from mftui.errors import ArgumentError, DataError, DoubtError

if TYPE_CHECKING:
    import pandas as pd

    from mftui.engine.model.factors import Factors

FRAME = "DataFrame"


@dataclass(frozen=True, repr=False)
class Dataset:
    """Ratings with their users and movies; `mftui.read_ratings` makes one.

    Attributes
    ----------
    data : mftui.data.dataset.Dataset
        The same by indices, as the rest of mftui uses it.

    Examples
    --------
    >>> import mftui
    >>> sample = mftui.read_ratings("sample")
    >>> sample.n_movies == len(sample.movies)
    True
    """

    data: core.Dataset
    read_again: Mapping[str, Any] = field(default_factory=dict)
    """How a training can read the same again (parts of a `TrainRequest`); empty for a DataFrame."""

    @property
    def name(self) -> str:
        """Return the name of the data set."""
        return self.data.label

    @property
    def n_users(self) -> int:
        """Return the number of users."""
        return self.data.n_users

    @property
    def n_movies(self) -> int:
        """Return the number of movies with a rating."""
        return self.data.n_movies

    @property
    def n_ratings(self) -> int:
        """Return the number of ratings, those of an explicit test included."""
        return self.data.n_ratings

    def __len__(self) -> int:
        return self.n_ratings

    @property
    def scale(self) -> tuple[float, float, float]:
        """Return the lowest and highest rating, and the step between; 0 where there is no step."""
        return self.data.scale.lo, self.data.scale.hi, self.data.scale.step

    @property
    def read_as(self) -> dict[str, Any]:
        """Return how the ratings were read: columns, missing values, dates, and `warnings`; `sentence` says it all."""
        return self.data.reading.document()

    @property
    def repairs(self) -> tuple[str, ...]:
        """Return what reading corrected or left out, a sentence each."""
        return self.data.repairs

    @property
    def movies(self) -> pd.DataFrame:
        """Return every movie with a rating: movie_id, title, genres, year, imdb_id, tmdb_id and tags."""
        from mftui.api.tables import described

        return described(self.data.movie_ids, self.data.movies)

    def to_frame(self) -> pd.DataFrame:
        """Return the ratings in the order of the file: user_id, movie_id, rating, and timestamp where there is one.

        Examples
        --------
        >>> import mftui
        >>> mftui.read_ratings("sample").to_frame().columns.tolist()
        ['user_id', 'movie_id', 'rating', 'timestamp']
        """
        import pandas as pd

        ratings, columns = self.data.ratings, {}
        for name, ids, indices in (
            ("user_id", self.data.user_ids, ratings.users),
            ("movie_id", self.data.movie_ids, ratings.movies),
        ):
            columns[name] = np.array(ids.values.tolist(), dtype=np.int64 if ids.numeric else object)[indices]
        columns["rating"] = np.array(ratings.values)
        if ratings.timestamps is not None:
            columns["timestamp"] = np.array(ratings.timestamps)
        return pd.DataFrame(columns)

    def _facts(self) -> dict[str, str]:
        lo, hi, step = self.scale
        return {
            "data": self.name,
            "users": f"{self.n_users:,}",
            "movies": f"{self.n_movies:,}",
            "ratings": f"{self.n_ratings:,}",
            "scale": f"{lo:g} to {hi:g}" + (f" in steps of {step:g}" if step else ""),
        }

    def __repr__(self) -> str:
        line = "<mftui.Dataset {data}: {ratings} ratings by {users} users of {movies} movies, {scale}>"
        return one_line(line, self._facts())

    def _repr_html_(self) -> str:
        return html_table("mftui data set", self._facts())


def read_ratings(
    ratings: pd.DataFrame | str | os.PathLike[str] | Dataset,
    *,
    movies: pd.DataFrame | None = None,
    test: pd.DataFrame | str | os.PathLike[str] | None = None,
    columns: Mapping[str, str] | None = None,
    missing: Sequence[str | float] | str | float = (),
    counts: bool = False,
    wide: str = "",
    table: str = "",
    accept: Sequence[str] = (),
    cache: bool = True,
) -> Dataset:
    """Read ratings from a file, or take them from a DataFrame.

    Parameters
    ----------
    ratings: a DataFrame with user, movie and rating columns, and timestamp, title and genres where it has them;
        "sample", or another data set that mftui knows by name; or a file, directory or zip that mftui reads.
    movies: titles beside a DataFrame of ratings: a DataFrame with movie_id, title, genres, year, imdb_id and tmdb_id,
        as far as it has them.
    test: ratings to test on, of the same kind as `ratings`.
    columns: "user", "movie", "rating" or "timestamp" → the name of the column, where it is unusual, or its position
        from 1; "timestamp" → "none" leaves times out.
    missing: numbers or texts that mean "not rated", which are left out; "none" alone: every number is a rating.
    counts: whether the ratings are counts, such as plays: they become grades by quantiles.
    wide: "users" or "movies", for a matrix with a row for each of them.
    table: the sheet or table, in a file that has several.
    accept: names of doubts about which the data is right as it is; a DoubtError says its name.
    cache: keep a binary copy of a file, so that it opens at once the next time. Nothing is kept of a DataFrame.

    Returns
    -------
    Dataset

    Raises
    ------
    DoubtError
        For ratings that can be read in more than one way: it says what was seen, and what settles it. A ValueError.
    DataError
        For ratings that cannot be used, with the file and the line, or the row: a ValueError.
    ArgumentError
        For what is neither a DataFrame nor a path: a TypeError.

    Examples
    --------
    >>> import mftui, pandas as pd
    >>> frame = pd.DataFrame({"user": [1, 1, 2], "movie": [7, 8, 7], "rating": [4.0, 3.0, 5.0]})
    >>> mftui.read_ratings(frame)
    <mftui.Dataset DataFrame: 3 ratings by 2 users of 2 movies, 3 to 5 in steps of 1>
    """
    if isinstance(ratings, Dataset):
        if not (movies is None and test is None and columns is None):
            raise ArgumentError("a Dataset has its titles and its test already.", hint="Give them to read_ratings.")
        return ratings
    texts = [missing] if isinstance(missing, str | int | float) else missing
    words = [text if isinstance(text, str) else f"{text:.15g}" for text in texts]
    doubts = [accept] if isinstance(accept, str) else accept
    how = ReadOptions(columns or {}, words, counts, wide, table, doubts).checked()
    with _asking_in_python():
        return _read(ratings, movies, test, how, cache)


@contextmanager
def _asking_in_python() -> Iterator[None]:
    """Name the arguments that settle a doubt, not the options of the commands."""
    try:
        yield
    except DoubtError as error:
        settling = (f"\n  {in_python(option)}: {meaning}" for option, meaning in error.options)
        error.hint = f"Say which it is:{''.join(settling)}"
        raise


def _read(
    ratings: pd.DataFrame | str | os.PathLike[str],
    movies: pd.DataFrame | None,
    test: pd.DataFrame | str | os.PathLike[str] | None,
    how: ReadOptions,
    cache: bool,
) -> Dataset:
    if isinstance(ratings, str | os.PathLike):
        if movies is not None or not isinstance(test, str | os.PathLike | None):
            raise ArgumentError("a file of ratings takes no DataFrame beside it.", hint="Read it with pandas first.")
        source = ratings if isinstance(ratings, str) else Path(ratings)
        test_file = None if test is None else os.fspath(test)
        data = open_dataset(source, how=how, test=test_file, use_cache=cache)
        if test_file is not None and Path(test_file).expanduser().is_file():
            test_file = str(Path(test_file).expanduser().absolute())
        return Dataset(data, {"data": data.source, "test": test_file, **how.document()})
    if not is_frame(ratings):
        kind = type(ratings).__name__
        raise ArgumentError(
            f"ratings cannot be of the type {kind}.", hint="Give a pandas DataFrame, a path, or a name."
        )
    if test is not None and not is_frame(test):
        raise ArgumentError("ratings of a DataFrame are tested on another DataFrame.", hint="Read the file first.")
    parts = [read_frame(ratings, how)]
    n_train = len(parts[0])
    if test is not None:
        parts.append(read_frame(test, replace(how, like=parts[0].reading), "test DataFrame"))
    titles = titles_in(ratings, how.columns) if movies is None else movies_in(movies, how.columns)
    if movies is not None and titles is None:
        raise DataError("movies need a movie and a title column.", path="movies DataFrame")
    describe = partial(movies_of, table=titles, file_name="the DataFrame")
    named = {"name": FRAME, "label": FRAME, "source": "", "path": FRAME}
    return Dataset(assemble(parts, n_train, describe, how, **named, test_name="" if test is None else "test DataFrame"))


def is_frame(given: Any) -> TypeGuard[pd.DataFrame]:
    """Return whether this is a pandas DataFrame; imports nothing."""
    return hasattr(given, "columns") and hasattr(given, "iloc")


def _later(factors: Factors) -> ReadOptions:
    """Return how files for a model are to be read: as those that it was trained on."""
    return ReadOptions.later(factors.meta.get("read_options") or {}, factors.meta.get("read_as"))


def known_ratings(factors: Factors, ratings: Any = None) -> KnownRatings:
    """Return the ratings of a frame, file or data set that a model can be tested on; of None those it held out."""
    if ratings is None:
        return KnownRatings(factors.history.part(held_out=True), 0, 0)
    if isinstance(ratings, Dataset) or not is_frame(ratings):
        data = ratings.data if isinstance(ratings, Dataset) else open_dataset(ratings, how=_later(factors))
        source = data.label if isinstance(ratings, Dataset) else str(ratings)
        known = ratings_known_to(factors, data.user_ids, data.movie_ids, data.ratings, source)
        return replace(known, reading=data.reading)
    raw = read_frame(ratings, _later(factors))
    values = np.concatenate(raw.values)
    times = None if raw.timestamps is None else np.concatenate(raw.timestamps).astype(np.int64)
    user_ids, users = vocabulary([raw.users], "user")
    movie_ids, movies = vocabulary([raw.movies], "movie")
    return ratings_known_to(factors, user_ids, movie_ids, core.Ratings(users, movies, values, times), FRAME)
