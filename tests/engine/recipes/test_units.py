"""The same ratings in other units, shifted or counted the other way round lead to the same model, by every recipe but
the post's; ratings of 1 to 5 are learned as they are."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import assembled, toy_dataset
from helpers.paths import movielens
from helpers.planted import SCALE, planted_ratings
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, Ratings, Scale
from mftui.data.loading.load import open_dataset
from mftui.data.splits import Split, SplitSpec, make_split
from mftui.engine.evaluation.evaluate import errors
from mftui.engine.model.factors import Factors
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.intervals import intervals_of_pairs
from mftui.engine.query.recommend import recommend_newcomer
from mftui.engine.recipes import RECIPES, row_priors
from mftui.engine.training.block import Metrics
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.engine.training.units import Units

USERS, MOVIES = 60, 40
STARS = replace(
    toy_dataset([f"Film {number}" for number in range(MOVIES)], n_users=USERS),
    ratings=planted_ratings(USERS, MOVIES, 1_500),
    scale=SCALE,
)
SMALL: dict[str, dict[str, Any]] = {
    "biased": {"members": 2, "factors": 3, "epochs": 6, "validation": 0.1, "audience_factors": 4, "audience_epochs": 1},
    "funk": {"factors": 3, "epochs": 20, "validation": 0.1},
    "fastai": {"factors": 3, "epochs": 3, "validation": 0.1},
    "pmf": {"factors": 3, "epochs": 60, "validation": 0.1},
    "als": {"factors": 3, "epochs": 6, "validation": 0.1},
    "bayes": {"factors": 3, "epochs": 12, "burn_in": 4, "validation": 0.1, "audience": False},
}
NAMES = [name for name in RECIPES if name != "post2019"]


@dataclass(frozen=True)
class Change:
    """To ratings as given from stars."""

    unit: float
    offset: float = 0.0

    def __str__(self) -> str:
        return f"x{self.unit:g}{self.offset:+g}"

    def given(self, stars: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray(stars.astype(float) * self.unit + self.offset, dtype=np.float32)

    def stars(self, given: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray((given.astype(float) - self.offset) / self.unit)

    def of(self, data: Dataset) -> Dataset:
        lo, hi = sorted(end * self.unit + self.offset for end in (data.scale.lo, data.scale.hi))
        r, scale = data.ratings, Scale(lo, hi, data.scale.step * abs(self.unit))
        return replace(data, ratings=Ratings(r.users, r.movies, self.given(r.values)), scale=scale)


AS_GIVEN, MIXED, REVERSED = Change(1), Change(25, -40), Change(-1, 6)
SAME = [Change(7), Change(0.05), Change(0.01), Change(1000), Change(1, -40)]


@dataclass(frozen=True)
class Trained:
    model: Factors
    curve: list[Metrics]
    training: Training

    @property
    def rmse(self) -> float:
        """Of its own ratings."""
        return errors(self.model, self.model.history.part(held_out=False))["rmse"]


def train(data: Dataset, split: Split, name: str, hyper: dict[str, Any], stream_in: Path | None = None) -> Trained:
    recipe, sizes, rows = RECIPES[name], (data.n_users, data.n_movies), np.flatnonzero(split.trained)
    ratings = data.ratings.take(rows)
    training = Training(TrainingSpec(recipe, recipe.check(hyper), ratings, *sizes, data.scale, 0, stream_in=stream_in))
    training.prepare()
    curve = [tick.metrics for tick in training if tick.metrics]
    meta = {"recipe": name, "hyper": hyper}
    return Trained(assembled(training.parameters(), data, split, meta), curve, training)


@functools.cache
def trained(name: str, change: Change, *more: tuple[str, Any]) -> Trained:
    data = change.of(STARS)
    return train(data, make_split(data, SplitSpec("none")), name, SMALL[name] | dict(more))


def everything(model: Factors) -> NDArray[np.float32]:
    users, movies = np.divmod(np.arange(model.n_users * model.n_movies), model.n_movies)
    return model.predict(users, movies)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "change"),
    [(name, MIXED) for name in ("als", "biased")]
    + [pytest.param(name, MIXED, marks=pytest.mark.long) for name in NAMES if name not in ("als", "biased")]
    + [pytest.param(name, change, marks=pytest.mark.long) for name in NAMES for change in SAME],
    ids=str,
)
def test_other_units_lead_to_the_same_model(name: str, change: Change) -> None:
    """Its predictions, its curve in rating units, and what it predicts for somebody folded in, or who was not there."""
    stars, other = trained(name, AS_GIVEN), trained(name, change)
    unit = abs(change.unit)

    off = change.stars(everything(other.model)) - everything(stars.model)
    assert np.sqrt(np.mean(off**2)) < 0.001 * stars.rmse
    for mine, theirs in zip(other.curve, stars.curve, strict=True):
        assert mine.train_loss == pytest.approx(theirs.train_loss, rel=0.005)
        for found, expected in ((mine.train_rmse, theirs.train_rmse), (mine.valid_rmse, theirs.valid_rmse)):
            assert (found is None) == (expected is None)
            assert (found or 0) / unit == pytest.approx(expected or 0, rel=0.005)
    assert other.training.best_rmse / unit == pytest.approx(stars.training.best_rmse, rel=0.005)

    movies, ratings = np.arange(9), np.tile([5.0, 1.5, 4.0], 3)
    asked = (stars.model, ratings), (other.model, change.given(ratings))
    lists = [recommend_newcomer(model, fold_in(model, movies, given), MOVIES) for model, given in asked]
    of_stars, of_other = (some.select(np.argsort(some.movies)) for some in lists)
    np.testing.assert_allclose(change.stars(of_other.predicted), of_stars.predicted, atol=0.01)
    assert (of_other.std is None) == (of_stars.std is None)
    if of_other.std is not None and of_stars.std is not None:
        np.testing.assert_allclose(of_other.std / unit, of_stars.std, rtol=0.02)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_counted_the_other_way_round_they_lead_to_as_good_a_model(name: str) -> None:
    """The start is another one, as with another seed."""
    stars, other = trained(name, AS_GIVEN), trained(name, REVERSED)
    off = REVERSED.stars(everything(other.model)) - everything(stars.model)
    assert np.sqrt(np.mean(off**2)) < 0.5 * stars.rmse
    assert other.rmse == pytest.approx(stars.rmse, rel=0.05)


@pytest.mark.parametrize("scale", [SCALE, Scale(1, 5, 1), Scale(1, 5, 0), Scale(0.5, 5, 0.5)])
def test_stars_are_learned_as_they_are(scale: Scale) -> None:
    units = Units.of(scale)
    assert units.as_given and units.learned(STARS.ratings) is STARS.ratings
    model = trained("als", AS_GIVEN).model
    assert units.given(model.parameters, scale) is model.parameters


@pytest.mark.parametrize(
    ("scale", "learned"),
    [
        (Scale(1, 10, 1), Scale(0.5, 5, 0.5)),
        (Scale(-3, 6, 1), Scale(0.5, 5, 0.5)),
        (Scale(0, 1, 0), Scale(1, 5, 0)),
        (Scale(0, 100, 1), Scale(1, 5, 0.04)),
    ],
)
def test_others_are_learned_as_stars(scale: Scale, learned: Scale) -> None:
    """Those of ten steps as half stars."""
    units, ends = Units.of(scale), np.array([scale.lo, scale.hi], dtype=np.float32)
    ratings = Ratings(np.zeros(2, np.int32), np.arange(2, dtype=np.int32), ends)
    assert units.learned_scale(scale) == learned
    assert units.learned(ratings).values.tolist() == [learned.lo, learned.hi]


def test_ratings_that_are_all_equal_are_learned_as_1() -> None:
    equal, first = Units.of(Scale(30, 30, 0)), np.zeros(3, np.int32)
    ratings = Ratings(first, first, np.full(3, 30, np.float32))
    assert equal.learned(ratings).values.tolist() == [1, 1, 1]
    assert equal.learned_scale(Scale(30, 30, 0)) == Scale(1, 1, 0)


def test_the_post_learns_from_ratings_as_they_are() -> None:
    data = MIXED.of(STARS)
    training = train(data, make_split(data, SplitSpec("none")), "post2019", {"factors": 3, "epochs": 2}).training
    assert training.state()[1]["units"] == [1, 0]


@pytest.mark.long
def test_intervals_and_steps_are_in_rating_units() -> None:
    def model_of(change: Change) -> Factors:
        data = change.of(STARS)
        split = make_split(data, SplitSpec("random", 0.2))  # a ± goes by ratings that are held out
        return train(data, split, "bayes", SMALL["bayes"] | {"likelihood": "ordinal"}).model

    stars, other = model_of(AS_GIVEN), model_of(Change(0.05, 1))
    assert other.parameters.levels == pytest.approx(np.arange(1, 5.1, 0.5) * 0.05 + 1, abs=1e-12)
    pairs = np.arange(40) % USERS, np.arange(40) % MOVIES
    theirs, mine = (intervals_of_pairs(model, *pairs) for model in (stars, other))
    np.testing.assert_allclose(Change(0.05, 1).stars(mine.quantile(0.9)), theirs.quantile(0.9), atol=1e-4)
    np.testing.assert_allclose(mine.std / 0.05, theirs.std, rtol=0.02)


@pytest.mark.long
def test_ratings_in_a_file_are_mapped_as_well(tmp_path: Path) -> None:
    data = Change(10).of(STARS)
    split = make_split(data, SplitSpec("none"))
    streamed = train(data, split, "funk", SMALL["funk"], stream_in=tmp_path)
    assert streamed.rmse / 10 == pytest.approx(trained("funk", AS_GIVEN).rmse, rel=0.05)


@pytest.mark.long
def test_a_run_that_was_begun_with_ratings_as_given_goes_on_with_them() -> None:
    """Checkpoints of mftui 0.1 have no units."""
    halves = Change(0.125).of(STARS)
    split, recipe = make_split(halves, SplitSpec("none")), RECIPES["als"]
    spec = TrainingSpec(recipe, recipe.check(SMALL["als"]), halves.ratings, USERS, MOVIES, halves.scale, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Units, "of", lambda scale: Units())
        earlier = train(halves, split, "als", SMALL["als"])
        begun = Training(spec)
        begun.prepare()
        next(iter(begun))
        arrays, numbers = begun.state()
    del numbers["units"]
    training = Training(spec)
    training.prepare()
    training.restore(arrays, numbers)
    assert [tick.metrics for tick in training][-1].train_rmse == earlier.curve[-1].train_rmse  # type: ignore[union-attr]
    np.testing.assert_array_equal(training.parameters().user_factors, earlier.model.parameters.user_factors)


@pytest.mark.long
def test_a_model_comes_back_from_disk_in_its_units(tmp_path: Path) -> None:
    model = trained("biased", MIXED).model
    save_factors(model, tmp_path)
    opened = load_factors(tmp_path, row_priors)
    assert opened.parameters.unit == 25
    assert opened.priors == model.priors != trained("biased", AS_GIVEN).model.priors


def test_factors_too_small_for_float16_are_stored_in_float32(tmp_path: Path) -> None:
    model = trained("als", Change(1e-6)).model
    save_factors(model, tmp_path, store="float16")
    np.testing.assert_array_equal(
        load_factors(tmp_path, row_priors).parameters.user_factors, model.parameters.user_factors
    )


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_ml_100k_in_other_units_is_predicted_as_well(name: str) -> None:
    """Fold u1, defaults: within 0.4 % of the RMSE of 1 to 5."""
    stars = open_dataset(str(movielens("ml-100k") / "u1.base"), test="u1.test")
    audience = {"audience": False} if any(field.name == "audience" for field in RECIPES[name].fields) else {}
    split, found = make_split(stars, SplitSpec("file")), []
    for change in (AS_GIVEN, Change(7), Change(0.05), MIXED):
        model = train(change.of(stars), split, name, audience).model
        found.append(errors(model, model.history.part(held_out=True))["rmse"] / change.unit)
    assert found == pytest.approx([found[0]] * 4, rel=0.004)


@pytest.mark.long
@pytest.mark.parametrize("name", ["als", "bayes"])
def test_play_counts_up_to_10_000_are_learned(name: str) -> None:
    r = STARS.ratings.take(np.arange(400))
    counts = np.clip(np.floor(np.random.default_rng(0).pareto(0.6, 400) + 1), 1, 10_000).astype(np.float32)
    data = replace(STARS, ratings=Ratings(r.users, r.movies, counts), scale=Scale(1, 10_000, 1))
    found = train(data, make_split(data, SplitSpec("none")), name, {**SMALL[name], "factors": 40})
    assert found.training.outcome == "finished"
    assert found.rmse < counts.std()
