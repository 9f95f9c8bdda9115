"""Doubt a reading that is not plausible: a row number as the user, times or ids as ratings, -1 as a rating.

Each check looks at ratings as they were read. What is asked is settled by an option, which the error names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids
from mftui.data.loading.rating_doubts import Seen, apart, no_ratings, outliers
from mftui.data.reading.reading import date_of
from mftui.errors import DoubtError
from mftui.text import visible

_SAMPLE = 1 << 20
_FEW_ROWS = 20
_FEW_STEPS = 10
_MANY_AGREED = 100
"""So many ratings that repeat those of others are no chance."""
_YEAR_1990 = 631_152_000
_EXPONENT = re.compile(r"\d([.,]\d+)?[eE]\+\d+", re.ASCII)
_ZEROS = re.compile(r"0+(?=\d)")
_MAX_IDS = 200_000


def check(seen: Seen) -> list[str]:
    """Raise DoubtError where a reading is not plausible; return sentences on what is odd, but no reason to stop."""
    for name, look in _CHECKS:
        if not seen.how.accepts(name):
            doubt = look(seen)
            if doubt is not None:
                raise doubt
    return [*_alike(seen.user_ids, "user"), *_alike(seen.movie_ids, "movie")]


def _row_numbers(seen: Seen) -> DoubtError | None:
    n = len(seen)
    if n < _FEW_ROWS or seen.said("user") or not seen.user_ids.numeric or len(seen.user_ids) != n:
        return None
    low, high = int(seen.user_ids.values[0]), int(seen.user_ids.values[n - 1])
    if low not in (0, 1) or high != low + n - 1:
        return None
    use = seen.reading.columns.get("user")
    moved = ("--columns user=2,movie=3,rating=4", "the first column counts the rows")
    other = ("--columns user=…,movie=…,rating=…", "name the columns, or give their positions")
    matrix = ("--wide users", "a line is a user, and the other columns are movies")
    options = [moved, other, matrix] if use is None or not use.name else [other]
    message = f"{seen.name('user')} counts the rows from {low} to {high:,}, each number once: this is no user."
    return seen.doubt("row-numbers", message, *options)


def _no_times(seen: Seen) -> DoubtError | None:
    times = seen.ratings.timestamps
    use = seen.reading.columns.get("timestamp")
    if times is None or not len(times) or seen.said("timestamp") or use is None:
        return None
    if "seconds" not in seen.reading.dates:
        return None
    if re.match(r"(199|[2-9]\d\d)\d-", seen.reading.last):
        return None
    low, high = int(times.min()), int(times.max())
    leave = ("--columns timestamp=none", "these are no times: leave them out")
    if high >= _YEAR_1990:
        return None
    different = len(np.unique(times[:_SAMPLE]))
    small = low >= -10 and high <= 10 and len(seen) >= 5 and 3 <= different <= 0.8 * len(seen)
    if small or (low >= -100 and high <= 100 and len(seen) >= _FEW_ROWS and different <= 0.5 * len(seen)):
        options = [("--columns user=…,movie=…,rating=…", "give the positions of the columns"), leave]
        if use.by == "position":
            options.insert(
                1, ("--wide users", "each line is a user, each column a movie (--wide movies: the other way)")
            )
        what = f"{seen.name('timestamp')} would be the time, but goes from {low} to {high}, as ratings do."
        return seen.doubt("times", what, *options)
    order = different == len(times[:_SAMPLE]) and high - low < 10 * len(seen)
    if len(seen) >= _FEW_ROWS and not order:
        what = (
            f"{seen.name('timestamp')} would be the time of a rating, but goes from {low:,} to {high:,}: "
            f"in seconds since 1970 that is {date_of(low)} to {date_of(high)}."
        )
        other = ("--columns timestamp=…", "another column is the time")
        return seen.doubt("times", what, leave, other)
    return None


def _exponents(seen: Seen) -> DoubtError | None:
    for role, ids in (("user", seen.user_ids), ("movie", seen.movie_ids)):
        odd = [text for text in _texts(ids) if _EXPONENT.fullmatch(text)]
        if odd:
            message = (
                f"{seen.name(role)} has ids such as {visible(odd[0])}: a spreadsheet has rounded long numbers, so that "
                "different ids have become one."
            )
            fix = ("(export again)", "in the program that wrote the file, format the column as text")
            return seen.doubt("exponent-ids", message, fix)
    return None


def _constant(seen: Seen) -> DoubtError | None:
    """Doubt ratings that are the same for all users of a movie, or for all movies of a user."""
    values = seen.ratings.values
    for of, indices, n_ids, whose in (
        ("movie", seen.ratings.movies, len(seen.movie_ids), "users"),
        ("user", seen.ratings.users, len(seen.user_ids), "movies"),
    ):
        fewest = 3 if of == "movie" else _FEW_STEPS + 1  # a mean of a user is no step of a scale
        if (
            len(seen) < 2 * len(seen.user_ids)
            or len(seen.distinct[0]) < fewest
            or not _same_for_all(indices, values, n_ids)
        ):
            continue
        message = (
            f"each {of} has the same rating ({seen.name('rating')}) from all its {whose}: an average, such as a "
            "site's, and not the ratings of people?"
        )
        others = ", ".join(visible(name[:20]) for name in seen.reading.unused[:8])
        options = [("--columns rating=…", f"another column: {others}")] if others else []
        return seen.doubt("constant-ratings", message, *options)
    return None


def _same_for_all(indices: NDArray[np.int32], values: NDArray[np.float32], n_ids: int) -> bool:
    for end in (min(len(values), _SAMPLE), len(values)):
        first = np.full(n_ids, np.nan, dtype=np.float32)
        first[indices[:end][::-1]] = values[:end][::-1]
        if (values[:end] != first[indices[:end]]).any():
            return False
    counts = np.bincount(indices, minlength=n_ids)
    shared = counts > 1
    return int(shared.sum()) >= _FEW_ROWS and int((counts[shared] - 1).sum()) >= _MANY_AGREED


def _alike(ids: Ids, what: str) -> Iterator[str]:
    """Yield a sentence where ids differ only by leading zeros."""
    texts = list(_texts(ids))
    seen: dict[str, str] = {}
    pairs = []
    for text in texts:
        bare = _ZEROS.sub("", text, count=1) if text[:1] == "0" else text
        if bare in seen:
            pairs.append((seen[bare], text))
        seen.setdefault(bare, text)
    if pairs:
        first = " and ".join(visible(text) for text in pairs[0])
        yield f"{len(pairs):,} {what} ids differ only by leading zeros, such as {first}: they are taken as different."


def _texts(ids: Ids) -> Iterator[str]:
    if not ids.numeric:
        for at in range(min(len(ids), _MAX_IDS)):
            yield str(ids.raw(at))


_CHECKS: tuple[tuple[str, Callable[[Seen], DoubtError | None]], ...] = (
    ("row-numbers", _row_numbers),
    ("times", _no_times),
    ("exponent-ids", _exponents),
    ("missing", apart),
    ("ids", no_ratings),
    ("outliers", outliers),
    ("constant-ratings", _constant),
)
