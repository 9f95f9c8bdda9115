"""Principal axes: the same predictions, ordered by variance, named by what they go with; the planted ones found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from helpers.models import TITLES, assembled, toy_factors

from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.data.synthetic.films import AXES, planted_positions
from mftui.data.synthetic.sample import movie_ids
from mftui.engine.insight.principal_axes import Axes, principal_axes
from mftui.engine.insight.traits import Traits
from mftui.engine.model.factors import Factors
from mftui.engine.recipes import RECIPES
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import UsageError


@cache
def sample_model() -> Factors:
    """The default recipe, trained on the sample's training part."""
    data, recipe = open_dataset("sample"), RECIPES["biased"]
    split = make_split(data, SplitSpec("random", 0.1))
    hyper = recipe.check({"audience": False})
    train = data.ratings.take(split.train_rows)
    training = Training(TrainingSpec(recipe, hyper, train, data.n_users, data.n_movies, data.scale, seed=0))
    training.prepare()
    list(training)
    return assembled(training.parameters(), data, split, {})


@cache
def sample_axes() -> tuple[Axes, np.ndarray]:
    """The axes, and where their well-known films stand on the planted ones (n, 6)."""
    model = sample_model()
    axes = principal_axes(model)
    place = {raw: at for at, raw in enumerate(movie_ids())}
    return axes, planted_positions()[[place[model.movie_ids.raw(int(movie))] for movie in axes.known]]


def test_turning_changes_no_prediction() -> None:
    model = toy_factors(k=6)
    p, axes = model.parameters, principal_axes(model)
    np.testing.assert_allclose(axes.users @ axes.movies.T, p.user_factors @ p.movie_factors.T, atol=1e-5)
    np.testing.assert_allclose(axes.rotation.T @ axes.rotation, np.eye(6), atol=1e-10)
    np.testing.assert_allclose(axes.turned(p.user_factors), axes.users, atol=1e-6)


@pytest.mark.long
def test_they_are_the_principal_components_of_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    model = sample_model()
    rows = model.parameters.movie_factors[model.movie_train_counts > 0].astype(np.float64)
    reference = PCA(6).fit(rows)
    axes = principal_axes(model)
    assert np.abs((axes.rotation[:, :6] * reference.components_.T).sum(0)).min() > 0.9999
    np.testing.assert_allclose(axes.shares[:6], reference.explained_variance_ratio_, rtol=1e-4)
    assert (np.diff(axes.shares) <= 0).all() and axes.shares.sum() == pytest.approx(1)


def test_whichever_rotation_training_finds_the_axes_are_the_same() -> None:
    model = sample_model()
    k = model.n_factors
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(k, k)))[0].astype(np.float32)
    p = model.parameters
    other = replace(
        model, parameters=replace(p, user_factors=p.user_factors @ turn, movie_factors=p.movie_factors @ turn)
    )
    one, two = principal_axes(model), principal_axes(other)
    np.testing.assert_allclose(one.movies[:, :6], two.movies[:, :6], atol=2e-4)
    assert [one.axis(n).high.tolist() for n in range(1, 6)] == [two.axis(n).high.tolist() for n in range(1, 6)]


def test_the_axes_of_the_sample_are_the_principal_axes_of_what_was_planted() -> None:
    axes, planted = sample_axes()
    centred = planted - planted.mean(0)
    true = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    found = axes.movies[axes.known, :6]
    between = np.abs(np.corrcoef(true.T, found.T)[:6, 6:])
    assert (np.diag(between)[:2] > 0.8).all(), between.round(2)  # from the third on their variances are near
    # Six were planted: six stand out, and together they hold each planted one.
    assert axes.shares[5] > 1.4 * axes.shares[6]
    design = np.column_stack([found, np.ones(len(found))])
    for name, column in zip(AXES, centred.T, strict=True):
        rest = column - design @ np.linalg.lstsq(design, column, rcond=None)[0]
        assert 1 - rest.var() / column.var() > 0.5, name


@pytest.mark.parametrize(
    ("planted", "positive", "negative"),
    [
        ("fantasy", {"Adventure", "Sci-Fi", "Fantasy", "Children"}, {"Drama", "Crime", "War"}),
        ("humour", {"Comedy"}, {"Action", "Thriller", "Horror"}),
        ("era", {"newer"}, {"older"}),
        ("darkness", {"Thriller", "Horror"}, {"Comedy", "Romance"}),
    ],
)
def test_an_axis_names_a_planted_one_by_genres_and_by_the_films_at_its_ends(
    planted: str, positive: set[str], negative: set[str]
) -> None:
    axes, positions = sample_axes()
    true = positions[:, AXES.index(planted)]
    found = np.array([np.corrcoef(true, axes.movies[axes.known, at])[0, 1] for at in range(6)])
    best = int(np.argmax(np.abs(found)))
    sign = 1 if found[best] > 0 else -1
    axis = axes.axis(best + 1, 10)
    assert abs(found[best]) > 0.5
    assert positive <= {trait.name for trait in axis.sure_traits(sign)}
    assert negative <= {trait.name for trait in axis.sure_traits(-sign)}
    at = dict(zip(axes.known.tolist(), true.tolist(), strict=True))
    ends = [np.array([at[int(movie)] for movie in end]) for end in (axis.high, axis.low)]
    assert sign * (ends[0].mean() - ends[1].mean()) > 1.0


def test_fantasy_humour_and_era_are_three_axes() -> None:
    axes, positions = sample_axes()
    found = axes.movies[axes.known, :6]
    between = np.abs(np.corrcoef(positions.T, found.T)[:6, 6:])
    best = {int(between[AXES.index(name)].argmax()) for name in ("fantasy", "humour", "era")}
    assert len(best) == 3


def test_films_of_few_ratings_are_told_of_only_when_asked_for() -> None:
    model = sample_model()
    axes = principal_axes(model)
    assert axes.least_ratings == 20
    ends = np.concatenate([end for n in range(1, 7) for end in (axes.axis(n).high, axes.axis(n).low)])
    assert model.movie_train_counts[ends].min() >= 20
    assert len(principal_axes(model, least_ratings=1).known) > len(axes.known)


def test_a_correlation_comes_with_an_interval_that_holds_as_often_as_it_says() -> None:
    """95 of 100 intervals hold the true correlation; of traits that go with nothing, few are called sure."""
    random, held, sure, tries = np.random.default_rng(1), 0, 0, 400
    has = np.arange(200) % 4 == 0
    columns = np.stack([(has - has.mean()) / np.sqrt(((has - has.mean()) ** 2).sum())], axis=1)
    traits = Traits((("Comedy", "genre"),), np.array([50]), columns, 200)
    true = 0.5 * has.std() / np.sqrt(0.25 * has.var() + 1)
    for _ in range(tries):
        noise = random.normal(size=200)
        found = traits.of((0.5 * has + noise).astype(np.float32))[0]
        held += found.low <= true <= found.high
        sure += traits.of(noise.astype(np.float32))[0].sure
    assert 0.92 < held / tries < 0.98
    assert sure / tries < 0.08


def test_a_genre_gives_the_axis_its_direction() -> None:
    axes, _ = sample_axes()
    for number in range(1, 7):
        genres = [trait for trait in axes.axis(number).traits if trait.kind == "genre"]
        assert max(genres, key=lambda trait: abs(trait.r)).r > 0


def test_small_and_odd_models_are_told_of_too() -> None:
    axes = principal_axes(toy_factors(k=4, audience=True), "audience")
    assert len(axes.known) == len(TITLES) and len(axes.axis(1, 50).high) == len(TITLES) // 2
    with pytest.raises(UsageError, match="no axis 5"):
        axes.axis(5)
    with pytest.raises(UsageError, match="audience"):
        principal_axes(toy_factors(), "audience")
    two = principal_axes(toy_factors(TITLES[:2], test_fraction=0))
    assert two.axis(1).traits == ()
