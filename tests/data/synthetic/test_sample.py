"""The embedded sample: real films, and ratings that come from the planted model."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from mftui.data.synthetic.films import AXES, films, planted_positions
from mftui.data.synthetic.sample import (
    Sample,
    generate_sample,
    movie_ids,
    movies_csv,
    planted_liking,
    ratings_csv,
    write_sample,
)
from mftui.paths import sample_dir

GENRES = {
    "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Film-Noir",
    "Horror", "IMAX", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
}  # fmt: skip
N_USERS = 700
Floats = NDArray[np.float64]


@cache
def sample() -> Sample:
    return generate_sample()


def columns() -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The sample as (users, movies, ratings), in indices."""
    s = sample()
    return s.users - 1, np.searchsorted(movie_ids(), s.movies), s.ratings


def test_the_generator_writes_the_committed_files_again(tmp_path):
    write_sample(tmp_path)
    for name in ("movies.csv", "ratings.csv"):
        assert (tmp_path / name).read_bytes() == (sample_dir() / name).read_bytes(), name


def test_another_seed_gives_other_ratings():
    assert ratings_csv(generate_sample(1)) != ratings_csv(sample())


def test_the_catalogue_holds_many_different_films_of_every_decade_and_genre():
    assert len(films()) >= 1050
    assert len({film.title for film in films()}) == len(films())
    assert {genre for film in films() for genre in film.genres.split("|")} == GENRES
    assert {film.year // 10 * 10 for film in films()} >= set(range(1910, 2030, 10))
    for film in films():
        assert film.genres.split("|") == sorted(film.genres.split("|")), film.title
        assert all(0 <= n <= 10 for n in (film.arthouse, film.darkness, film.humour)), film.title
        assert 1 <= film.popularity <= 10, film.title
        assert 1 <= film.quality <= 10, film.title


def test_the_catalogue_holds_what_people_search_for():
    titles = [film.title for film in films()]
    assert sum("batman" in title.casefold() for title in titles) >= 5
    for title in ("Toy Story (1995)", "Matrix, The (1999)", "[REC] (2007)", "Good, the Bad and the Ugly, The"):
        assert any(found.startswith(title) for found in titles), title


def test_movies_csv_quotes_titles_with_commas():
    assert b'\n"' not in movies_csv()
    assert b',"Matrix, The (1999)",Action|' in movies_csv()


def test_ratings_look_like_ratings():
    users, movies, ratings = columns()
    assert len(ratings) == 70_000
    assert len(np.unique(users * len(films()) + movies)) == 70_000
    assert np.all(np.diff(users * len(films()) + movies) > 0), "by user, then movie"
    assert set(np.unique(ratings)) == {n / 2 for n in range(1, 11)}
    assert 3.3 < ratings.mean() < 3.7
    assert 1.0 < ratings.std() < 1.2


def test_activity_and_popularity_have_long_tails_and_nobody_is_left_out():
    users, movies, _ = columns()
    by_user, by_movie = np.bincount(users, minlength=N_USERS), np.bincount(movies, minlength=len(films()))
    assert by_user.min() >= 20
    assert by_movie.min() >= 1
    assert by_user.max() > 5 * np.median(by_user)
    assert by_movie.max() > 10 * np.median(by_movie)


def test_nobody_rates_a_film_before_its_year():
    _, movies, _ = columns()
    years = np.array([film.year for film in films()])[movies]
    rated_in = sample().timestamps.astype("datetime64[s]").astype("datetime64[Y]").astype(int) + 1970
    assert np.all(rated_in >= years)
    assert rated_in.max() < 2025


def test_people_watch_what_they_like():
    """Within a user's films the planted liking of the chosen ones is above that of all films."""
    users, movies, _ = columns()
    chosen = np.zeros((N_USERS, len(AXES)))
    np.add.at(chosen, users, planted_positions()[movies])
    spread = (chosen / np.bincount(users)[:, None]).std(axis=0)
    by_chance = 1 / np.sqrt(np.bincount(users).mean())
    assert np.all(spread > 1.5 * by_chance)


def test_factors_find_the_planted_liking_again():
    """Alternating least squares on what biases leave over: better than biases, near the floor, same neighbours."""
    users, movies, ratings = columns()
    rows = np.random.default_rng(0).permutation(len(ratings))
    test, train = rows[:7000], rows[7000:]
    base = _bias_baseline(users, movies, ratings, train)
    rest = ratings - base
    movie_factors, predicted = _least_squares(users, movies, rest, train)
    bias_rmse, factor_rmse = _rms(rest[test]), _rms((rest - predicted)[test])
    assert factor_rmse < 0.93 * bias_rmse
    assert sample().noise_rmse < factor_rmse

    known = np.bincount(movies[train], minlength=len(films())) >= 50
    found, planted = _cosines(movie_factors[known]), _cosines(planted_liking()[known])
    assert np.corrcoef(found[~np.eye(len(found), dtype=bool)], planted[~np.eye(len(found), dtype=bool)])[0, 1] > 0.7
    nearest_found, nearest_planted = (np.argsort(-c, axis=1)[:, 1:21] for c in (found, planted))
    shared = np.mean([len(set(a) & set(b)) for a, b in zip(nearest_found, nearest_planted, strict=True)])
    by_chance = 20 * 20 / len(found)
    assert shared > 5 * by_chance


def test_the_noise_floor_is_what_the_notes_say():
    notes = (sample_dir() / "README.md").read_text(encoding="utf-8")
    assert f"{sample().noise_rmse:.3f}" in notes
    assert "SYNTHETIC" in notes


@pytest.mark.parametrize("name", AXES)
def test_each_axis_is_standardised(name):
    values = planted_positions()[:, AXES.index(name)]
    assert abs(values.mean()) < 1e-9
    assert abs(values.std() - 1) < 1e-9


def _bias_baseline(users, movies, ratings, train) -> Floats:
    mean, by_user, by_movie = ratings[train].mean(), np.zeros(N_USERS), np.zeros(len(films()))
    for _ in range(8):
        left = ratings - mean - by_user[users]
        by_movie = _damped_means(movies[train], left[train], len(films()))
        left = ratings - mean - by_movie[movies]
        by_user = _damped_means(users[train], left[train], N_USERS)
    return np.asarray(mean + by_user[users] + by_movie[movies])


def _damped_means(groups, values, n) -> Floats:
    return np.asarray(np.bincount(groups, values, n) / (3 + np.bincount(groups, minlength=n)))


def _least_squares(users, movies, rest, train, k=10, ridge=8.0) -> tuple[Floats, Floats]:
    random = np.random.default_rng(0)
    table, seen = np.zeros((N_USERS, len(films()))), np.zeros((N_USERS, len(films())), dtype=bool)
    table[users[train], movies[train]] = rest[train]
    seen[users[train], movies[train]] = True
    by_user, by_movie = random.normal(0, 0.3, (N_USERS, k)), random.normal(0, 0.3, (len(films()), k))
    for _ in range(8):
        for mine, others, values, mask in (
            (by_user, by_movie, table, seen),
            (by_movie, by_user, table.T, seen.T),
        ):
            for i in range(len(mine)):
                x = others[mask[i]]
                mine[i] = np.linalg.solve(x.T @ x + ridge * np.eye(k), x.T @ values[i, mask[i]])
    return by_movie, np.sum(by_user[users] * by_movie[movies], axis=1)


def _cosines(rows: Floats) -> Floats:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


def _rms(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors**2)))
