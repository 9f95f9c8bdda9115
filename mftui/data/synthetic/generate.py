"""Synthetic ratings of any size, in the same way as the sample but without a catalogue of titles.

The model is that of `mftui.data.synthetic.taste` with axes that have no meaning and no series. Users are
drawn in blocks, so that memory does not grow with the number of ratings.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.given import create_given, open_given, rename_given
from mftui.data.storage.regular import make_directories
from mftui.data.storage.writing import aside_of, replace_given, sweep
from mftui.data.synthetic import taste
from mftui.data.synthetic.sampling import Crowd, draw_pairs
from mftui.data.synthetic.taste import Stars
from mftui.errors import DataError, UsageError

N_AXES = 8
"""Of taste, unless another number is asked for."""
OPENED, CLOSED = 820_454_400, 1_577_836_800
"""When ratings were made: from 1996 to the end of 2019, in seconds since 1970."""
_TRUTH_BYTES = 1 << 16
_BLOCK = 1_000_000
"""Ratings that are drawn and written at a time."""
_GENRES = (
    "Drama", "Comedy", "Thriller", "Romance", "Action", "Documentary", "Horror", "Crime", "Adventure",
    "Sci-Fi", "Children", "Animation", "Mystery", "Fantasy", "War", "Western", "Musical", "Film-Noir",
)  # fmt: skip
"""From common to rare."""

Progress = Callable[[int, int], None]
Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class Truth:
    """What was planted in a synthetic set; `truth.json` beside its ratings."""

    users: int
    movies: int
    ratings: int
    seed: int
    rank: int
    """Number of axes: with this many factors a model can be perfect."""
    noise_rmse: float
    """RMSE that a perfect model reaches; noise and the rounding to half stars are in it."""


@dataclass(frozen=True)
class _Planted:
    """All that is drawn before the ratings."""

    crowd: Crowd
    harshness: Floats32
    """(n_users,)"""
    quality: Floats32
    """(n_movies,)"""
    joined: NDArray[np.int64]
    """(n_users,) seconds since 1970."""
    stay: Floats32
    """(n_users,) seconds between joining and the last rating."""


def write_synthetic(
    dest: Path,
    *,
    users: int,
    movies: int,
    ratings: int,
    seed: int = 0,
    rank: int = N_AXES,
    noise: float = taste.NOISE_SD,
    progress: Progress | None = None,
) -> Truth:
    """Write a set in MovieLens form: `ratings.csv`, `movies.csv` and `truth.json`.

    Every (user, movie) pair occurs once, every user has a rating, and so has every movie
    where there are at least as many ratings as movies. Sorted by user, then movie.

    Parameters
    ----------
    dest: directory, made where it is missing; must not hold one of the three files yet.
    users, movies, ratings: how many; `users <= ratings <= users · movies`.
    seed: the same numbers and seed give the same files, with the same NumPy.
    rank: axes of taste, from 1 on; tastes are of the same strength in all, however many there are.
    noise: standard deviation of what is added to a score before it is rounded to half stars, above 0.
    progress: called with the ratings written so far and in all.

    Raises
    ------
    UsageError: a request that no set can fulfil.
    DataError: the destination is in use, or cannot be written.
    """
    _check(users, movies, ratings, seed, rank, noise)
    asked = Truth(users, movies, ratings, seed, rank, math.nan)
    _check_free(dest, asked)
    try:
        make_directories(dest)
        truth = _write(dest, asked, Stars(noise_sd=noise), progress or (lambda done, total: None))
    except OSError as error:
        raise DataError(
            f"cannot write there: {error.strerror or error}.", path=dest, hint="Choose another directory, or make room."
        ) from error
    return truth


def _check(users: int, movies: int, ratings: int, seed: int, rank: int, noise: float) -> None:
    for name, value in (("users", users), ("movies", movies), ("ratings", ratings), ("rank", rank)):
        if value < 1:
            raise UsageError(f"{name} is {value}.", hint="It must be at least 1.")
        if value >= 2**31:
            raise UsageError(f"{name} is {value:,}.", hint="It must be below 2,147,483,648.")
    if ratings > users * movies:
        raise UsageError(
            f"{users:,} users cannot rate {movies:,} movies {ratings:,} times.",
            hint=f"Each rates a movie at most once: ask for at most {users * movies:,} ratings.",
        )
    if ratings < users:
        raise UsageError(f"{ratings:,} ratings are too few for {users:,} users.", hint="Each user needs at least one.")
    if seed < 0:
        raise UsageError(f"seed is {seed}.", hint="It must not be negative.")
    if not 0 < noise < math.inf:
        raise UsageError(f"noise is {noise}.", hint="It must be above 0.")


def _check_free(dest: Path, asked: Truth) -> None:
    """Raise DataError where one of the files is there, but those that this very request was killed over."""
    if dest.exists() and not dest.is_dir():
        raise DataError("is a file, not a directory.", path=dest, hint="Choose another name.")
    begun = not (dest / "ratings.csv").exists() and _is_of(dest / "truth.json", asked)
    for name in () if begun else ("ratings.csv", "movies.csv", "truth.json"):
        if (dest / name).exists():
            raise DataError("exists already.", path=dest / name, hint="Choose an empty or a new directory.")


def _is_of(file: Path, asked: Truth) -> bool:
    """Return whether a file is what is written about a set, and that is the one asked for."""
    try:
        with open_given(file, _TRUTH_BYTES) as opened:
            found = Truth(**json.loads(opened.read(_TRUTH_BYTES)))
    except (OSError, ValueError, TypeError, RecursionError):
        return False
    return replace(found, noise_rmse=0) == replace(asked, noise_rmse=0)


def _write(dest: Path, asked: Truth, stars: Stars, progress: Progress) -> Truth:
    """Write the files, those that tell what is to come first; return `asked` with the noise that was planted."""
    random = np.random.default_rng(asked.seed)
    planted = _plant(random, asked.users, asked.movies, asked.ratings, asked.rank)
    asides = {name: dest / aside_of(name) for name in ("movies.csv", "ratings.csv")}
    for name in asides:
        sweep(dest, name)
    try:
        error = _write_ratings(asides["ratings.csv"], planted, random, stars, progress)
        truth = replace(asked, noise_rmse=round(float(np.sqrt(error / asked.ratings)), 6))
        _write_movies(asides["movies.csv"], random, asked.movies)
        _check_free(dest, asked)  # another may have written there meanwhile
        replace_given(dest / "truth.json", json.dumps(asdict(truth), indent=1) + "\n")
        for name, aside in asides.items():
            rename_given(aside, dest / name)
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)
    return truth


def _plant(random: np.random.Generator, users: int, movies: int, ratings: int, rank: int) -> _Planted:
    # The sample's tastes add up over six axes: the same strength in all.
    sd = np.float32(taste.TASTE_SD * (6 / rank) ** 0.5)
    fewest = min(taste.FEWEST, movies, max(1, ratings // (2 * users)))
    counts = taste.shares(ratings, random.lognormal(0, 1.2, users), fewest=fewest, most=movies)
    joined = random.integers(OPENED, CLOSED, users)
    stay = np.minimum(CLOSED - joined, 86_400 * random.lognormal(1, 2.5, users))
    return _Planted(
        crowd=Crowd(
            tastes=sd * random.standard_normal((users, rank), dtype=np.float32),
            positions=random.standard_normal((movies, rank), dtype=np.float32),
            counts=counts,
            by_fame=random.permutation(movies).astype(np.int32),
        ),
        harshness=np.float32(taste.HARSHNESS_SD) * random.standard_normal(users, dtype=np.float32),
        quality=np.float32(taste.QUALITY_SD) * random.standard_normal(movies, dtype=np.float32),
        joined=joined,
        stay=stay.astype(np.float32),
    )


def _write_ratings(
    path: Path, planted: _Planted, random: np.random.Generator, stars: Stars, progress: Progress
) -> float:
    """Write the ratings, block after block; returns the summed squared error of a perfect model."""
    import pyarrow as pa
    from pyarrow import csv

    total, error, done = int(planted.crowd.counts.sum()), 0.0, 0
    labels = pa.array([f"{level:.1f}" for level in stars.levels])
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with create_given(path) as out:
        out.write(b"userId,movieId,rating,timestamp\n")
        for users, movies in draw_pairs(planted.crowd, random, _BLOCK):
            scores = _scores(planted, users, movies)
            codes = stars.codes(scores + stars.noise_sd * random.standard_normal(len(scores)))
            error += float(np.sum((stars.levels[codes] - stars.expected(scores)) ** 2))
            times = planted.joined[users] + planted.stay[users] * random.random(len(users), np.float32) ** 3
            columns: list[Any] = [
                pa.array(users + 1),
                pa.array(movies + 1),
                labels.take(pa.array(codes)),
                pa.array(times.astype(np.int64)),
            ]
            csv.write_csv(pa.table(columns, names=["u", "m", "r", "t"]), out, options)
            done += len(users)
            progress(done, total)
    return error


def _scores(planted: _Planted, users: NDArray[np.int32], movies: NDArray[np.int32]) -> NDArray[np.float64]:
    like = planted.crowd.like(users, movies)
    return np.asarray(taste.BASE + planted.harshness[users] + planted.quality[movies] + like, dtype=np.float64)


def _write_movies(path: Path, random: np.random.Generator, movies: int) -> None:
    width = max(6, len(str(movies)))
    years = 2019 - np.minimum(random.exponential(18, movies), 100).astype(int)
    with io.TextIOWrapper(create_given(path), "utf-8", newline="\n") as out:
        out.write("movieId,title,genres\n")
        for number, (year, genres) in enumerate(zip(years.tolist(), _genres(random, movies), strict=True), 1):
            out.write(f"{number},Film {number:0{width}d} ({year}),{genres}\n")


def _genres(random: np.random.Generator, movies: int) -> Iterator[str]:
    """Draw one to three genres for each movie, the common ones more often."""
    picks = (len(_GENRES) * random.random((movies, 3)) ** 2).astype(int)
    for row, n in zip(picks.tolist(), random.integers(1, 4, movies).tolist(), strict=True):
        yield "|".join(sorted({_GENRES[pick] for pick in row[:n]}))
