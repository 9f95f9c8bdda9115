"""Each doubt about a reading: forms that raise it, options that settle it as printed, and sound neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from helpers.ratings_files import write

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.reading.answers import answered
from mftui.data.reading.options import ReadOptions
from mftui.errors import DoubtError

N_USERS, N_MOVIES, N = 40, 30, 600
CHANCE = np.random.default_rng(7)
PAIRS = [divmod(int(pair), N_MOVIES) for pair in CHANCE.permutation(N_USERS * N_MOVIES)[:N]]
SHARES = np.clip(CHANCE.normal(0.6, 0.2, N), 0, 1).tolist()
SECONDS = CHANCE.integers(1_100_000_000, 1_500_000_000, N).tolist()
MEANS = CHANCE.normal(6.8, 0.7, N_MOVIES).tolist()
COUNTS = CHANCE.lognormal(2, 1.5, N).astype(int) + 1
PLAYS = CHANCE.geometric(0.3, N)
USERS, MOVIES = [user + 1 for user, _ in PAIRS], [movie + 101 for _, movie in PAIRS]
STARS = [1 + round(share * 4) for share in SHARES]
HALVES = [0.5 + round(share * 9) / 2 for share in SHARES]
DECIMALS = [f"{1 + 4 * share:.2f}" for share in SHARES]
HUNDRED = [1 + round(share * 99) for share in SHARES]
NAMES = "userId,movieId,rating,timestamp"


def table(*columns: Sequence[object], header: str = "") -> str:
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([*([header] if header else []), *rows]) + "\n"


def some(values: Sequence[object], other: object, every: int) -> list[object]:
    """`values` with `other` instead of one in `every`."""
    return [other if at % every == 0 else value for at, value in enumerate(values)]


def rated(values: Sequence[object]) -> str:
    return table(USERS, MOVIES, values, header="userId,movieId,rating")


DOUBTED: dict[str, tuple[str, str]] = {
    "an index in front": ("row-numbers", table(range(N), USERS, MOVIES, STARS)),
    "an index from 1, shuffled": ("row-numbers", table((CHANCE.permutation(N) + 1).tolist(), USERS, MOVIES, STARS)),
    "times as ratings": ("times", table(USERS, MOVIES, SECONDS)),
    "milliseconds as ratings": ("times", rated([1000 * at for at in SECONDS])),
    "years as ratings": ("times", rated([2004 + 3 * star for star in STARS])),
    "a rating as the time": ("times", table(USERS, MOVIES, HUNDRED, STARS)),
    "ids as ratings": ("ids", rated([4000 + 37 * star * movie for star, movie in zip(STARS, MOVIES, strict=True)])),
    "few ids as ratings": ("ids", rated([4637 + 37 * star for star in STARS])),
    "counts": ("counts", rated(COUNTS.tolist())),
    "small counts": ("counts", rated(PLAYS.tolist())),
    "hours": ("counts", rated([f"{hours:.1f}" for hours in np.exp(np.linspace(-3, 6, N))])),
    "-1 among stars": ("missing", rated(some(STARS, -1, 5))),
    "-1 among decimals": ("missing", rated(some(DECIMALS, "-1", 20))),
    "99 among decimals": ("missing", rated(some(DECIMALS, 99, 20))),
    "0 among half stars": ("missing", rated(some(HALVES, 0, 4))),
    "999 among 1 to 100": ("missing", rated(some(HUNDRED, 999, 10))),
    "most are 0 among 1 to 100": ("missing", rated([0 if at % 5 < 3 else value for at, value in enumerate(HUNDRED)])),
    "one absurd": ("outliers", rated([*STARS[:-1], "1e30"])),
    "one beyond": ("outliers", rated([*STARS[:-1], 55])),
    "means": ("constant-ratings", rated([f"{MEANS[movie]:.2f}" for _, movie in PAIRS])),
    "means rounded to halves": ("constant-ratings", rated([round(2 * MEANS[movie]) / 2 for _, movie in PAIRS])),
    "the rating as the movie": ("repeated-pairs", table(USERS, STARS, [movie - 100 for movie in MOVIES])),
    "the rating as the user": ("repeated-pairs", table(STARS, USERS, [movie - 100 for movie in MOVIES])),
    "rounded ids": ("exponent-ids", table(USERS, [f"{9e12 + 1e9 * at:.3E}" for at in MOVIES], STARS)),
    "rounded ids of users": ("exponent-ids", table([f"{1e17 + 1e14 * at:.4e}" for at in USERS], MOVIES, STARS)),
}  # fmt: skip

SOUND: dict[str, str] = {
    "an index with a header": table(range(N), USERS, MOVIES, STARS, header="," + NAMES[:21]),
    "users from 0": table([user - 1 for user in USERS], MOVIES, STARS),
    "ids like years": table(USERS, [1900 + movie for movie in MOVIES], STARS),
    "ids like times": table([1_400_000_000 + user for user in USERS], MOVIES, STARS),
    "0 to 100": rated(HUNDRED),
    "0 to 10, some 0": rated([round(share * 10) for share in SHARES]),
    "both sides of 0": rated([star - 3 for star in STARS]),
    "decimals from 0": rated([f"{share:.4f}" for share in SHARES]),
    "no 2": rated([3 if star == 2 else star for star in STARS]),
    "mostly 5": rated([5 if at % 3 else star for at, star in enumerate(STARS)]),
    "likes": rated([int(star > 3) for star in STARS]),
    "times": table(USERS, MOVIES, STARS, SECONDS),
    "some rate again": table(USERS + USERS[:30], MOVIES + MOVIES[:30], STARS + STARS[30:60], header=NAMES[:21]),
}


def opened(tmp_path: Path, text: str, how: ReadOptions | None = None) -> Dataset:
    return open_dataset(write(tmp_path / "ratings.csv", text), how=how, use_cache=False)


@pytest.mark.parametrize("what", DOUBTED)
def test_it_is_doubted_and_what_the_message_offers_settles_it(tmp_path: Path, what: str) -> None:
    name, text = DOUBTED[what]
    with pytest.raises(DoubtError) as caught:
        opened(tmp_path, text)
    assert caught.value.doubt == name
    settling = [option for option, _ in caught.value.options if answered(ReadOptions(), option)]
    assert settling, "at least one can be given as it is printed"
    for option in settling:
        how = answered(ReadOptions(), option)
        try:
            data = opened(tmp_path, text, how)
        except DoubtError as error:
            assert error.doubt != name, option
        else:
            assert data.n_ratings > 0


@pytest.mark.parametrize("what", SOUND)
def test_a_sound_neighbour_is_not_doubted(tmp_path: Path, what: str) -> None:
    data = opened(tmp_path, SOUND[what])
    assert (data.n_users, data.n_movies, data.n_ratings) == (N_USERS, N_MOVIES, N)


SAID: list[tuple[str, ReadOptions, Callable[[Dataset], bool]]] = [
    ("an index in front", ReadOptions({"user": "2", "movie": "3", "rating": "4"}), lambda d: d.n_users == N_USERS),
    ("-1 among decimals", ReadOptions(missing=("-1",)), lambda d: d.n_ratings == N - N // 20 and d.scale.lo >= 1),
    ("-1 among stars", ReadOptions(missing=("none",)), lambda d: d.n_ratings == N and d.scale.lo == -1),
    ("counts", ReadOptions(counts=True), lambda d: (d.scale.lo, d.scale.hi) == (1, 5) and len(d.reading.grades) == 5),
    ("a rating as the time", ReadOptions({"timestamp": "none"}), lambda d: d.ratings.timestamps is None),
    ("one absurd", ReadOptions(missing=("1e30",)), lambda d: d.n_ratings == N - 1 and d.scale.hi == 5),
]


@pytest.mark.parametrize(("what", "how", "right"), SAID)
def test_what_is_said_does_what_it_says(
    tmp_path: Path, what: str, how: ReadOptions, right: Callable[[Dataset], bool]
) -> None:
    assert right(opened(tmp_path, DOUBTED[what][1], how))
