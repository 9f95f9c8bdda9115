"""What every recipe promises: the same bits for the same seed, also after a kill; a clear end where it diverges;
parameters that come back from disk as they were; memory as it estimates."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import assembled, toy_dataset
from helpers.runs import TESTS

from mftui.data.splits import SplitSpec, make_split
from mftui.data.synthetic.generate import write_synthetic
from mftui.engine.descent import batches
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.recipes import RECIPES, row_priors
from mftui.engine.training.block import Metrics
from mftui.engine.training.learner import Arrays
from mftui.engine.training.memory import Sizes
from mftui.engine.training.problem import Problem, SideInfo
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training
from mftui.errors import TrainingError

DATA = toy_dataset([f"Film {number} ({1950 + number})" for number in range(40)], n_users=60)
AUDIENCE = {"audience_factors": 4, "audience_epochs": 2}
SMALL: dict[str, dict[str, Any]] = {
    "biased": {"members": 2, "factors": 3, "epochs": 3, "batch_size": 300, "validation": 0.1, **AUDIENCE},
    "post2019": {"factors": 3, "epochs": 6, "validation": 0.1},
    "funk": {"factors": 3, "epochs": 2, "batch_size": 100, "validation": 0.1},
    "fastai": {"factors": 3, "epochs": 2, "validation": 0.1},
    "pmf": {"factors": 3, "epochs": 6, "validation": 0.1},
    "als": {"factors": 3, "epochs": 6, "validation": 0.1, "patience": 9},
    "bayes": {"factors": 3, "epochs": 9, "burn_in": 3, "keep": 4, "chains": 2, "validation": 0.1, "features": "genres",
              **AUDIENCE},
}  # fmt: skip
STOPS = {
    "biased": ("within an epoch", "after an epoch", "between blocks", "within the audience block"),
    "post2019": ("after an epoch",),
    "funk": ("within an epoch",),
    "fastai": ("within an epoch",),
    "pmf": ("after an epoch",),
    "als": ("after an epoch",),
    "bayes": ("within the burn-in", "after an epoch", "between blocks", "within the audience block"),
}


MORE_STOPS = ("after an epoch", "between blocks")
"""Where those that have four stops are left in the long form."""


@pytest.fixture(autouse=True, scope="module")
def small_steps() -> Iterator[None]:
    """Several steps to an epoch, also of so few ratings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "STEP", 300)
        yield


def prepared(name: str) -> Training:
    recipe = RECIPES[name]
    sizes = DATA.n_users, DATA.n_movies
    spec = TrainingSpec(recipe, recipe.check(SMALL[name]), DATA.ratings, *sizes, DATA.scale, 0,
                        SideInfo(DATA.movies, lambda: None))  # fmt: skip
    training = Training(spec)
    training.prepare()
    return training


def curve(metrics: list[Metrics]) -> list[Any]:
    return [(m.step, m.block, m.train_loss, m.train_rmse, m.valid_rmse, m.learning_rate, m.more) for m in metrics]


def step_of(training: Training, stop: str) -> int:
    taste = training.n_epochs * training.steps_per_epoch
    half = training.steps_per_epoch * max(1, training.n_epochs // 2)
    return {"between blocks": taste, "within the audience block": taste + 3, "after an epoch": half}.get(stop, 1)


@functools.cache
def whole(name: str) -> tuple[Arrays, dict[str, Any], list[Any], Parameters]:
    """An undisturbed training: its arrays at the start; at each stop, its state and what was measured until then; all
    that was measured; the model."""
    training, metrics, left = prepared(name), [], {}
    start = training.state()[0]
    for tick in training:
        metrics += [tick.metrics] if tick.metrics else []
        for stop in STOPS[name]:
            if tick.step == step_of(training, stop):
                left[stop] = training.state(), len(metrics)
    assert training.outcome == "finished"
    return start, left, curve(metrics), training.parameters()


def assert_same(a: Parameters, b: Parameters) -> None:
    for field in fields(Parameters):
        np.testing.assert_array_equal(getattr(a, field.name), getattr(b, field.name), field.name)


each_recipe = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] * (name not in ("biased", "als"))) for name in RECIPES]
)


def test_every_recipe_is_here() -> None:
    assert set(SMALL) == set(STOPS) == set(RECIPES)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "stop"),
    [
        pytest.param(name, stop, marks=[pytest.mark.long] * (len(stops) > 1 and stop in MORE_STOPS))
        for name, stops in STOPS.items()
        for stop in stops
    ],
)
def test_it_starts_with_the_same_bits_and_gone_on_with_elsewhere_it_ends_with_the_same(name: str, stop: str) -> None:
    start, left, measured, model = whole(name)
    training = prepared(name)
    begun = training.state()[0]
    assert begun.keys() == start.keys()
    assert all((begun[key] == start[key]).all() for key in start)

    (arrays, numbers), seen = left[stop]
    training.restore(arrays, numbers)
    metrics = [tick.metrics for tick in training if tick.metrics]

    assert measured[:seen] + curve(metrics) == measured
    assert_same(training.parameters(), model)


@pytest.mark.long
@pytest.mark.parametrize("name", list(RECIPES))
def test_another_seed_gives_another_model(name: str) -> None:
    recipe, sizes = RECIPES[name], Sizes(DATA.n_users, DATA.n_movies, len(DATA.ratings))
    hyper = recipe.sized(recipe.check(SMALL[name]), sizes)
    nothing = DATA.ratings.take(np.arange(0))
    one, other = (
        recipe.build(
            Problem(DATA.ratings, nothing, DATA.n_users, DATA.n_movies, DATA.scale, seed,
                    side_info=SideInfo(DATA.movies, lambda: None)),
            hyper,
        ).parameters().movie_factors
        for seed in (0, 1)
    )  # fmt: skip
    assert not np.array_equal(one, other)


@each_recipe
def test_where_it_diverges_it_says_so_and_what_to_do(name: str) -> None:
    training = prepared(name)
    arrays, numbers = training.state()
    training.restore(
        {key: a * np.float32(np.nan) if a.dtype == np.float32 else a for key, a in arrays.items()}, numbers
    )

    list(training)

    assert training.outcome == "diverged"
    with pytest.raises(TrainingError, match="diverged at step 1, before there was a model to keep") as raised:
        training.parameters()
    assert ("learning rate" in str(raised.value)) == (name not in ("als", "bayes"))


@each_recipe
def test_its_parameters_come_back_from_disk_as_they_were(name: str, tmp_path: Path) -> None:
    model = assembled(whole(name)[3], DATA, make_split(DATA, SplitSpec("none")), {"recipe": name, "hyper": SMALL[name]})
    save_factors(model, tmp_path)
    assert_same(load_factors(tmp_path, row_priors).parameters, model.parameters)


MEDIUM = {"users": 10_000, "movies": 3_000, "ratings": 300_000}
LARGE = {"users": 30_000, "movies": 8_000, "ratings": 1_500_000}
SHORT: dict[str, dict[str, Any]] = {
    "biased": {"epochs": 1, "audience_epochs": 1},
    "post2019": {"epochs": 2},
    "funk": {"epochs": 1, "batch_size": 20_000},
    "fastai": {"epochs": 1, "batch_size": 20_000},
    "pmf": {"epochs": 2},
    "als": {"epochs": 1},
    "bayes": {"epochs": 3, "burn_in": 1, "audience": False, "likelihood": "ordinal"},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    @functools.cache
    def written(users: int, movies: int, ratings: int) -> Path:
        directory = tmp_path_factory.mktemp("peaks") / "data"
        write_synthetic(directory, users=users, movies=movies, ratings=ratings)
        return directory

    return written


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "sizes"),
    [pytest.param(name, MEDIUM, id=name) for name in SHORT]
    + [pytest.param(name, LARGE, id=f"{name}, large") for name in SHORT],
)
def test_the_estimate_is_at_least_the_peak_and_at_most_half_as_much_again(
    name: str, sizes: dict[str, int], data: Callable[..., Path], tmp_path: Path
) -> None:
    paths = os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))
    found = subprocess.run(
        [sys.executable, "-m", "helpers.peaks", str(data(**sizes)), name, json.dumps(SHORT[name])],
        env={**os.environ, "PYTHONPATH": paths, "MFTUI_HOME": str(tmp_path)}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    measured = json.loads(found.stdout)
    assert measured["peak"] <= measured["estimate"] <= 1.5 * measured["peak"], measured
