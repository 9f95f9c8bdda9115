"""Synthetic sets of any size: exactly what was asked for, like MovieLens in shape, with a known floor."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mftui.cli.commands.data import synth
from mftui.data.synthetic.generate import N_AXES, Truth, write_synthetic
from mftui.data.synthetic.taste import NOISE_SD, StableRandom, Stars, shares
from mftui.errors import DataError, UsageError

Columns = dict[str, NDArray[np.float64]]


def written(dest: Path, users: int, movies: int, ratings: int, seed: int = 0) -> tuple[Truth, Columns]:
    truth = write_synthetic(dest, users=users, movies=movies, ratings=ratings, seed=seed)
    with (dest / "ratings.csv").open() as lines:
        names = lines.readline().strip().split(",")
        values = np.loadtxt(lines, delimiter=",", ndmin=2)
    return truth, dict(zip(names, values.T, strict=True))


@pytest.mark.parametrize(
    ("users", "movies", "ratings"),
    [
        (1, 1, 1),
        (1, 50, 20),
        (50, 1, 50),
        (30, 40, 1200),
        (30, 40, 1199),
        (400, 300, 9000),
        (9, 9000, 700),
        (50, 9, 50),
    ],
)
def test_a_set_has_exactly_the_size_that_was_asked_for(tmp_path, users, movies, ratings):
    truth, columns = written(tmp_path, users, movies, ratings)
    pairs = columns["userId"] * (movies + 1) + columns["movieId"]
    assert len(pairs) == ratings == truth.ratings
    assert np.all(np.diff(pairs) > 0), "each pair once, by user and then movie"
    assert np.unique(columns["userId"]).tolist() == list(range(1, users + 1))
    assert columns["movieId"].min() >= 1
    assert columns["movieId"].max() <= movies
    assert set(columns["rating"]) <= {n / 2 for n in range(1, 11)}


def test_every_movie_has_a_rating_where_there_are_enough(tmp_path):
    _, columns = written(tmp_path, users=300, movies=1000, ratings=6000)
    assert len(np.unique(columns["movieId"])) == 1000


def test_activity_and_popularity_have_long_tails(tmp_path):
    _, columns = written(tmp_path, users=1000, movies=2000, ratings=60_000)
    by_user = np.bincount(columns["userId"].astype(int))[1:]
    by_movie = np.bincount(columns["movieId"].astype(int))[1:]
    assert by_user.min() >= 20
    assert by_user.max() > 8 * np.median(by_user)
    assert by_movie.max() > 20 * np.median(by_movie)
    famous = np.sort(by_movie)[::-1].cumsum() / by_movie.sum()
    assert 0.25 < famous[len(by_movie) // 20] < 0.8, "5 % of the movies have far more than 5 % of the ratings"


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        write_synthetic(tmp_path / name, users=50, movies=80, ratings=2000, seed=seed)
    a, b, c = ((tmp_path / name / "ratings.csv").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_movies_have_titles_years_and_genres(tmp_path):
    write_synthetic(tmp_path, users=10, movies=120, ratings=300)
    with (tmp_path / "movies.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["movieId"] for row in rows] == [str(n) for n in range(1, 121)]
    assert all(re.fullmatch(r"Film \d{6} \((19|20)\d\d\)", row["title"]) for row in rows)
    assert all(row["genres"] for row in rows)


def test_the_truth_is_written_beside_the_ratings(tmp_path):
    truth, columns = written(tmp_path, users=400, movies=300, ratings=20_000)
    said = json.loads((tmp_path / "truth.json").read_text())
    assert said == {
        "users": 400, "movies": 300, "ratings": 20_000, "seed": 0, "rank": N_AXES, "noise_rmse": truth.noise_rmse,
    }  # fmt: skip
    assert 0.6 < truth.noise_rmse < 0.72 < columns["rating"].std()


def test_as_many_axes_of_taste_as_are_asked_for(tmp_path):
    truths = [write_synthetic(tmp_path / str(rank), users=200, movies=100, ratings=9000, rank=rank) for rank in (1, 3)]
    assert [truth.rank for truth in truths] == [1, 3]
    for rank in (1, 3):
        columns = np.loadtxt(tmp_path / str(rank) / "ratings.csv", delimiter=",", skiprows=1)
        assert 0.7 < columns[:, 2].std() < 1.3, "tastes are of the same strength in all"


def test_the_command_plants_what_the_function_does_where_nothing_is_said():
    defaults = {option.name: option.default for option in synth.params}
    assert (defaults["rank"], defaults["noise"]) == (N_AXES, NOISE_SD)


def test_noise_is_above_nothing(tmp_path):
    with pytest.raises(UsageError, match="noise is 0"):
        write_synthetic(tmp_path, users=10, movies=20, ratings=100, noise=0)


def test_the_last_file_to_appear_is_the_ratings_and_nothing_partial_stays(tmp_path):
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_synthetic(tmp_path, users=50, movies=80, ratings=2000, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_number_of_ratings(tmp_path):
    seen: list[tuple[int, int]] = []
    write_synthetic(tmp_path, users=50, movies=80, ratings=2000, progress=lambda *so_far: seen.append(so_far))
    assert seen[-1] == (2000, 2000)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"users": 0}, "users is 0"),
        ({"movies": -1}, "movies is -1"),
        ({"ratings": 0}, "ratings is 0"),
        ({"ratings": 101}, "at most 100 ratings"),
        ({"ratings": 9}, "Each user needs at least one"),
        ({"seed": -1}, "seed is -1"),
        ({"users": 2**31, "ratings": 2**31}, "users is 2,147,483,648"),
    ],
)
def test_impossible_requests_are_refused_with_the_reason(tmp_path, asked, message):
    request = {"users": 10, "movies": 10, "ratings": 50} | asked
    with pytest.raises(UsageError, match=re.escape(message)):
        write_synthetic(tmp_path, **request)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_holds_a_set_is_not_written_over(tmp_path):
    (tmp_path / "ratings.csv").write_text("mine")
    with pytest.raises(DataError, match=r"ratings\.csv: exists already"):
        write_synthetic(tmp_path, users=10, movies=10, ratings=50)
    assert (tmp_path / "ratings.csv").read_text() == "mine"


def test_what_the_same_request_was_killed_over_is_written_again_and_nothing_else(tmp_path):
    asked: dict[str, Any] = {"users": 10, "movies": 10, "ratings": 50}
    truth = write_synthetic(tmp_path, **asked)
    (tmp_path / "ratings.csv").unlink()
    with pytest.raises(DataError, match="exists already"):
        write_synthetic(tmp_path, **asked | {"seed": 1})
    assert write_synthetic(tmp_path, **asked) == truth and (tmp_path / "ratings.csv").exists()
    (tmp_path / "ratings.csv").unlink()
    for content in ("{}", "[]", "no", '{"users": 10}'):
        (tmp_path / "truth.json").write_text(content)
        with pytest.raises(DataError, match="exists already"):
            write_synthetic(tmp_path, **asked)


def test_of_two_sets_that_are_drawn_into_one_directory_at_once_one_is_written(tmp_path):
    def another(done: int, total: int) -> None:
        if not (tmp_path / "ratings.csv").exists():
            write_synthetic(tmp_path, users=20, movies=10, ratings=60)

    with pytest.raises(DataError, match="exists already"):
        write_synthetic(tmp_path, users=10, movies=10, ratings=50, progress=another)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["movies.csv", "ratings.csv", "truth.json"]
    assert json.loads((tmp_path / "truth.json").read_text())["users"] == 20


def test_a_file_in_the_place_of_the_directory_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="not a directory"):
        write_synthetic(tmp_path / "file", users=10, movies=10, ratings=50)
    with pytest.raises(DataError, match="cannot write there"):
        write_synthetic(tmp_path / "file" / "below", users=10, movies=10, ratings=50)


def test_expected_stars_are_the_mean_of_noisy_rounded_scores():
    stars, random = Stars(), np.random.default_rng(0)
    for score in (-1.0, 0.6, 2.1, 3.5, 4.9, 7.0):
        drawn = stars.levels[stars.codes(score + stars.noise_sd * random.standard_normal(100_000))]
        assert float(stars.expected(np.array([score]))[0]) == pytest.approx(drawn.mean(), abs=0.01)


def test_stable_random_is_the_documented_stream():
    first = StableRandom(1).uniform(3)
    raw = np.random.PCG64(1).random_raw(3)
    assert first.tolist() == [((int(n) >> 12) + 0.5) / 2**52 for n in raw]
    normal = StableRandom(2).normal(100, 200)
    assert normal.shape == (100, 200)
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02


@pytest.mark.parametrize(
    ("total", "n", "fewest", "most"), [(100, 10, 3, 40), (100, 10, 10, 10), (999, 10, 0, 100), (7, 5, 1, 3)]
)
def test_shares_add_up_within_their_bounds(total, n, fewest, most):
    counts = shares(total, np.exp(np.linspace(-4, 4, n)), fewest=fewest, most=most)
    assert counts.sum() == total
    assert counts.min() >= fewest
    assert counts.max() <= most
