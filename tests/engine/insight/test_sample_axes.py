"""The trained model finds what was planted in the sample again."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.data.loading.load import open_dataset
from mftui.data.synthetic.sample import movie_ids, planted_liking
from mftui.engine.recipes import RECIPES
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

WELL_KNOWN = 50
"""Ratings from which on a film's place can be told."""
NEAREST = 20


@pytest.fixture(scope="module")
def cosines() -> tuple[np.ndarray, np.ndarray]:
    """(n, n) cosines of the well-known films: learned, planted."""
    data, recipe = open_dataset("sample"), RECIPES["biased"]
    training = Training(
        TrainingSpec(
            recipe, recipe.check({"audience": False}), data.ratings, data.n_users, data.n_movies, data.scale, seed=0
        )
    )
    training.prepare()
    list(training)
    counts = np.bincount(data.ratings.movies, minlength=data.n_movies)
    known = np.flatnonzero(counts >= WELL_KNOWN)
    place = {raw: at for at, raw in enumerate(movie_ids())}
    planted = planted_liking()[[place[data.movie_ids.raw(i)] for i in known]]
    return _cosines(training.parameters().movie_factors[known]), _cosines(planted)


def _cosines(rows: np.ndarray) -> np.ndarray:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


@pytest.mark.long
def test_films_near_in_the_learned_space_are_near_in_the_planted_one(cosines: tuple[np.ndarray, np.ndarray]) -> None:
    learned, planted = cosines
    pairs = np.triu_indices(len(learned), 1)

    assert len(learned) > 200
    assert np.corrcoef(learned[pairs], planted[pairs])[0, 1] > 0.6


def test_the_nearest_films_are_shared_far_beyond_chance(cosines: tuple[np.ndarray, np.ndarray]) -> None:
    shared = []
    for learned, planted in zip(*cosines, strict=True):
        near = [set(np.argsort(-row)[1 : NEAREST + 1].tolist()) for row in (learned, planted)]
        shared.append(len(near[0] & near[1]) / NEAREST)

    by_chance = NEAREST / len(cosines[0])
    assert np.mean(shared) > 3 * by_chance
