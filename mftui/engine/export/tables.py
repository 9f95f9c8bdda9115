"""Tables of a model, written in blocks: factors and biases of users and movies, and the lists of all users."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as arrow
from numpy.typing import NDArray

from mftui.data.dataset import Movies
from mftui.data.ids import Ids
from mftui.data.storage.csv_cells import inert
from mftui.data.storage.regular import create_own
from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.factors import Factors
from mftui.engine.query.recommend import Rank
from mftui.engine.query.recommend_all import TopN

OnShare = Callable[[float], None]
ROWS_AT_ONCE = 20_000
_LIST_ROWS = 250_000
"""Entries of lists that are written together."""


def write_movies(model: Factors, file: Path, on_progress: OnShare) -> None:
    """Write a row for each movie: movie_id, title, year, genres, imdb_id, tmdb_id and tags where the data has them,
    n_ratings, n_train, bias, factor_1 … factor_k and, where the model has the block, audience_1 … and
    audience_weight."""
    p, texts = model.parameters, _Texts(file)

    def rows(part: slice) -> dict[str, Any]:
        places = np.arange(model.n_movies)[part]
        return {
            "movie_id": texts.ids(model.movie_ids, places),
            "title": texts.column(model.movies.titles[i] for i in places),
            "year": arrow.array(model.movies.years[part], mask=model.movies.years[part] == 0),
            "genres": texts.column(model.movies.genres[i] for i in places),
            **_known_elsewhere(model.movies, places, texts),
            "n_ratings": model.movie_counts[part],
            "n_train": model.movie_train_counts[part],
            "bias": p.movie_bias[part],
            **_columns("factor", p.movie_factors[part]),
            **_columns("audience", None if p.audience_movie_factors is None else p.audience_movie_factors[part]),
            **({} if p.audience_movie_weights is None else {"audience_weight": p.audience_movie_weights[part]}),
        }

    _write_parts(file, rows, model.n_movies, on_progress)


def _known_elsewhere(movies: Movies, places: NDArray[np.int64], texts: _Texts) -> dict[str, Any]:
    """Return the columns of IMDb's and TMDb's ids and of tags, as far as the data has them."""
    columns: dict[str, Any] = {}
    if (web := movies.web_ids) is not None:
        tmdb = np.asarray(web.tmdb[places])
        columns["imdb_id"] = texts.column(web.imdb_id(i) for i in places)
        columns["tmdb_id"] = arrow.array(tmdb, mask=tmdb == 0)
    if (tags := movies.tags) is not None:
        columns["tags"] = texts.column(tags[i] for i in places)
    return columns


def write_users(model: Factors, file: Path, on_progress: OnShare) -> None:
    """Write a row for each user: user_id, n_train, bias, factor_1 … factor_k and, with the block, audience_1 …"""
    p, texts = model.parameters, _Texts(file)

    def audience(users: Indices) -> Floats | None:
        if not model.has_audience:
            return None
        return model.audience.factors_of(model.audience.rows(model.history, users))

    def rows(part: slice) -> dict[str, Any]:
        return {
            "user_id": texts.ids(model.user_ids, np.arange(model.n_users)[part]),
            "n_train": model.user_train_counts[part],
            "bias": p.user_bias[part],
            **_columns("factor", p.user_factors[part]),
            **_columns("audience", audience(np.arange(model.n_users)[part])),
        }

    _write_parts(file, rows, model.n_users, on_progress)


def write_lists(
    model: Factors,
    file: Path,
    *,
    n: int,
    rank: Rank | None,
    on_progress: OnShare,
    users: NDArray[np.int64] | None = None,
) -> None:
    """Write the `n` best unrated films of every user: user_id, place, movie_id, title, predicted, score.

    Parameters
    ----------
    rank: what the lists are ranked by, as of `recommend`; `score` is that, `predicted` the rating, clipped.
    users: (b,) indices, instead of all.
    """
    users = np.arange(model.n_users) if users is None else users
    top, texts = TopN(model, n, rank=rank), _Texts(file)
    titles = texts.column(model.movies.titles.tolist())
    user_ids, movie_ids = texts.ids(model.user_ids), texts.ids(model.movie_ids)

    def tables() -> Iterator[arrow.Table]:
        done = 0
        for lists in top.of(users):
            row, movies = lists.users[lists.rows], lists.movies
            done += len(lists.users)
            on_progress(done / len(users))
            logits = lists.scores if top.rank == "like" else model.logits(row, movies)
            yield arrow.table(
                {
                    "user_id": user_ids.take(row),
                    "place": lists.places.astype(np.int32),
                    "movie_id": movie_ids.take(movies),
                    "title": texts.repeated(titles, movies),
                    "predicted": model.shown(logits),
                    "score": lists.scores,
                }
            )

    def together() -> Iterator[arrow.Table]:
        waiting: list[arrow.Table] = []
        for table in tables():
            waiting.append(table)
            if sum(map(len, waiting)) >= _LIST_ROWS:
                yield arrow.concat_tables(waiting)
                waiting = []
        if waiting:
            yield arrow.concat_tables(waiting)

    _write(file, together())


def _write_parts(file: Path, rows: Callable[[slice], dict[str, Any]], n: int, on_progress: OnShare) -> None:
    def tables() -> Iterator[arrow.Table]:
        for at in range(0, n, ROWS_AT_ONCE):
            yield arrow.table(rows(slice(at, at + ROWS_AT_ONCE)))
            on_progress(min(1.0, (at + ROWS_AT_ONCE) / n))

    _write(file, tables())


def _columns(name: str, factors: NDArray[np.float32] | None) -> dict[str, Any]:
    """Return a column for each factor."""
    if factors is None:
        return {}
    return {f"{name}_{at + 1}": np.ascontiguousarray(factors[:, at]) for at in range(factors.shape[1])}


class _Texts:
    """Columns of text as the format wants them: in CSV no cell that a spreadsheet would compute."""

    def __init__(self, file: Path) -> None:
        self._csv = file.suffix == ".csv"

    def column(self, texts: Any) -> arrow.Array:
        return arrow.array([inert(text) if self._csv else text for text in texts], arrow.string())

    def ids(self, ids: Ids, places: NDArray[np.int64] | None = None) -> arrow.Array:
        """Return the raw ids at these indices, or all."""
        if ids.numeric:
            values = np.asarray(ids.values)
            return arrow.array(values if places is None else values[places])
        return self.column(ids.values if places is None else ids.raws(places))

    def repeated(self, texts: arrow.Array, places: NDArray[np.int64]) -> arrow.Array:
        """Return a few texts many times: in Parquet by number."""
        if self._csv:
            return texts.take(places)
        return arrow.DictionaryArray.from_arrays(places.astype(np.int32), texts)


def _write(file: Path, tables: Iterator[arrow.Table]) -> None:
    """Write tables of one schema, one after the other, into a CSV or Parquet file."""
    if (first := next(tables, None)) is not None:
        with create_own(file) as made, _opened(file.suffix, made, first.schema) as out:
            for table in chain([first], tables):
                out.write_table(table)


def _opened(suffix: str, made: IO[bytes], schema: arrow.Schema) -> Any:
    if suffix == ".csv":
        from pyarrow import csv

        return csv.CSVWriter(made, schema)
    from pyarrow import parquet

    return parquet.ParquetWriter(made, schema, compression="zstd")
