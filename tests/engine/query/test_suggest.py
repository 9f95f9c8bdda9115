"""What to rate next: the films whose ratings tell most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.models import toy_factors, trained_by
from helpers.newcomers import fold_in_users
from helpers.planted import planted_ratings
from helpers.trainings import N_MOVIES, N_USERS, planted_training

from mftui.data.dataset import Ratings
from mftui.engine.model.factors import Factors
from mftui.engine.model.history import History
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.movie_filter import MovieFilter
from mftui.engine.query.recommend import recommend_newcomer, row_logits
from mftui.engine.query.suggest import seen_probability, suggest

NOTHING = np.array([], dtype=np.int64), np.array([], dtype=np.float32)


@pytest.fixture
def model() -> Factors:
    return toy_factors(audience=True)


def test_it_asks_for_nothing_that_is_rated_skipped_filtered_out_or_never_rated_by_anybody(model: Factors) -> None:
    counts = model.movie_train_counts.copy()
    counts[9] = 0
    model = replace(model, movie_train_counts=counts)
    found = suggest(
        model,
        fold_in(model, np.array([0]), np.array([4.0])),
        100,
        skipped=np.array([1]),
        where=MovieFilter(min_ratings=1),
    )
    assert sorted(found.movies) == sorted(set(range(12)) - {0, 1, 9})
    assert not len(suggest(model, fold_in(model, *NOTHING), 5, where=MovieFilter(years=(1900, 1901))).movies)


def test_what_tells_less_of_the_rest_comes_later_and_nothing_is_told_twice(model: Factors) -> None:
    """Two films with the same factors tell the same: once one is asked for, the other is worth little."""
    factors = np.array(model.parameters.movie_factors)
    factors[:] *= 0.1
    factors[[2, 5]] = [3.0, 0.0, 0.0, 0.0]
    factors[7] = [0.0, 2.0, 0.0, 0.0]
    everybody = np.full(12, 20, dtype=np.int32)
    model = replace(model, parameters=replace(model.parameters, movie_factors=factors), movie_train_counts=everybody)
    first = suggest(model, fold_in(model, *NOTHING), 2).movies.tolist()
    assert len(set(first) & {2, 5}) == 1
    assert 7 in first


def test_ratings_leave_less_to_be_told(model: Factors) -> None:
    before = suggest(model, fold_in(model, *NOTHING), 12)
    assert (before.gains > 0).all()
    assert before.gains.sum() < 1


def test_who_watches_with_others_has_more_probably_seen_what_they_saw(model: Factors) -> None:
    share = seen_probability(model, fold_in(model, *NOTHING))
    np.testing.assert_allclose(share, model.movie_train_counts / model.n_users)
    told = seen_probability(model, fold_in(model, np.array([0]), np.array([5.0], dtype=np.float32)))
    assert (told >= share - 1e-6).all()
    assert (told > share).any()


@pytest.mark.long
def test_ten_ratings_that_it_asks_for_predict_the_rest_better_than_ten_at_random_or_the_ten_most_rated() -> None:
    """Forty users kept out of a training on planted ratings, asked for ten of their films in three ways."""
    ratings, newcomers = planted_ratings(n=6_000), np.arange(80, N_USERS)
    known = ratings.take(ratings.users < 80)
    training = planted_training("biased", known, factors=4, epochs=60, audience=False, prior_factors=2.0, members=2)
    list(training)
    counts = np.bincount(known.movies, minlength=N_MOVIES).astype(np.int32)
    model = trained_by(
        toy_factors([f"Film {i} (1999)" for i in range(N_MOVIES)], n_users=N_USERS),
        parameters=training.parameters(),
        history=History.of(known, np.zeros(len(known), bool), N_USERS),
        movie_counts=counts,
        movie_train_counts=counts,
        meta={"recipe": "biased", "hyper": {"prior_factors": 2.0}},
    )
    random = np.random.default_rng(0)
    pools, asked = [], []
    for user in newcomers:
        rows = random.permutation(np.flatnonzero(ratings.users == user))
        pools.append(ratings.take(rows[: len(rows) // 2]))
        asked.append(ratings.take(rows[len(rows) // 2 :]))

    def error(pick: object) -> float:
        assert callable(pick)
        chosen = [np.flatnonzero(np.isin(pool.movies, pick(pool))) for pool in pools]
        rows = fold_in_users(model, [(p.movies[at], p.values[at]) for p, at in zip(pools, chosen, strict=True)])
        predicted = model.shown(row_logits(model, rows))
        misses = [predicted[i, part.movies] - part.values for i, part in enumerate(asked)]
        return float(np.sqrt(np.mean(np.concatenate(misses) ** 2)))

    def suggested(pool: Ratings) -> np.ndarray:
        others = np.setdiff1d(np.arange(N_MOVIES), pool.movies)
        return suggest(model, fold_in(model, *NOTHING), 10, skipped=others).movies

    at_random = float(np.mean([error(lambda pool: random.permutation(pool.movies)[:10]) for _ in range(5)]))
    popular = error(lambda pool: pool.movies[np.argsort(-counts[pool.movies], kind="stable")[:10]])
    assert error(suggested) < popular
    assert error(suggested) < at_random


def test_its_plus_minus_is_that_of_recommendations() -> None:
    model = toy_factors(n_users=80)
    person = fold_in(model, np.array([0, 3]), np.array([4.0, 2.0]))
    found, listed = suggest(model, person, 12), recommend_newcomer(model, person, 12)
    assert found.plus_minus is not None and listed.plus_minus is not None
    of_list = dict(zip(listed.movies.tolist(), zip(listed.predicted, listed.plus_minus, strict=True), strict=True))
    for movie, told in zip(found.movies.tolist(), zip(found.predicted, found.plus_minus, strict=True), strict=True):
        assert told == of_list[movie]


def test_where_too_few_ratings_were_held_out_it_has_none() -> None:
    model = toy_factors(test_fraction=0)
    assert suggest(model, fold_in(model, *NOTHING), 3).plus_minus is None
