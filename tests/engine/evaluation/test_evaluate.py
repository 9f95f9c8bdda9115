"""Measures: against plain loops, and against the published protocol on real ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui.data.dataset import Ratings, Scale
from mftui.engine.evaluation.baselines import BiasBaseline
from mftui.engine.evaluation.evaluate import evaluate
from mftui.engine.evaluation.measures import list_quality, relevant_from

SCALE = Scale(1.0, 5.0, 1.0)


def ratings(*triples: tuple[int, int, float]) -> Ratings:
    users, movies, values = zip(*triples, strict=True)
    return Ratings(np.array(users, np.int32), np.array(movies, np.int32), np.array(values, np.float32))


def test_ndcg_recall_and_coverage_by_hand() -> None:
    train = ratings((0, 0, 5.0), (1, 1, 3.0))
    test = ratings((0, 1, 4.0), (0, 3, 5.0), (0, 2, 2.0), (1, 0, 1.0))
    scores = np.array([[9, 1, 3, 2], [1, 2, 3, 4]], dtype=np.float32)

    quality = list_quality(lambda users: scores[users], train, test, 2, 4, SCALE, k=2)

    # User 0: movie 0 was rated in training; the list is (2, 3); liked are 1 and 3. User 1 likes nothing.
    assert quality is not None
    assert quality.n_users == 1
    assert quality.ndcg == pytest.approx((1 / np.log2(3)) / (1 + 1 / np.log2(3)))
    assert quality.recall == pytest.approx(0.5)
    assert quality.coverage == pytest.approx(0.5)


@pytest.mark.parametrize(("scale", "least"), [((0.5, 5), 3.875), ((1, 5), 4.0), ((1, 10), 7.75)])
def test_liked_is_three_quarters_up_the_scale(scale: tuple[float, float], least: float) -> None:
    assert relevant_from(Scale(*scale, 0.5)) == least


def test_the_bias_baseline_is_the_damped_mean_of_a_lonely_movie() -> None:
    train = ratings((0, 0, 5.0), (1, 0, 5.0), (2, 1, 2.0), (3, 1, 2.0))
    baseline = BiasBaseline.fit(train, 4, 2)

    assert baseline.mean == 3.5
    assert 0 < baseline.movie_bias[0] < 1.5
    assert baseline.predict(np.array([0], np.int32), np.array([0], np.int32))[0] > 3.5


def test_the_bias_baseline_is_the_same_in_pieces_of_which_one_is_empty() -> None:
    random, cuts = np.random.default_rng(0), (0, 0, 400_000, 500_000)  # as where all ratings of a piece are held out
    columns: dict[str, Any] = {
        "users": np.sort(random.integers(0, 900, cuts[-1])).astype(np.int32),
        "movies": random.integers(0, 70, cuts[-1]).astype(np.int32),
        "values": random.integers(1, 6, cuts[-1]).astype(np.float32),
    }
    pieces = Ratings.pieced(np.diff(cuts).tolist(), lambda name, number: columns[name][cuts[number] : cuts[number + 1]])
    whole, in_pieces = (BiasBaseline.fit(each, 900, 70) for each in (Ratings(**columns), pieces))

    np.testing.assert_allclose(in_pieces.user_bias, whole.user_bias)
    np.testing.assert_allclose(in_pieces.movie_bias, whole.movie_bias)


def test_a_model_is_measured_beside_its_baselines_on_the_held_out_part() -> None:
    model = toy_factors(test_fraction=0.3)
    document = evaluate(model, k=3)

    test = model.history.part(held_out=True)
    predicted = model.shown(model.logits(test.users, test.movies))
    assert document["n_test"] == len(test)
    assert document["rmse"] == pytest.approx(float(np.sqrt(np.mean((predicted - test.values) ** 2))), rel=1e-5)
    assert {"ndcg@3", "recall@3", "coverage", "mae"} <= document.keys()
    assert {"rmse", "mae"} <= document["baselines"]["global_mean"].keys()
    assert {"rmse", "mae", "ndcg@3", "coverage"} <= document["baselines"]["bias"].keys()
    assert "ndcg@3" in document["baselines"]["popularity"]


def test_without_test_ratings_there_is_no_measure() -> None:
    document = evaluate(toy_factors(test_fraction=0.0))

    assert document["n_test"] == 0
    assert document["rmse"] is None


def test_a_film_that_was_rated_counts_neither_as_covered_nor_as_popular() -> None:
    """Somebody who has rated all but one film has a list of one."""
    train = Ratings(*(np.array(column) for column in ([0, 0, 0], [0, 1, 2], [4.0, 4.0, 4.0])))
    test = Ratings(*(np.array(column) for column in ([0], [3], [5.0])))
    quality = list_quality(lambda users: np.ones((len(users), 4), np.float32), train, test, 1, 4, Scale(1, 5, 1), 3)
    assert quality is not None
    assert (quality.coverage, quality.mean_popularity, quality.ndcg) == (0.25, 0.0, 1.0)
