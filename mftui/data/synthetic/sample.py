"""The embedded sample: real films, synthetic ratings, the same bytes every time.

`python -m mftui.data.synthetic.sample DIRECTORY` writes it.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.writing import replace_given
from mftui.data.synthetic import taste
from mftui.data.synthetic.films import films, genre_shares, planted_positions
from mftui.data.synthetic.taste import Floats, StableRandom, Stars

SEED = 20261127
N_USERS = 700
N_RATINGS = 70_000
OPENED, CLOSED = 1_262_304_000, 1_735_689_600
"""When ratings were made: from 2010 to the end of 2024, in seconds since 1970."""
_BASE = 2.98
"""As `taste.BASE`; lower, as people choose more of what they like."""
_DRAW = 3.0
"""As `taste.PULL`, of genres and series: people watch what belongs to those they are fond of, more than they say in
stars. So films that are alike were watched by the same people, though 700 are few."""
_FAME_PER_POINT = 0.62
"""How many times e more people watch a film with one point more of popularity."""
_ID_STEP = 3
"""Movie ids have gaps, as MovieLens' have, so that nobody takes an id for an index."""


@dataclass(frozen=True)
class Sample:
    """n ratings as columns, by user and then movie, with what was planted."""

    users: NDArray[np.int64]
    """(n,) user ids, from 1."""
    movies: NDArray[np.int64]
    """(n,) movie ids."""
    ratings: Floats
    """(n,) half stars."""
    timestamps: NDArray[np.int64]
    """(n,) seconds since 1970."""
    expected: Floats
    """(n,) what a model that knows everything but the noise would predict."""

    @property
    def noise_rmse(self) -> float:
        """Return the RMSE of `expected`: no model can do better but by luck."""
        return float(np.sqrt(np.mean((self.ratings - self.expected) ** 2)))


def movie_ids() -> NDArray[np.int64]:
    """Return the ids (n_movies,) of the catalogue's films, in its order: 1, 4, 7, …"""
    return 1 + _ID_STEP * np.arange(len(films()), dtype=np.int64)


def generate_sample(seed: int = SEED) -> Sample:
    """Draw the sample from the model of `mftui.data.synthetic.taste`."""
    random, stars = StableRandom(seed), Stars()
    taste_for, fondness, merit = _liking(random)
    like = taste_for + fondness
    counts = _activity(random, like.shape)
    fame = _FAME_PER_POINT * np.array([film.popularity for film in films()])
    appeal = fame + taste.PULL * taste_for + _DRAW * fondness
    users, movies = _choices(appeal + random.gumbel(*like.shape), counts)
    harshness = taste.HARSHNESS_SD * random.normal(N_USERS)
    scores = _BASE + harshness[users] + merit[movies] + like[users, movies]
    codes = stars.codes(scores + stars.noise_sd * random.normal(len(users)))
    return Sample(
        users=users + 1,
        movies=movie_ids()[movies],
        ratings=stars.levels[codes],
        timestamps=_timestamps(random, users, movies),
        expected=stars.expected(scores),
    )


def planted_liking() -> Floats:
    """Return films as rows (n_movies, n): their dot products say how alike is who likes them."""
    names, of = _series()
    devotion = taste.DEVOTION_SD * np.eye(len(names))[of]
    devotion[of == names.index("")] = 0
    return np.hstack([taste.TASTE_SD * planted_positions(), taste.GENRE_SD * genre_shares(), devotion])


def movies_csv() -> bytes:
    """Write the catalogue as a MovieLens `movies.csv`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["movieId", "title", "genres"])
    writer.writerows((i, film.title, film.genres) for i, film in zip(movie_ids().tolist(), films(), strict=True))
    return text.getvalue().encode("utf-8")


def ratings_csv(sample: Sample) -> bytes:
    """Write the ratings as a MovieLens `ratings.csv`."""
    columns = (sample.users, sample.movies, sample.ratings, sample.timestamps)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    lines = [f"{user},{movie},{rating:.1f},{time}\n" for user, movie, rating, time in rows]
    return ("userId,movieId,rating,timestamp\n" + "".join(lines)).encode("ascii")


def write_sample(directory: Path) -> None:
    """Write `movies.csv` and `ratings.csv` into an existing directory."""
    replace_given(directory / "movies.csv", movies_csv().decode())
    replace_given(directory / "ratings.csv", ratings_csv(generate_sample()).decode())


def _liking(random: StableRandom) -> tuple[Floats, Floats, Floats]:
    """Draw how much each user likes each film (n_users, n_movies) for its place on the axes, and for its genres and its
    series; and how good each film is (n_movies,)."""
    positions, genres = planted_positions(), genre_shares()
    tastes = taste.TASTE_SD * random.normal(N_USERS, positions.shape[1])
    names, of = _series()
    devotion = taste.DEVOTION_SD * random.normal(N_USERS, len(names))
    devotion[:, names.index("")] = 0
    fondness = taste.GENRE_SD * random.normal(N_USERS, genres.shape[1])
    quality = np.array([film.quality for film in films()], dtype=float)
    merit = taste.QUALITY_SD * (quality - quality.mean()) / quality.std()
    return tastes @ positions.T, fondness @ genres.T + devotion[:, of], merit


def _series() -> tuple[list[str], NDArray[np.int64]]:
    """Return the names of the film series, "" for none, and each film's place among them (n_movies,)."""
    names = sorted({film.series for film in films()})
    return names, np.array([names.index(film.series) for film in films()], dtype=np.int64)


def _activity(random: StableRandom, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Draw how many films each user rates (n_users,): a few people rate very many."""
    n_users, n_movies = shape
    weights = np.exp(random.normal(n_users))
    return taste.shares(N_RATINGS, weights, fewest=taste.FEWEST, most=n_movies // 2)


def _choices(keys: Floats, counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose the `counts` (n_users,) largest keys (n_users, n_movies) of each user, as (users, movies) indices."""
    rank = np.argsort(np.argsort(-keys, axis=1, kind="stable"), axis=1, kind="stable")
    users, movies = np.nonzero(rank < counts[:, None])
    return users, movies


def _timestamps(random: StableRandom, users: NDArray[np.int64], movies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw when each rating was made (n,): most soon after joining, none before the film's year is over."""
    joined = OPENED + (CLOSED - OPENED) * random.uniform(N_USERS) * 0.97
    stay = np.minimum(CLOSED - joined, 86_400 * np.exp(3 + 2 * random.normal(N_USERS)))
    rated = joined[users] + stay[users] * random.uniform(len(users)) ** 3
    years = np.array([film.year for film in films()])
    released = (years[movies] - 1969) * 31_556_952.0
    late = released + (CLOSED - released) * random.uniform(len(users))
    return np.floor(np.where(rated < released, late, rated)).astype(np.int64)


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]))
