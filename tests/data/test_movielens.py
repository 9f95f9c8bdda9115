"""The published MovieLens sets, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.paths import movielens
from helpers.ratings_files import zipped

from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split


def test_latest_small() -> None:
    dataset = open_dataset(movielens("ml-latest-small"))
    assert (dataset.n_users, dataset.n_movies, dataset.n_ratings) == (610, 9724, 100_836)
    assert dataset.repairs == ("18 movies of movies.csv have no ratings: not in the model.",)
    assert (dataset.scale.lo, dataset.scale.hi, dataset.scale.step) == (0.5, 5.0, 0.5)
    assert dataset.movies.titles[dataset.movie_ids.index("1")] == "Toy Story (1995)"
    assert "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)" in dataset.movies.title_list
    assert len(make_split(dataset, SplitSpec()).test_rows) == 10_083


def test_100k() -> None:
    dataset = open_dataset(movielens("ml-100k"))
    assert (dataset.n_users, dataset.n_movies, dataset.n_ratings) == (943, 1682, 100_000)
    assert (dataset.scale.lo, dataset.scale.hi, dataset.scale.step) == (1.0, 5.0, 1.0)
    assert dataset.movies.titles[0] == "Toy Story (1995)"
    assert dataset.movies.genres_of(0) == ["Animation", "Children's", "Comedy"]
    assert any("é" in title for title in dataset.movies.title_list), "latin-1 is decoded"
    assert np.count_nonzero(np.asarray(dataset.movies.years) == 0) == 1, "only movie 267, called unknown, has no year"
    assert dataset.repairs == ()
    assert len(make_split(dataset, SplitSpec()).test_rows) == 10_000


def test_100k_u1() -> None:
    directory = movielens("ml-100k")
    dataset = open_dataset(directory / "u1.base", test=directory / "u1.test")
    assert (dataset.n_users, dataset.n_movies, dataset.n_ratings) == (943, 1682, 100_000)
    split = make_split(dataset, SplitSpec("file"))
    assert (len(split.train_rows), len(split.test_rows)) == (80_000, 20_000)
    assert dataset.movies.titled


def test_100k_tested_on_u1_is_u1() -> None:
    dataset = open_dataset(movielens("ml-100k"), test="u1.test")
    split = make_split(dataset, SplitSpec("file"))
    assert (len(split.train_rows), len(split.test_rows)) == (80_000, 20_000)
    assert dataset.repairs == ("20,000 ratings left out: in u.data, but u1.test tests on the same pair.",)


@pytest.mark.parametrize("name", ["ml-100k", "ml-latest-small"])
def test_a_zip_of_it_is_the_same_data_set(tmp_path: Path, name: str) -> None:
    archive = zipped(movielens(name), tmp_path / f"{name}.zip")
    assert open_dataset(archive).fingerprint == open_dataset(movielens(name)).fingerprint
