"""Because: the shares of one's own ratings, which add up to the prediction."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import predicted, toy_factors, trained_by

from mftui.engine.model.factors import Factors
from mftui.engine.model.user_prior import movie_bias_in_stars, user_bias_in_stars
from mftui.engine.query.explain import explain, explain_user
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.place import rounded
from mftui.engine.query.recommend import recommend, recommend_newcomer, row_logits

RATED = np.array([0, 3, 4, 7])
RATINGS = np.array([5.0, 1.0, 4.5, 3.0], dtype=np.float32)
OTHERS = np.array([1, 2, 5, 6, 8])


def wide(model: Factors) -> Factors:
    """As two members."""
    random, p = np.random.default_rng(0), model.parameters
    movie_bias = random.normal(size=(model.n_movies, 2)).astype(np.float32)
    user_bias = random.normal(size=(model.n_users, 2)).astype(np.float32)
    return replace(
        model,
        parameters=replace(
            p,
            members=2,
            member_user_bias=user_bias,
            member_movie_bias=movie_bias,
            member_global_bias=(0.5, 0.1),
            movie_bias=movie_bias.mean(1),
            user_bias=user_bias.mean(1),
        ),
    )


def linear(model: Factors) -> Factors:
    return replace(model, parameters=replace(model.parameters, link="linear"))


def unheld(model: Factors) -> Factors:
    """Of a recipe whose prior is measured, and not centred on zero."""
    return trained_by(
        model, meta={"recipe": "fastai"}, parameters=replace(model.parameters, audience_movie_factors=None)
    )


@pytest.mark.parametrize("kind", [lambda m: m, wide, linear, unheld])
def test_the_parts_add_up_to_the_prediction_of_the_folded_in_row_in_stars(kind: object) -> None:
    assert callable(kind)
    model = kind(toy_factors(audience=True))
    rows = fold_in(model, RATED, RATINGS).row
    expected = row_logits(model, rows)[0, OTHERS]

    because = explain(model, fold_in(model, RATED, RATINGS), OTHERS)

    total = [sum(because.parts(at).values()) for at in range(len(OTHERS))]
    np.testing.assert_allclose(total, model.shown(expected), atol=1e-5)
    np.testing.assert_allclose(because.logits, expected, atol=1e-4)
    np.testing.assert_allclose(because.predicted, model.shown(expected), atol=1e-4)
    assert not because.training.any()


@pytest.mark.parametrize("kind", [lambda m: m, wide, linear, unheld])
def test_what_is_shown_of_them_adds_up_to_the_last_digit(kind: object) -> None:
    assert callable(kind)
    model = kind(toy_factors(audience=True))
    everything = np.arange(model.n_movies)
    asked = [explain_user(model, user, everything) for user in range(model.n_users)]
    for because in [*asked, explain(model, fold_in(model, RATED, RATINGS), everything)]:
        for at in everything:
            parts, stars = because.shown_parts(at)
            assert round(sum(parts.values()), 9) == float(f"{because.predicted[at]:.2f}")
            assert round(sum(stars), 9) == parts.get("ratings", 0.0)
            assert all(value == round(value, 2) for value in (*parts.values(), *stars))
            exact = because.parts(at)
            assert all(abs(value - exact[name]) < 0.02 for name, value in parts.items())
            assert parts["everybody"] == round(because.everybody, 2)


def test_what_is_cut_off_at_the_end_of_the_scale_is_a_part() -> None:
    model = linear(toy_factors())
    model = replace(model, parameters=replace(model.parameters, global_bias=6.0))
    because = explain(model, fold_in(model, RATED, np.full(4, 5.0, dtype=np.float32)), OTHERS)
    at = int(np.argmin(because.limit))
    assert because.predicted[at] == 5.0
    assert because.shown_parts(at)[0]["limit"] < 0


@pytest.mark.parametrize("total", [0.0, 0.017, -2.4])
def test_rounded_values_add_up_and_are_near(total: float) -> None:
    values = np.random.default_rng(0).normal(size=37)
    values += (total - values.sum()) / 37
    near = rounded(values.tolist(), total)
    assert round(sum(near), 9) == round(total, 2)
    assert np.abs(values - near).max() < 0.01
    assert rounded([], 0.0) == []


def test_with_a_linear_link_a_share_is_what_the_prediction_loses_without_what_the_rating_tells() -> None:
    """The solve is linear: to move one rating by d moves the prediction by its weight times d, exactly."""
    model = linear(toy_factors())
    moved = RATINGS.copy()
    moved[1] += 2.0
    before, after = (explain(model, fold_in(model, RATED, ratings), OTHERS) for ratings in (RATINGS, moved))

    np.testing.assert_allclose(np.delete(after.contributions, 1, 1), np.delete(before.contributions, 1, 1), atol=1e-6)
    assert not np.allclose(after.contributions[:, 1], before.contributions[:, 1])


def listed_otherwise() -> list[dict[str, object]]:
    """All ways to rank a list by something else than the predicted rating."""
    ways: list[dict[str, object]] = [{"rank": "watch"}, {"rank": "both"}, {"bound": "lower"}, {"bound": "upper"}]
    ways += [{"rank": "both", "bound": "lower"}, *({**way, "discover": 0.5} for way in ways)]
    return [*ways, {"rank": "like", "discover": 1.0}]


@pytest.mark.parametrize("way", listed_otherwise(), ids=str)
def test_the_place_on_a_list_adds_up_to_its_score(way: Any) -> None:
    model = with_members(toy_factors(audience=True, n_users=80), 2)
    somebody = fold_in(model, RATED, RATINGS)
    listed, because = recommend_newcomer(model, somebody, 5, **way), partial(explain, model, somebody)
    asked = [(listed, because(listed.movies, **way))]
    for user in range(0, model.n_users, 9):
        listed = recommend(model, user, 5, **way)
        asked.append((listed, explain_user(model, user, listed.movies, **way)))
    for listed, found in asked:
        place = found.place
        assert place is not None
        scores = [place.score(at) for at in range(len(listed.movies))]
        np.testing.assert_allclose(scores, listed.scores, atol=1e-5)
        assert place.in_stars == (listed.ranked_by == "like" and "discover" not in way)
        for at, score in enumerate(scores):
            parts, total = place.shown(at)
            assert round(sum(parts.values()), 9) == total == round(score, place.digits)
            if place.shares is not None:
                assert place.shares[at].sum() == pytest.approx(place.of(at)["ratings"], abs=1e-9)


def test_a_place_by_taste_alone_is_the_product_of_factors() -> None:
    model = toy_factors(audience=True)
    place = explain_user(model, 2, OTHERS, rank="taste").place
    assert place is not None and list(place.parts) == ["ratings", "training"]
    products = model.parameters.movie_factors[OTHERS] @ model.parameters.user_factors[2]
    np.testing.assert_allclose([place.score(at) for at in range(5)], products, atol=1e-5)


def test_a_list_by_prediction_has_no_other_reasons() -> None:
    because = explain(
        toy_factors(audience=True), fold_in(toy_factors(audience=True), RATED, RATINGS), OTHERS, rank="like"
    )
    assert because.place is None
    assert because.strongest(0, 2, ranked=True).tolist() == because.strongest(0, 2).tolist()


def test_the_strongest_reasons_come_first_for_or_against() -> None:
    because = explain(toy_factors(), fold_in(toy_factors(), RATED, RATINGS), OTHERS)
    shares = np.abs(because.contributions[0, because.strongest(0, 4)])
    assert len(shares) == 4
    assert (np.diff(shares) <= 0).all()


def test_a_user_of_the_data_is_explained_by_their_training_ratings() -> None:
    model = toy_factors(audience=True)
    history = model.history.of_user(2)
    because = explain_user(model, 2, OTHERS)

    assert because.rated.tolist() == history.movies[~history.held_out].tolist()
    trained = [predicted(model, 3, int(m) + 1) for m in OTHERS]
    np.testing.assert_allclose(because.predicted, trained, atol=1e-5)
    assert because.training.any()
    np.testing.assert_allclose([sum(because.parts(at).values()) for at in range(len(OTHERS))], trained, atol=1e-5)


def test_without_ratings_there_is_nothing_but_mean_and_biases() -> None:
    because = explain(
        toy_factors(audience=True),
        fold_in(toy_factors(audience=True), np.array([], dtype=np.int64), np.array([])),
        OTHERS,
    )
    assert because.contributions.shape == (len(OTHERS), 0)
    assert not because.user.any()
    assert not len(because.strongest(0))


def test_everybody_is_somebody_unknown_and_a_film_adds_its_bias() -> None:
    """However the biases lie: all of them moved by one number, and the mean by its negative, is the same model."""
    model = toy_factors()
    p = model.parameters
    moved = model.with_parameters(
        replace(p, user_bias=p.user_bias, movie_bias=p.movie_bias + 3, global_bias=p.global_bias - 3)
    )
    for each in (model, moved):
        because = explain(each, fold_in(each, np.zeros(0, np.int64), np.zeros(0, np.float32)), OTHERS)
        assert each.scale.lo < because.everybody < each.scale.hi
        np.testing.assert_allclose(because.movie, movie_bias_in_stars(each, OTHERS), atol=1e-5)
        assert not because.user.any()
    assert explain(model, fold_in(model, RATED, RATINGS), OTHERS).everybody == pytest.approx(
        because.everybody, abs=1e-5
    )
    users = np.arange(model.n_users)
    np.testing.assert_allclose(user_bias_in_stars(model, users), user_bias_in_stars(moved, users), atol=1e-5)


def test_ratings_that_add_nothing_that_is_shown_are_not_named() -> None:
    model = toy_factors()
    weak = model.with_parameters(replace(model.parameters, movie_factors=model.parameters.movie_factors * 1e-4))
    for each, named in ((model, True), (weak, False)):
        because = explain(each, fold_in(each, RATED, RATINGS), OTHERS)
        stars = because.shown_parts(0)[1]
        assert bool(because.named(0, stars, 4)) == named
        assert all(stars[own] for own in because.named(0, stars, 4))
    assert because.strongest(0, 4).tolist(), "they are there, and too small to be shown"
