"""On the embedded sample, what distinguishes a recipe pays: taken away, its held-out error or its curve is worse.

Each bound is about half of what was measured. All errors are RMSE on the random 10 % (seed 0) that was held out.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from helpers.models import assembled

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.splits import Split, SplitSpec, make_split
from mftui.engine.descent import dense, one_cycle
from mftui.engine.evaluation.baselines import BiasBaseline
from mftui.engine.evaluation.evaluate import baseline_errors, errors
from mftui.engine.model.factors import Factors
from mftui.engine.recipes import find_recipe
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

pytestmark = pytest.mark.long  # each recipe has its short tests in a file of its own


@cache
def sample() -> tuple[Dataset, Split]:
    data = open_dataset("sample")
    return data, make_split(data, SplitSpec("random", 0.1, 0))


def learned(name: str, **given: Any) -> Factors:
    """What a recipe makes of the sample's training part, with the given fields in place of its own."""
    data, split = sample()
    recipe, train = find_recipe(name), data.ratings.take(split.train_rows)
    own = {"audience": False} if name == "biased" else {}
    hyper = recipe.check(own | given)
    training = Training(TrainingSpec(recipe, hyper, train, data.n_users, data.n_movies, data.scale, seed=0))
    training.prepare()
    list(training)
    return assembled(training.parameters(), data, split, {})


def rmse(model: Factors) -> float:
    return errors(model, model.history.part(held_out=True))["rmse"]


def bias_rmse(model: Factors) -> float:
    train, test = (model.history.part(held_out=held_out) for held_out in (False, True))
    bias = BiasBaseline.fit(train, model.n_users, model.n_movies)
    return baseline_errors(bias, test, model.scale)["bias"]["rmse"]


@cache
def ready(name: str) -> Factors:
    """The recipe as it is."""
    return learned(name)


def mean_of_unrated(model: Factors) -> float:
    """Mean prediction over drawn pairs of which almost none was rated."""
    random = np.random.default_rng(0)
    users, movies = (random.integers(0, n, 20_000).astype(np.int32) for n in (model.n_users, model.n_movies))
    return float(model.shown(model.logits(users, movies)).mean())


# -- biased ------------------------------------------------------------------------------------


def test_biased_gains_by_its_members() -> None:
    assert rmse(ready("biased")) < rmse(learned("biased", members=1)) - 0.012


def test_biased_overfits_without_its_priors() -> None:
    assert (
        rmse(learned("biased", members=1)) < rmse(learned("biased", members=1, prior_factors=0, prior_biases=0)) - 0.03
    )


def test_adaptive_priors_leave_a_wide_member_the_axes_that_ratings_bear_out() -> None:
    wide = {"members": 1, "factors": 32}
    fixed, adaptive = learned("biased", **wide), learned("biased", **wide, adaptive_priors=True)

    def axes(model: Factors) -> float:
        """Participation ratio: how many axes the users' variance is spread over."""
        sizes = (model.parameters.user_factors.astype(np.float64) ** 2).sum(0)
        return float(sizes.sum() ** 2 / (sizes**2).sum())

    assert rmse(adaptive) < rmse(fixed) - 0.001
    assert axes(adaptive) < axes(fixed) / 3


# -- funk --------------------------------------------------------------------------------------


def test_funk_overfits_without_its_regularization() -> None:
    assert rmse(ready("funk")) < rmse(learned("funk", regularization=0)) - 0.005


def test_funks_factors_say_more_than_biases_alone() -> None:
    assert rmse(ready("funk")) < bias_rmse(ready("funk")) - 0.025


# -- fastai ------------------------------------------------------------------------------------


def test_fastai_overfits_without_weight_decay() -> None:
    assert rmse(ready("fastai")) < rmse(learned("fastai", weight_decay=0)) - 0.015


@pytest.mark.parametrize(("share", "loss"), [(1.0, 0.02), (1 / 25, 0.1)], ids=["highest", "lowest"])
def test_fastai_gains_by_its_one_cycle(monkeypatch: pytest.MonkeyPatch, share: float, loss: float) -> None:
    """Against its highest rate all along, and against that of its first update."""
    cycled = rmse(ready("fastai"))
    monkeypatch.setattr(one_cycle, "RATE", (share, share, share))
    monkeypatch.setattr(one_cycle, "MOMENTUM", (0.9, 0.9, 0.9))

    assert cycled < rmse(learned("fastai")) - loss


# -- pmf ---------------------------------------------------------------------------------------


def test_pmf_is_below_the_bias_baseline_and_overfits_without_its_prior() -> None:
    without = rmse(learned("pmf", prior_users=0, prior_movies=0))

    assert rmse(ready("pmf")) < bias_rmse(ready("pmf")) - 0.03
    assert rmse(ready("pmf")) < without - 0.06


def test_pmf_with_the_norm_overfits_without_it() -> None:
    held, free = (learned("pmf", prior="norm", epochs=200, prior_users=w, prior_movies=w) for w in (0.6, 0))

    assert rmse(held) < rmse(free) - 0.1


def test_a_penalty_on_norms_takes_whole_movies_to_zero_where_one_on_squares_does_not() -> None:
    models = [learned("pmf", prior=prior, epochs=300) for prior in ("norm", "gaussian")]
    norm, squares = (
        np.linalg.norm(model.parameters.movie_factors[model.movie_train_counts > 0], axis=1) for model in models
    )

    assert np.mean(norm < 0.01) > 0.01
    assert np.mean(squares < 0.01) == 0


# -- post2019 --------------------------------------------------------------------------------------


def test_post2019_takes_a_missing_rating_for_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    as_the_post = mean_of_unrated(learned("post2019", scaling="highest", epochs=100))
    original = dense.scaled_matrix

    def filled(*given: object) -> np.ndarray:
        """Each missing rating being the mean of the others."""
        matrix = original(*given)  # type: ignore[arg-type]
        matrix[matrix == 0] = matrix[matrix > 0].mean()
        return matrix

    monkeypatch.setattr(dense, "scaled_matrix", filled)

    assert as_the_post < 1.2
    assert mean_of_unrated(learned("post2019", scaling="highest", epochs=100)) > 2.5


def test_post2019_is_slower_without_its_momentum() -> None:
    with_it, without = (
        mean_of_unrated(learned("post2019", scaling="highest", epochs=100, momentum=m)) for m in (0.9, 0.0)
    )

    assert with_it < without - 0.6
