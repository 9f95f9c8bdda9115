"""Ratings in a file: the same training as in memory within noise, the same bits every time, also after a resume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import N_MOVIES, N_USERS, planted_training

from mftui.data import dataset as dataset_module
from mftui.data.movies.movie_means import movie_means
from mftui.engine.audience_block.audience_learner import AudienceLearner
from mftui.engine.descent.shards import Shards
from mftui.engine.recipes import RECIPES
from mftui.engine.training.memory import Sizes
from mftui.engine.training.problem import Problem
from mftui.engine.training.training import Training
from mftui.errors import TrainingError

GIVEN: dict[str, Any] = {
    "members": 1,
    "factors": 4,
    "epochs": 8,
    "batch_size": 300,
    "audience": False,
    "validation": 0.1,
}


def triples(users: np.ndarray, movies: np.ndarray, values: np.ndarray) -> set[tuple[int, int, float]]:
    return set(zip(users.ravel().tolist(), movies.ravel().tolist(), values.ravel().tolist(), strict=True))


def streamed(tmp_path: Path, **given: Any) -> Training:
    return planted_training("biased", stream_in=tmp_path, **{**GIVEN, **given})


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_module, "PIECE", 700)


def test_shards_are_random_parts_of_all_ratings_each_sorted_by_user(tmp_path: Path, small_pieces: None) -> None:
    ratings = planted_ratings()
    users, movies, values = Shards(ratings, 7, 572, 0, tmp_path).gather(np.arange(7))
    assert triples(users, movies, values) == triples(ratings.users, ratings.movies, ratings.values)
    assert (np.diff(users, axis=1) >= 0).all()
    spread = np.array([np.bincount(shard // 12, minlength=10) for shard in users])
    assert np.abs(spread - spread.mean(0)).max() < 35, "each has its share of every ten users"
    again = Shards(ratings, 7, 572, 0, tmp_path).gather(np.arange(7))
    assert all((a == b).all() for a, b in zip((users, movies, values), again, strict=True))
    assert not list(tmp_path.iterdir()), "the file is nobody's, and goes with the process"


def test_shards_that_have_more_room_than_ratings_have_some_twice(tmp_path: Path, small_pieces: None) -> None:
    ratings = planted_ratings()
    columns = Shards(ratings, 7, 576, 0, tmp_path).gather(np.arange(7))
    assert triples(*columns) == triples(ratings.users, ratings.movies, ratings.values)
    different = [len(triples(*(column[shard] for column in columns))) for shard in range(7)]
    assert sum(different) == len(ratings) and min(different) >= 576 - (7 * 576 - len(ratings)) // 7 - 1


def test_no_room_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="no room for"):
        Shards(planted_ratings(), 7, 572, 0, tmp_path / "file")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Training, Any]:
    """A training out of core that has ended, and its state within the second epoch."""
    training, state = streamed(tmp_path_factory.mktemp("stream")), None
    for tick in training:
        if tick.step == training.steps_per_epoch + 1:
            state = training.state()
    return training, state


@pytest.mark.long
def test_it_learns_as_in_memory(undisturbed: tuple[Training, Any]) -> None:
    in_memory = planted_training("biased", **GIVEN)
    list(in_memory)
    assert undisturbed[0].best_rmse == pytest.approx(in_memory.best_rmse, abs=0.02)


@pytest.mark.long
def test_a_resumed_training_ends_with_the_same_bits(tmp_path: Path, undisturbed: tuple[Training, Any]) -> None:
    whole, broken = undisturbed
    resumed = streamed(tmp_path)
    resumed.restore(*broken)
    list(resumed)
    for a, b in zip(whole.state()[0].values(), resumed.state()[0].values(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.long
def test_the_audience_block_learns_from_a_file_what_it_learns_in_memory(tmp_path: Path, small_pieces: None) -> None:
    """The same bits: its steps are the same."""
    problem = Problem(planted_ratings(), planted_ratings().take(np.arange(0)), N_USERS, N_MOVIES, SCALE, 0)
    hyper = RECIPES["biased"].check({"audience_factors": 4, "audience_epochs": 1})
    hyper = RECIPES["biased"].sized(hyper, Sizes(N_USERS, N_MOVIES, len(problem.train)))
    found = []
    for one in (problem, replace(problem, stream_in=tmp_path)):
        learner = AudienceLearner(one, hyper)
        for epoch in range(learner.n_epochs):
            learner.begin_epoch(epoch)
            for step in range(learner.steps_per_epoch):
                learner.step(step)
        found.append(learner.snapshot())
    for a, b in zip(found[0].values(), found[1].values(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not list(tmp_path.iterdir()), "the file is nobody's, and goes with the process"


@pytest.mark.long
def test_several_small_updates_to_a_step(tmp_path: Path) -> None:
    training = streamed(tmp_path, batch_size=50, epochs=2)
    list(training)
    assert training.best_rmse < 1.0


def test_a_part_is_what_taking_its_rows_gives(small_pieces: None) -> None:
    ratings = planted_ratings()
    mask = np.random.default_rng(0).random(len(ratings)) < 0.3
    part, taken = ratings.where(mask), ratings.take(mask)
    inner = part.where(np.arange(len(part)) % 2 == 0)
    assert len(part) == len(taken) and len(inner) == (len(part) + 1) // 2
    for name in ("users", "movies", "values"):
        np.testing.assert_array_equal(getattr(part, name), getattr(taken, name))
        np.testing.assert_array_equal(getattr(inner, name), getattr(taken, name)[::2])
    whole = part.whole()
    assert whole.users is whole.users and part.users is not part.users
    assert part.mean() == pytest.approx(taken.values.mean(), abs=1e-6)
    np.testing.assert_array_equal(part.counts(120, 80)[0], np.bincount(taken.users, minlength=120))
    means = movie_means(part.movies, part.values, 80 + 1)
    for movie in range(80):
        assert means[movie] == pytest.approx(taken.values[taken.movies == movie].mean(), abs=1e-6)
    assert np.isnan(means[80]), "nobody has rated it"
