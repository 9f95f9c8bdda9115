"""Read ratings, in whatever format people have them, into a Dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset
from mftui.data.delimited.layout import recognise
from mftui.data.delimited.text import read_text, read_text_pairs
from mftui.data.delimited.wide import read_wide
from mftui.data.forms.parts import Part
from mftui.data.ids import RawId
from mftui.data.loading import cache
from mftui.data.loading.assemble import assemble
from mftui.data.loading.describe import describe
from mftui.data.memory import bounded
from mftui.data.readers.columns import RawRatings
from mftui.data.readers.times import seconds_of
from mftui.data.readers.typed_columns import read_typed, read_typed_pairs
from mftui.data.reading.options import ReadOptions
from mftui.data.reading.reading import Reading
from mftui.data.sources.locate import Sources, locate, one_file
from mftui.data.storage.files import FileRef
from mftui.errors import DataError


def open_dataset(
    source: str | Path,
    *,
    how: ReadOptions | None = None,
    test: str | Path | None = None,
    use_cache: bool = True,
) -> Dataset:
    """Read ratings, and the titles found beside them.

    Parameters
    ----------
    source: "sample", a name of the catalogue that has been fetched, or a path: a directory, a zip,
        or a file of ratings (CSV, TSV, `.dat`, `u.data`, Parquet, `.inter`); the format is found by looking.
        A directory of Parquet parts is one data set, read part after part in the order of their names.
    how: what is said of the files: their columns, what stands for "not rated", and so on.
    test: a file of ratings to test on, of any of the formats; also the name of a file beside the ratings.
    use_cache: keep a binary copy in the cache directory, and open that the next time.

    Memory: a rating is 12 bytes, 20 with a timestamp. Reading CSV takes at most about twice that beside the
    interpreter's 50 MB (25 million ratings: 1.2 GB at the peak), Parquet parts once and a half and one part
    (0.9 GB). From the cache nothing is read before it is used, and processes share it.

    Raises DataError for what is wrong in the files, DoubtError for what can be read in more than one way, UsageError
    for an option that there is not.
    """
    how = (how or ReadOptions()).checked()
    sources = locate(source, how, test)
    directory = cache.cache_directory(sources, how)
    dataset = cache.load(directory, sources) if use_cache else None
    if dataset is None:
        with bounded(sources.ratings, sum(ref.n_bytes for ref in sources.files)):
            dataset = _read(sources, how)
        # A file that changed while it was read must not be cached under its old state.
        if use_cache and cache.cache_directory(sources, how) == directory:
            cache.save(directory, dataset)
            dataset = cache.load(directory, sources) or dataset  # mapped, so that it need not be held
    return dataset


def state_of(source: str | Path, *, how: ReadOptions | None = None, test: str | Path | None = None) -> DataState:
    """Look at the files that `open_dataset` would read, without reading them. Raises DataError where there is none."""
    how = (how or ReadOptions()).checked()
    sources = locate(source, how, test)
    directory = cache.cache_directory(sources, how)
    users = None if sources.users is None else sources.users.identity()
    return DataState(f"{directory.name} {users}", sum(ref.n_bytes for ref in sources.files), cache.is_there(directory))


class DataState(NamedTuple):
    """Is what can be seen of the files of a data set before they are read."""

    name: str
    """Other after any ordinary change of a file."""
    n_bytes: int
    cached: bool
    """Whether it opens at once."""


class Pairs(NamedTuple):
    """Pairs of a user and a movie, as they are in a file."""

    users: list[RawId]
    movies: list[RawId]
    reading: Reading
    """How they were read."""
    timestamps: NDArray[np.int64] | None
    """(n,) seconds since 1970, where they were asked for and the file has them."""


def read_pairs(path: str | Path, how: ReadOptions | None = None, *, timed: bool = False) -> Pairs:
    """Read pairs, row by row, from a table that needs no ratings; `timed`: with the column of times, if it has one."""
    ref, how = one_file(path), how or ReadOptions()
    with bounded(ref, ref.n_bytes):
        columns, reading = read_typed_pairs(ref, how, timed) or read_text_pairs(
            ref, recognise(ref, how, ("user", "movie")), timed
        )
    times = seconds_of(columns["timestamp"]).chunks if "timestamp" in columns else None
    seconds = None if times is None else np.concatenate(times).astype(np.int64)
    return Pairs(columns["user"].tolist(), columns["movie"].tolist(), reading, seconds)


def _read(sources: Sources, how: ReadOptions) -> Dataset:
    files = sources.parts or (Part(sources.ratings),)
    parts = _read_files(files, sources.ratings, how)
    n_train = sum(map(len, parts))
    if sources.test is not None:
        parts += _read_files((Part(sources.test),), sources.test, replace(how, like=parts[0].reading))
    return assemble(
        parts,
        n_train,
        partial(describe, sources, how),
        how,
        name=sources.name,
        label=sources.label,
        source=sources.source,
        path=str(sources.ratings),
        test_name=sources.test.name if sources.test else "",
    )


def _read_files(files: Sequence[Part], named: FileRef, how: ReadOptions) -> list[RawRatings]:
    """Read the ratings in `files`, one after another, without empty parts; raises DataError if all are empty."""
    parts: list[RawRatings] = []
    for file in files:
        read = _read_file(file, replace(how, like=parts[0].reading) if parts and how.like is None else how)
        parts += [read] if len(read) else []
    if not parts:
        raise DataError("no rows.", path=str(named), hint="Give a file with ratings.")
    return parts


def _read_file(file: Part, how: ReadOptions) -> RawRatings:
    found = read_wide(file.ref, how) if how.wide else read_typed(file.ref, how, file.keys)
    return read_text(file.ref, recognise(file.ref, how), how) if found is None else found
