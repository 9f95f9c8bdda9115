"""A profile made with one MovieLens set, opened with a model of another."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.paths import movielens

from mftui.data.loading.load import open_dataset
from mftui.data.profiles.match import Matcher


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))


def matcher_of(name: str) -> Matcher:
    data = open_dataset(movielens(name))
    counts = np.bincount(data.ratings.movies, minlength=data.n_movies).astype(np.int32)
    meta = {"dataset": data.label, "fingerprint": data.fingerprint}
    model = SimpleNamespace(
        movie_ids=data.movie_ids, movies=data.movies, movie_counts=counts, scale=data.scale, meta=meta
    )
    return Matcher(model)


def test_films_of_the_oldest_set_are_found_in_the_newest_by_title_and_year() -> None:
    old, new = matcher_of("ml-100k"), matcher_of("ml-latest-small")
    rows = [old.rated(movie, 3) for movie in range(len(old.titles))]
    found = dict(zip(old.titles, new.find_all(rows), strict=True))
    by = Counter("" if match is None else match.how for match in found.values())
    assert by["title"] > 1_250 and by["year off by one"] > 30 and by["part of the title"] == 6
    for title, full in (
        ("Star Wars (1977)", "Star Wars: Episode IV - A New Hope (1977)"),
        ("Empire Strikes Back, The (1980)", "Star Wars: Episode V - The Empire Strikes Back (1980)"),
        ("Monty Python and the Holy Grail (1974)", "Monty Python and the Holy Grail (1975)"),
    ):
        match = found[title]
        assert match is not None and new.titles[match.movie] == full


def test_every_film_is_found_in_its_own_set_by_its_id_and_by_its_title() -> None:
    own = matcher_of("ml-latest-small")
    rows = [own.rated(movie, 3) for movie in range(len(own.titles))]
    assert own.match(rows).movies.tolist() == list(range(len(rows)))
    elsewhere = matcher_of("ml-latest-small")
    elsewhere.fingerprint = "another"
    assert [match and match.movie for match in elsewhere.find_all(rows)] == list(range(len(rows)))
