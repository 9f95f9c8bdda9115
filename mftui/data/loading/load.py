"""Read ratings, in whatever format people have them, into a Dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, Movies, Ratings
from mftui.data.ids import Ids, RawId
from mftui.data.loading import cache
from mftui.data.loading.describe import describe
from mftui.data.loading.fingerprint import Hashable, digests, fingerprint
from mftui.data.loading.repair import check_enough, scale_of, without_duplicates
from mftui.data.loading.vocabulary import vocabulary
from mftui.data.readers.columns import Chunks, RawRatings
from mftui.data.readers.layout import recognise
from mftui.data.readers.names import ROLES
from mftui.data.readers.parquet import is_parquet, read_parquet, read_parquet_pairs
from mftui.data.readers.text import read_text, read_text_pairs
from mftui.data.sources.locate import Sources, locate, one_file
from mftui.data.storage.files import FileRef
from mftui.errors import DataError, UsageError


def open_dataset(
    source: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    test: str | Path | None = None,
    use_cache: bool = True,
) -> Dataset:
    """Read ratings, and the titles found beside them.

    Parameters
    ----------
    source: "sample", a name of the catalogue that has been fetched, or a path: a directory, a zip,
        or a file of ratings (CSV, TSV, `.dat`, `u.data`, Parquet, `.inter`); the format is found by looking.
        A directory of Parquet parts is one data set, read part after part in the order of their names.
    columns: role ("user", "movie", "rating", "timestamp") → column name, or position from 1 where
        the file has no header; for files with unusual names.
    test: a file of ratings to test on, of any of the formats; also the name of a file beside the ratings.
    use_cache: keep a binary copy in the cache directory, and open that the next time.

    Memory: a rating is 12 bytes, 20 with a timestamp. Reading CSV takes at most about twice that beside the
    interpreter's 50 MB (25 million ratings: 1.2 GB at the peak), Parquet parts once and a half and one part
    (0.9 GB). From the cache nothing is read before it is used, and processes share it.

    Raises DataError for what is wrong in the files, UsageError for an unknown role in `columns`.
    """
    unknown = set(columns or {}) - set(ROLES)
    if unknown:
        raise UsageError(f"there is no column role called {min(unknown)}.", hint=f"Roles: {', '.join(ROLES)}.")
    sources = locate(source, columns, test)
    directory = cache.cache_directory(sources, columns)
    dataset = cache.load(directory, sources) if use_cache else None
    if dataset is None:
        dataset = _read(sources, columns)
        # A file that changed while it was read must not be cached under its old state.
        if use_cache and cache.cache_directory(sources, columns) == directory:
            cache.save(directory, dataset)
            dataset = cache.load(directory, sources) or dataset  # mapped, so that it need not be held
    return dataset


def read_pairs(path: str | Path, columns: Mapping[str, str] | None = None) -> tuple[list[RawId], list[RawId]]:
    """Read `(raw user ids, raw movie ids)`, row by row, from a table that needs no ratings."""
    ref = one_file(path)
    given = {role: name for role, name in (columns or {}).items() if role in ("user", "movie")}
    if is_parquet(ref):
        users, movies = read_parquet_pairs(ref, given)
    else:
        users, movies = read_text_pairs(ref, recognise(ref, given, ("user", "movie")))
    return users.tolist(), movies.tolist()


def _read(sources: Sources, columns: Mapping[str, str] | None) -> Dataset:
    parts = _read_files(sources.ratings_files, sources.ratings, columns)
    n_train = sum(map(len, parts))
    if sources.test is not None:
        parts += _read_files((sources.test,), sources.test, columns)
    return assemble(
        parts,
        n_train,
        partial(describe, sources, columns),
        name=sources.name,
        label=sources.label,
        source=sources.source,
        path=str(sources.ratings),
        test_name=sources.test.name if sources.test else "",
    )


def assemble(
    parts: list[RawRatings],
    n_train: int,
    of_ids: Callable[[Ids], tuple[Movies, list[str]]],
    *,
    name: str,
    label: str,
    source: str,
    path: str,
    test_name: str,
) -> Dataset:
    """Make a data set of what was read: vocabularies, columns without repeated pairs, scale, fingerprint.

    Parameters
    ----------
    parts: the ratings as read, one part after the other; they are emptied on the way.
    n_train: how many of them come first and are no explicit test.
    of_ids: returns titles, genres and years by movie index, and sentences on what did not fit.
    name, label, source: of the data set.
    path: what the ratings are from, for messages.
    test_name: of the explicit test; "" where there is none.
    """
    import pyarrow as pa

    repairs = _notes(parts)
    timed = all(part.timestamps is not None for part in parts)
    with ThreadPoolExecutor(2) as pool:
        of_users = pool.submit(vocabulary, [part.users for part in parts], "user")
        of_movies = pool.submit(vocabulary, [part.movies for part in parts], "movie")
        of_values = pool.submit(_joined, [part.values for part in parts], np.dtype(np.float32))
        times = [part.timestamps or [] for part in parts] if timed else []
        of_times = pool.submit(_joined, times, np.dtype(np.int64)) if timed else None
    user_ids, users = of_users.result()
    movie_ids, movies = of_movies.result()
    read = Ratings(users, movies, of_values.result(), of_times.result() if of_times else None)
    parts.clear()
    del of_users, of_movies, of_values, of_times, times
    pa.default_memory_pool().release_unused()  # half a gigabyte after 25 million ratings
    with ThreadPoolExecutor(2) as pool:
        of_titles = pool.submit(of_ids, movie_ids)
        hashed = digests(pool, _columns(read))
        ratings, n_train, notes = without_duplicates(read, len(movie_ids), n_train, Path(path).name, test_name)
        scale = scale_of(ratings.values)
        check_enough(len(user_ids), len(movie_ids), scale, len(ratings), path)
        if ratings is not read:
            hashed = digests(pool, _columns(ratings))
        described, of_these = of_titles.result()
        test_rows = np.arange(n_train, len(ratings)) if test_name else None
        rest: dict[str, Hashable] = {
            "user_ids": user_ids,
            "movie_ids": movie_ids,
            "test": np.array([-1 if test_rows is None else n_train]),
            "titles": described.titles,
            "genres": described.genres,
        }
        hashed += digests(pool, rest)
    return Dataset(
        name=name,
        label=label,
        ratings=ratings,
        user_ids=user_ids,
        movie_ids=movie_ids,
        movies=described,
        scale=scale,
        fingerprint=fingerprint(hashed),
        repairs=(*repairs, *notes, *of_these),
        test_rows=test_rows,
        source=source,
    )


def _columns(ratings: Ratings) -> dict[str, Hashable]:
    return {name: getattr(ratings, name) for name in ("users", "movies", "values", "timestamps")}


def _read_files(refs: Sequence[FileRef], named: FileRef, columns: Mapping[str, str] | None) -> list[RawRatings]:
    """Read the ratings in `refs`, one after another, without empty parts; raises DataError if all are empty."""
    read = (read_parquet(r, columns) if is_parquet(r) else read_text(r, recognise(r, columns)) for r in refs)
    parts = [part for part in read if len(part)]
    if not parts:
        raise DataError("no rows.", path=str(named), hint="Give a file with ratings.")
    return parts


def _notes(parts: list[RawRatings]) -> list[str]:
    """Say what was repaired on reading; what is the same in several files is said once."""
    said: dict[str, list[str]] = {}
    for part in parts:
        for note in part.repairs:
            name, _, what = note.partition(": ")
            said.setdefault(what, []).append(name)
    notes = [
        f"{names[0]}: {what}" if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more: {what}"
        for what, names in said.items()
    ]
    timed = sum(part.timestamps is not None for part in parts)
    if 0 < timed < len(parts):
        notes.append(f"Timestamps left out, as {len(parts) - timed:,} of {len(parts):,} files have none to use.")
    return notes


def _joined(parts: list[Chunks], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Join all chunks in `parts` into one column; empties `parts` on the way, so that little is held twice."""
    chunks = [chunk for part in parts for chunk in part]
    for part in parts:
        part.clear()
    at = sum(map(len, chunks))
    joined = np.empty(at, dtype)
    while chunks:
        chunk = chunks.pop()
        at -= len(chunk)
        joined[at : at + len(chunk)] = chunk
    return joined
