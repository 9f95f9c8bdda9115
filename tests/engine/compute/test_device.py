"""What is computed on, and how: chosen by device, the same result either way, and a clear word where it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any, cast

import numpy as np
import pytest
from helpers.trainings import planted_training

from mftui.engine.compute.device import Computing, set_up
from mftui.engine.descent import batches
from mftui.engine.recipes import RECIPES
from mftui.engine.training import training
from mftui.engine.training.block import Tick
from mftui.engine.training.training import Training
from mftui.errors import TrainingError, UsageError

POST = "post2019"
SMALL: dict[str, dict[str, Any]] = {
    "biased": {"epochs": 4, "batch_size": 200, "members": 2, "audience": False},
    "funk": {"epochs": 3, "factors": 5},
    "fastai": {"epochs": 2},
    "pmf": {"epochs": 20},
    POST: {"epochs": 30},
}


ALIKE = pytest.mark.long  # descends as `biased` does; its contract is tested with the recipe
RECIPES_THAT_DESCEND = [pytest.param(name, marks=() if name == "biased" else ALIKE) for name in sorted(SMALL)]


class FakeTensorFlow:
    """The configuration of a machine with GPUs, as far as it is asked for."""

    def __init__(self, gpus: list[str], *, capability: tuple[int, int] = (9, 0), busy: bool = False) -> None:
        self.gpus, self.visible, self.growing = gpus, gpus, list[str]()
        self._capability, self._busy = capability, busy
        self.config = self.experimental = self

    def list_physical_devices(self, kind: str) -> list[str]:
        return self.gpus if kind == "GPU" else ["cpu"]

    def set_visible_devices(self, devices: list[str], kind: str) -> None:
        if self._busy and devices != self.visible:
            raise RuntimeError("Visible devices cannot be modified after being initialized")
        self.visible = devices

    def set_memory_growth(self, gpu: str, enable: bool) -> None:
        self.growing += [gpu] * enable

    def get_device_details(self, gpu: str) -> dict[str, Any]:
        return {"device_name": f"Card {gpu}", "compute_capability": self._capability}


def machine(monkeypatch: pytest.MonkeyPatch, fake: FakeTensorFlow) -> FakeTensorFlow:
    monkeypatch.setitem(sys.modules, "tensorflow", cast(ModuleType, fake))
    return fake


def on(monkeypatch: pytest.MonkeyPatch, computing: Computing) -> None:
    """Let trainings take this for what they compute on."""
    monkeypatch.setattr(training, "set_up", lambda hyper: computing)


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One update a step, so that few ratings make several steps."""
    monkeypatch.setattr(batches, "STEP", 1)


@cache
def whole(name: str) -> tuple[Training, list[Tick], Any]:
    """A training by single steps that has ended, its ticks, and its state in the middle of the second epoch."""
    training = planted_training(name, **SMALL[name])
    ticks, state = [], None
    for tick in training:
        ticks.append(tick)
        if tick.step == training.steps_per_epoch + 7:
            state = training.state()
    return training, ticks, state


def losses(ticks: Iterable[Tick]) -> list[float]:
    return [tick.metrics.train_loss for tick in ticks if tick.metrics]


def tables(one: Training) -> list[np.ndarray]:
    p = one.parameters(best=False)
    return [p.user_factors, p.movie_factors, p.user_bias, p.movie_bias]


def test_auto_takes_the_gpu_and_only_as_much_of_its_memory_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = machine(monkeypatch, FakeTensorFlow(["A", "B"]))

    found = set_up({"device": "auto"})

    assert (found.device, found.name, found.precision, found.notes) == ("gpu", "GPU: Card A", "float32", ())
    assert found.loops
    assert fake.growing == ["A", "B"]


def test_memory_growth_stands_as_it_is_where_this_process_uses_the_gpu_already(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = machine(monkeypatch, FakeTensorFlow(["A"]))

    def refuse(gpu: str, enable: bool) -> None:
        raise RuntimeError("Physical devices cannot be modified after being initialized")

    monkeypatch.setattr(fake, "set_memory_growth", refuse)
    assert set_up({"device": "gpu"}).device == "gpu"


def test_cpu_leaves_the_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = machine(monkeypatch, FakeTensorFlow(["A"]))

    found = set_up({"device": "cpu"})

    assert (found.device, found.name, found.loops) == ("cpu", "CPU", False)
    assert fake.visible == []
    assert fake.growing == []


def test_a_gpu_that_is_not_there_is_refused_and_what_to_do_said(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, FakeTensorFlow([]))

    with pytest.raises(TrainingError, match="there is no GPU that TensorFlow can use") as error:
        set_up({"device": "gpu"})
    assert "mftui doctor" in str(error.value)
    assert set_up({"device": "auto"}).device == "cpu"


def test_a_process_keeps_to_the_device_that_it_has_begun_on(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, FakeTensorFlow(["A"], busy=True))

    assert set_up({"device": "gpu"}).device == "gpu"
    with pytest.raises(TrainingError, match="computes on other devices already"):
        set_up({"device": "cpu"})


@pytest.mark.parametrize(
    ("gpus", "capability", "precision"),
    [(["A"], (8, 0), "bfloat16"), (["A"], (7, 5), "float32"), ([], (9, 0), "float32")],
    ids=["Ampere", "Turing", "CPU"],
)
def test_bfloat16_where_the_device_has_it_else_a_word(
    monkeypatch: pytest.MonkeyPatch, gpus: list[str], capability: tuple[int, int], precision: str
) -> None:
    machine(monkeypatch, FakeTensorFlow(gpus, capability=capability))

    found = set_up({"precision": "bfloat16"})

    assert found.precision == precision
    assert bool(found.notes) == (precision == "float32")
    assert all("no fast bfloat16 here, computed in float32" in note for note in found.notes)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_every_recipe_says_which_devices_and_precisions_there_are(name: str) -> None:
    recipe = RECIPES[name]

    assert recipe.check({}).items() >= {"device": "auto", "precision": "float32", "deterministic": False}.items()
    with pytest.raises(UsageError, match="device: tpu is not one of auto, cpu, gpu"):
        recipe.check({"device": "tpu"})
    with pytest.raises(UsageError, match="precision: float16 is not one of float32, bfloat16"):
        recipe.check({"precision": "float16"})


@pytest.mark.long
@pytest.mark.usefixtures("short_steps", "reusable")
@pytest.mark.parametrize("name", RECIPES_THAT_DESCEND)
def test_many_steps_in_one_call_end_where_single_steps_do(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    singly, ticks, middle = whole(name)
    on(monkeypatch, Computing("gpu", "GPU: pretended"))
    looped = planted_training(name, **SMALL[name])
    calls = list(looped)

    assert looped.step == singly.step == calls[-1].step
    assert len(calls) == singly.n_epochs
    assert len(calls) < len(ticks) or singly.steps_per_epoch == 1
    for found, wanted in zip(tables(looped), tables(singly), strict=True):
        np.testing.assert_allclose(found, wanted, atol=2e-3)

    if name == "biased":  # and from the middle of an epoch, to which single steps had led
        assert singly.steps_per_epoch > 10
        looped.restore(*middle)
        first = next(iter(looped))
        list(looped)
        assert first.step == 2 * singly.steps_per_epoch
        for found, wanted in zip(tables(looped), tables(singly), strict=True):
            np.testing.assert_allclose(found, wanted, atol=2e-3)


@pytest.mark.long
@pytest.mark.usefixtures("short_steps")
@pytest.mark.parametrize("name", ["biased", pytest.param(POST, marks=ALIKE)])
def test_in_bfloat16_what_is_learned_stays_float32_and_is_about_the_same(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    exact = losses(whole(name)[1])
    on(monkeypatch, Computing(precision="bfloat16"))
    training = planted_training(name, **SMALL[name])
    coarse = losses(training)
    arrays, _ = training.state()

    assert {a.dtype.name for a in arrays.values() if a.dtype.kind == "f"} == {"float32"}
    assert coarse != exact
    assert coarse[-1] == pytest.approx(exact[-1], rel=0.02)


def test_deterministic_is_what_tensorflow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf

    told: list[bool] = []
    monkeypatch.setattr(tf.config.experimental, "enable_op_determinism", lambda: told.append(True))
    set_up({"deterministic": False})
    assert told == []
    set_up({"deterministic": True})
    assert told == [True]


@pytest.fixture
def gpu() -> str:
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        pytest.skip("there is no GPU that TensorFlow can use")
    return set_up({"device": "gpu"}).name


@pytest.mark.gpu
@pytest.mark.parametrize("name", sorted(SMALL))
def test_on_a_gpu_it_learns_in_few_calls(gpu: str, name: str) -> None:
    training = planted_training(name, **SMALL[name] | {"device": "gpu"})
    found = losses(training)

    import tensorflow as tf

    assert gpu.startswith("GPU: ")
    assert all(map(tf.config.experimental.get_memory_growth, tf.config.list_physical_devices("GPU")))
    assert len(found) == training.n_epochs
    assert found[-1] < found[0]


@pytest.mark.gpu
def test_deterministic_gives_the_same_bits_on_a_gpu(gpu: str) -> None:
    hyper = SMALL["biased"] | {"device": "gpu", "deterministic": True}
    one, other = (planted_training("biased", **hyper) for _ in range(2))
    list(one)
    list(other)

    for mine, theirs in zip(tables(one), tables(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)
