"""The small form of Adafactor: Keras's updates to the bit, a fraction of the state; and what trains with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from helpers.trainings import keep_ratings

from mftui.data.dataset import Ratings, Scale
from mftui.engine.descent.optimizers import Adafactor, make_optimizer
from mftui.engine.recipes import RECIPES
from mftui.engine.training.memory import Sizes
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

N_USERS, N_MOVIES = 60, 40
STOPS = (2, 5)
SMALL: dict[str, object] = {"members": 1, "factors": 4, "epochs": 4, "audience_factors": 6, "audience_epochs": 1}


def state_bytes(optimizer: Any) -> int:
    return sum(int(np.prod(v.shape)) * 4 for v in optimizer.variables)


def descended(optimizer: Any) -> list[np.ndarray[Any, Any]]:
    tables = [tf.Variable(tf.random.stateless_normal([50, 8], [1, 2])), tf.Variable(tf.ones([8])),
              tf.Variable(tf.zeros([50, 1]))]  # fmt: skip
    optimizer.build(tables)

    @tf.function(jit_compile=True)
    def step() -> None:
        with tf.GradientTape() as tape:
            rows, weights, biases = tables
            loss = tf.reduce_sum((tf.linalg.matvec(rows, weights)[:, None] + biases - 1.0) ** 2)
        optimizer.apply([tf.convert_to_tensor(g) for g in tape.gradient(loss, tables)], tables)

    for _ in range(10):
        step()
    return [table.numpy() for table in tables]


@pytest.mark.long
def test_the_small_form_makes_the_same_updates_as_keras() -> None:
    given = {"epsilon_2": 1.0, "relative_step": False}
    for mine, theirs in zip(
        descended(Adafactor(0.1, **given)), descended(tf.keras.optimizers.Adafactor(0.1, **given)), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)


def test_its_state_is_a_number_for_each_row_and_column_and_adams_two_for_each_parameter() -> None:
    table = [tf.Variable(tf.zeros([1000, 32]))]
    small, adam = (make_optimizer(kind, 0.1, epsilon=1e-8) for kind in ("adafactor", "adam"))
    small.build(table)
    adam.build(table)
    assert state_bytes(small) <= 4 * (1000 + 32 + 4)
    assert state_bytes(adam) >= 2 * 4 * 1000 * 32


def test_the_rates_that_adafactor_has_are_its_own_unless_they_are_given() -> None:
    biased = RECIPES["biased"]
    sizes = Sizes(100, 100, 10_000)
    adam, small = (biased.sized(biased.check({"optimizer": kind}), sizes) for kind in ("adam", "adafactor"))
    assert small["learning_rate"] != adam["learning_rate"]
    assert biased.check({"optimizer": "adafactor", "learning_rate": 0.2})["learning_rate"] == 0.2


def training(optimizer: str) -> Training:
    random = np.random.default_rng(0)
    users, movies = random.integers(0, N_USERS, 1500, np.int32), random.integers(0, N_MOVIES, 1500, np.int32)
    liked = (users % 2 == movies % 2).astype(np.float32)
    ratings = Ratings(users, movies, (2 + 2 * liked + random.integers(0, 2, 1500)).astype(np.float32))
    hyper = RECIPES["biased"].check({**SMALL, "optimizer": optimizer})
    made = Training(TrainingSpec(RECIPES["biased"], hyper, ratings, N_USERS, N_MOVIES, Scale(1, 5, 1), 0))
    made.prepare()
    return made


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[tuple[Training, list[float], dict[int, Any]]]:
    """A training, its errors in the taste block, and its states after some steps."""
    patch = pytest.MonkeyPatch()
    keep_ratings(patch)
    made, errors, states = training("adafactor"), [], {}
    for tick in made:
        if tick.step in STOPS:
            states[tick.step] = made.state()
        if tick.metrics and tick.metrics.train_rmse is not None:
            errors.append(tick.metrics.train_rmse)
    yield made, errors, states
    patch.undo()


@pytest.mark.long
def test_it_learns(undisturbed: tuple[Training, list[float], dict[int, Any]]) -> None:
    assert undisturbed[1][-1] < undisturbed[1][0]


@pytest.mark.long
def test_it_is_gone_on_with_to_the_same_bits(undisturbed: tuple[Training, list[float], dict[int, Any]]) -> None:
    """From within the taste block, and from within the audience block."""
    second = training("adafactor")
    for stop in STOPS:
        second.restore(*undisturbed[2][stop])
        for _ in second:
            pass
        mine, theirs = second.parameters(), undisturbed[0].parameters()
        for name in ("user_factors", "movie_factors", "user_bias", "audience_user_factors", "audience_movie_factors"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))
