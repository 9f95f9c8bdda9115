"""A sound table of ratings, of whatever scale, ids, order and times, is never doubted or refused, and read whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from helpers.chance import fuzzed
from helpers.ratings_files import write
from hypothesis import given
from hypothesis import strategies as st

from mftui.data.loading.load import open_dataset


def _steps(low: float, high: float, step: float) -> Callable[[float], str]:
    return lambda share: f"{low + round(share * (high - low) / step) * step:g}"


def _decimals(low: float, high: float, digits: int) -> Callable[[float], str]:
    return lambda share: f"{low + share * (high - low):.{digits}f}"


SCALES = {
    "stars": _steps(1, 5, 1), "half stars": _steps(0.5, 5, 0.5), "to 10": _steps(1, 10, 1), "0 to 10": _steps(0, 10, 1),
    "0 to 5": _steps(0, 5, 1), "0 to 20": _steps(0, 20, 1), "0 to 100": _steps(0, 100, 1), "tens": _steps(0, 100, 10),
    "fives": _steps(5, 100, 5), "both sides": _steps(-5, 5, 1), "likes": _steps(0, 1, 1), "thumbs": _steps(-1, 1, 2),
    "0.5 to 4": _steps(0.5, 4, 0.5), "to 7": _steps(1, 7, 1), "decimals": _decimals(1, 5, 2),
    "shares": _decimals(0, 1, 4), "percent": _decimals(0, 100, 6), "jokes": _decimals(-10, 10, 2),
    "scores": _decimals(-2, 2, 5),
}  # fmt: skip
IDS: dict[str, Callable[[int], str]] = {
    "from 0": str, "from 1": lambda at: str(at + 1), "sparse": lambda at: str(at * at + 17 * at + 3),
    "large": lambda at: str(3_000_000_000 + 7 * at), "padded": lambda at: f"{at * 37:07d}",
    "imdb": lambda at: f"tt{at * 911:07d}", "names": lambda at: f"Zoë O'Neil {at}", "years": lambda at: str(1900 + at),
    "hex": lambda at: f"{(at + 1) * 2654435761 % 2**32:08x}", "mail": lambda at: f"u{at}@example.org",
}  # fmt: skip
TIMES: dict[str, Callable[[int], str]] = {
    "none": lambda at: "", "seconds": str, "milliseconds": lambda at: f"{at}123", "floats": lambda at: f"{at}.0",
    "iso": lambda at: f"{np.datetime64(at, 's')}Z", "blank": lambda at: str(np.datetime64(at, "s")).replace("T", " "),
    "dates": lambda at: str(np.datetime64(at, "s"))[:10],
}  # fmt: skip
DELIMITERS = (",", "\t", ";", "|", "::")


def _pairs(chance: np.random.Generator, n_users: int, n_movies: int, n: int) -> list[tuple[int, int]]:
    """Different pairs, of popular movies and busy users above all; every user has some, so has every movie."""
    users, movies = (1 / np.arange(1, size + 1) ** 0.7 for size in (n_users, n_movies))
    pairs = dict.fromkeys((user, user % n_movies) for user in range(n_users))
    pairs |= dict.fromkeys((movie % n_users, movie) for movie in range(n_movies))
    drawn = zip(
        chance.choice(n_users, n, p=users / users.sum()).tolist(),
        chance.choice(n_movies, n, p=movies / movies.sum()).tolist(),
        strict=True,
    )
    found = list(pairs | dict.fromkeys(drawn))
    return [found[at] for at in chance.permutation(len(found))]


@fuzzed(200, 10_000)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.tuples(st.integers(4, 120), st.integers(3, 80), st.sampled_from((10, 60, 300, 1200))),
    scale=st.sampled_from(sorted(SCALES)),
    ids=st.tuples(st.sampled_from(sorted(IDS)), st.sampled_from(sorted(IDS))),
    times=st.sampled_from(sorted(TIMES)),
    order=st.sampled_from(("none", "user", "movie", "time")),
    header=st.booleans(),
    delimiter=st.sampled_from(DELIMITERS),
)
def test_a_sound_table_is_read_whole_and_not_doubted(
    tmp_path: Path,
    seed: int,
    sizes: tuple[int, int, int],
    scale: str,
    ids: tuple[str, str],
    times: str,
    order: str,
    header: bool,
    delimiter: str,
) -> None:
    chance = np.random.default_rng(seed)
    pairs = _pairs(chance, *sizes)
    kind, good = chance.normal(0, 0.12, sizes[0]), chance.normal(0, 0.12, sizes[1])
    rows = []
    for user, movie in pairs:
        share = min(max(0.62 + kind[user] + good[movie] + chance.normal(0, 0.2), 0.0), 1.0)
        at = int(chance.integers(830_000_000, 1_700_000_000))
        fields = [IDS[ids[0]](user), IDS[ids[1]](movie), SCALES[scale](share), TIMES[times](at)]
        rows.append((user, movie, at, fields[: 3 if times == "none" else 4]))
    rows.sort(key=lambda row: 0 if order == "none" else row[("user", "movie", "time").index(order)])
    values = {float(row[3][2]) for row in rows}
    if len(values) < 2:
        return
    lines = [delimiter.join(row[3]) for row in rows]
    if header:
        lines.insert(0, delimiter.join(("userId", "movieId", "rating", "timestamp")[: len(rows[0][3])]))
    data = open_dataset(write(tmp_path / "ratings.csv", "\n".join(lines) + "\n"), use_cache=False)
    assert (data.n_users, data.n_movies, data.n_ratings) == (*sizes[:2], len(rows))
    assert np.allclose((data.scale.lo, data.scale.hi), (min(values), max(values)), rtol=1e-4)
    assert data.reading.left_out == {} and data.reading.warnings == ()
    first = min(row[2] for row in rows)
    assert data.reading.first == ("" if times == "none" else str(np.datetime64(first, "s"))[:10])
