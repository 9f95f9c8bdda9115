"""Make a Dataset of ratings as they were read: vocabularies, doubts, repeated pairs, scale, titles, fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, Movies, Ratings
from mftui.data.ids import Ids
from mftui.data.loading.doubts import check
from mftui.data.loading.fingerprint import Hashable, digests, fingerprint
from mftui.data.loading.grades import graded
from mftui.data.loading.rating_doubts import Seen
from mftui.data.loading.repair import check_enough, distinct_of, scale_of
from mftui.data.loading.repeats import check_repeats, reasons, repeats_of
from mftui.data.loading.vocabulary import vocabulary
from mftui.data.readers.columns import Chunks, RawRatings, let_go
from mftui.data.reading.options import ReadOptions
from mftui.data.reading.reading import Reading, date_of


def assemble(
    parts: list[RawRatings],
    n_train: int,
    describe: Callable[[Ids], tuple[Movies, list[str]]],
    how: ReadOptions,
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
    describe: returns titles, genres and years by movie index, and sentences on what did not fit.
    how: what is said of them: counts, and doubts that are settled.
    name, label, source: of the data set.
    path: what the ratings are from, for messages.
    test_name: of the explicit test; "" where there is none.
    """
    import pyarrow as pa

    repairs, reading = _notes(parts), _joined_reading([part.reading for part in parts])
    timed = all(part.timestamps is not None for part in parts)
    with ThreadPoolExecutor(2) as pool:
        of_users = pool.submit(vocabulary, [part.users for part in parts], "user")
        of_movies = pool.submit(vocabulary, [part.movies for part in parts], "movie")
        of_values = pool.submit(_joined, [part.values for part in parts], np.dtype(np.float32))
        times = [part.timestamps or [] for part in parts] if timed else []
        of_times = pool.submit(_joined, times, np.dtype(np.int64)) if timed else None
    user_ids, users = of_users.result()
    movie_ids, movies = of_movies.result()
    values = of_values.result()
    grades: tuple[float, ...] = ()
    if how.counts:
        values, grades = graded(values, n_train, how, path)
    read = Ratings(users, movies, values, of_times.result() if of_times else None)
    reading = replace(reading, n_rows=len(read), grades=grades, **_dates(read.timestamps))
    parts.clear()
    del of_users, of_movies, of_values, of_times, times
    pa.default_memory_pool().release_unused()  # half a gigabyte after 25 million ratings
    with ThreadPoolExecutor(2) as pool:
        of_titles = pool.submit(describe, movie_ids)
        hashed = digests(pool, _columns(read))
        seen = Seen(read, user_ids, movie_ids, how, reading, path)
        odd = pool.submit(check, seen)
        repeats = repeats_of(read, len(movie_ids), n_train)
        ratings, warnings = read, odd.result()
        if repeats is not None:
            check_repeats(read, repeats, (user_ids, movie_ids), how, path)
            left_out = reasons(repeats, read.timestamps is not None, Path(path).name, test_name)
            repairs += [f"{n:,} {'rating' if n == 1 else 'ratings'} left out: {why}." for why, n in left_out.items()]
            reading = replace(reading, left_out={**reading.left_out, **left_out})
            keep = np.ones(len(read), dtype=bool)
            keep[repeats.rows] = False
            ratings, n_train = read.take(keep), int(keep[:n_train].sum())
        scale = scale_of(seen.distinct[0] if ratings is read else distinct_of(ratings.values)[0])
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
        repairs=(*repairs, *of_these),
        reading=replace(reading, warnings=(*reading.warnings, *warnings)),
        test_rows=test_rows,
        source=source,
    )


def _joined_reading(readings: Sequence[Reading]) -> Reading:
    """Return the reading of the first file, with what was left out of all."""
    left_out: dict[str, int] = {}
    for one in readings:
        for why, n in one.left_out.items():
            left_out[why] = left_out.get(why, 0) + n
    return replace(readings[0], left_out=left_out)


def _dates(times: NDArray[np.int64] | None) -> dict[str, Any]:
    if times is None or not len(times):
        return {"dates": "", "first": "", "last": ""}
    return {"first": date_of(int(times.min())), "last": date_of(int(times.max()))}


def _columns(ratings: Ratings) -> dict[str, Hashable]:
    return {name: getattr(ratings, name) for name in ("users", "movies", "values", "timestamps")}


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
    joined = np.empty(sum(map(len, chunks)), dtype)
    for place, chunk in let_go(chunks):
        joined[place] = chunk
    return joined
