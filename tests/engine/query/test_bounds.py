"""Safe bets and adventurous lists: by the ends of the interval of each rating, never clipped."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import toy_factors, trained_by
from helpers.planted import SCALE, planted_ratings
from helpers.trainings import planted_training

from mftui.engine.model.factors import Factors
from mftui.engine.model.history import History
from mftui.engine.query.expected import expected_std, expected_std_of
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.intervals import intervals_of_pairs
from mftui.engine.query.recommend import Bound, recommend
from mftui.errors import UsageError


@pytest.fixture(scope="module")
def drawn() -> Factors:
    """Drawn from planted ratings, of which movies 70 to 79 have none, and a tenth was held out."""
    ratings = planted_ratings()
    known = ratings.take(ratings.movies < 70)
    held_out = np.random.default_rng(1).random(len(known)) < 0.1
    training = planted_training("bayes", known.take(~held_out), factors=3, epochs=60, burn_in=20, keep=20, validation=0)
    list(training)
    counts = np.bincount(known.movies[~held_out], minlength=80).astype(np.int32)
    bare = trained_by(
        toy_factors([f"Film {i}" for i in range(80)], n_users=120),
        history=History.of(known, held_out, 120),
        movie_counts=counts,
        movie_train_counts=counts,
        scale=SCALE,
        meta={"recipe": "bayes"},
    )
    return bare.with_parameters(training.parameters())


@pytest.mark.long
def test_a_list_by_a_bound_is_in_the_order_of_that_end_unclipped(drawn: Factors) -> None:
    me = np.array([drawn.user_ids.index(7)])
    mean = drawn.to_rating(drawn.logits(np.repeat(me, 80), np.arange(80)))
    found = intervals_of_pairs(drawn, np.repeat(me, 80), np.arange(80))
    ends: dict[Bound, np.ndarray] = {"lower": mean - found.plus_minus(), "upper": mean + found.plus_minus()}
    for bound, end in ends.items():
        listed = recommend(drawn, 6, 20, bound=bound)
        assert listed.bound == bound
        assert listed.ranked_by == "like"
        np.testing.assert_allclose(listed.scores, end[listed.movies], atol=1e-5)
        assert (np.diff(listed.scores) <= 0).all()
        shown = np.clip(mean, SCALE.lo, SCALE.hi)[listed.movies] + (ends[bound] - mean)[listed.movies]
        np.testing.assert_allclose(getattr(listed, bound), np.clip(shown, SCALE.lo, SCALE.hi), atol=1e-5)


def test_beside_the_audience_the_bound_takes_the_place_of_the_prediction(drawn: Factors) -> None:
    plain = recommend(drawn, 6, 80, rank="both")
    safe = recommend(drawn, 6, 80, rank="both", bound="lower")
    by_movie = dict(zip(plain.movies.tolist(), plain.scores.tolist(), strict=True))

    lost = np.array([by_movie[movie] for movie in safe.movies.tolist()]) - safe.scores
    assert safe.plus_minus is not None
    span = drawn.parameters.hi - drawn.parameters.lo
    np.testing.assert_allclose(lost, drawn.audience.like_share * safe.plus_minus / span, atol=1e-5)


def test_what_has_no_rating_is_adventure_and_no_safe_bet(drawn: Factors) -> None:
    safe, bold = (recommend(drawn, 6, 80, bound=bound).movies.tolist() for bound in get_args(Bound))

    assert np.mean([safe.index(movie) for movie in range(70, 80)]) > np.mean(
        [bold.index(movie) for movie in range(70, 80)]
    )


def test_members_that_are_no_draws_say_as_little_of_a_film_without_ratings_as_draws() -> None:
    model = with_members(toy_factors(), spread=0.05)
    counts = model.movie_train_counts.copy()
    counts[3] = 0
    model = replace(model, movie_train_counts=counts).with_parameters(model.parameters)
    std = expected_std(model, model.rows_of(np.array([2])), np.arange(model.n_movies))

    assert std[3] > 3 * np.delete(std, 3).max()


def test_of_a_trained_user_it_is_that_of_their_pairs(drawn: Factors) -> None:
    std = expected_std(drawn, drawn.rows_of(np.array([7])), np.arange(80))
    np.testing.assert_allclose(std, expected_std_of(drawn, np.full(80, 7), np.arange(80)), atol=1e-6)


def test_somebody_folded_in_is_the_less_certain_the_less_they_rated(drawn: Factors) -> None:
    mine = drawn.history.of_user(7)
    stds = [
        expected_std(drawn, fold_in(drawn, mine.movies[:n], mine.ratings[:n]).row, np.arange(70))
        for n in (0, 5, len(mine))
    ]
    trained = expected_std(drawn, drawn.rows_of(np.array([7])), np.arange(70))

    means = [float(std.mean()) for std in stds]
    assert means == sorted(means, reverse=True)
    assert means[2] == pytest.approx(float(trained.mean()), rel=0.35)


def test_a_list_can_be_cut_with_all_that_is_said_of_it(drawn: Factors) -> None:
    listed = recommend(drawn, 6, 10)
    second = listed.select(np.array([1]))

    for name in ("movies", "predicted", "scores", "watch", "std", "plus_minus", "lower", "upper"):
        assert getattr(second, name).tolist() == [getattr(listed, name)[1]]


def test_where_there_is_no_bound_it_is_said(drawn: Factors) -> None:
    with pytest.raises(UsageError, match="no bounds"):
        recommend(drawn, 0, bound="lower", rank="watch")
    with pytest.raises(UsageError, match="one member"):
        recommend(toy_factors(), 0, bound="upper")
    with pytest.raises(UsageError, match="held out fewer than"):
        recommend(with_members(toy_factors(test_fraction=0)), 0, bound="upper")
