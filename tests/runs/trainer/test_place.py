"""`--memory`: where the ratings are while they are learned from, chosen by itself or by a budget."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.runs import request

from mftui.engine.compute.device import Computing
from mftui.engine.recipes import find_recipe
from mftui.engine.recipes.fields import bytes_in
from mftui.engine.training.memory import MemoryEstimate, Sizes
from mftui.errors import TrainingError, UsageError
from mftui.runs.store.config import RunConfig
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import create_run
from mftui.runs.store.summary import settings_of
from mftui.runs.trainer import preparation, worker
from mftui.runs.trainer.main import train
from mftui.runs.trainer.memory_budget import choose_location, location_within
from mftui.runs.trainer.worker import agree_on_location

MB = 10**6
NEEDED = MemoryEstimate(100 * MB, 100 * MB, 900 * MB, Sizes(1, 1, 1), 1, streamed=(100 * MB, 200 * MB), base=1000 * MB)


@pytest.mark.parametrize(
    ("text", "size"),
    [("auto", None), ("", None), ("600MB", 600 * MB), ("1.5 GB", 1500 * MB), ("2GiB", 2 << 30), ("4k", 4000)],
)
def test_sizes_as_people_write_them(text: str, size: int | None) -> None:
    assert bytes_in(text) == size


@pytest.mark.parametrize("text", ["much", "-1MB", "0", "1e3", "600 apples"])
def test_what_is_no_size_is_refused_by_the_field(text: str) -> None:
    with pytest.raises(UsageError, match="is not a size"):
        find_recipe("biased").check({"memory": text})


def test_in_memory_where_they_fit_else_in_a_file() -> None:
    assert location_within(NEEDED, "1.1GB") == "memory"
    assert location_within(NEEDED, "600MB") == "file"
    assert location_within(NEEDED, "auto", 2200 * MB) == "memory"
    assert location_within(NEEDED, "auto", 2000 * MB) == "file"


def test_a_device_has_memory_of_its_own_which_several_share() -> None:
    config = RunConfig.of(TrainRequest(hyper={"members": 1, "audience": False}))
    sizes, gigabyte = (10_000, 5_000, 40_000_000), 10**9
    assert choose_location(config, *sizes, device_bytes=gigabyte) == "file"
    assert choose_location(config, *sizes, device_bytes=gigabyte, parts=4) == "memory"
    with pytest.raises(TrainingError, match="the training needs about"):
        choose_location(replace(config, ratings_in="memory"), *sizes, device_bytes=gigabyte)


def test_the_memory_of_the_gpu_decides_where_a_training_computes_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig.of(TrainRequest(hyper={"members": 1, "audience": False}))
    dataset: Any = SimpleNamespace(n_users=10_000, n_movies=5_000, n_ratings=40_000_000)
    gpu = Computing("gpu", "GPU: pretended")

    monkeypatch.setattr(worker, "gpu_bytes", lambda: 10**9)
    assert agree_on_location(gpu, config, dataset, "memory") == "file"
    assert agree_on_location(Computing(), config, dataset, "memory") == "memory"
    monkeypatch.setattr(worker, "gpu_bytes", lambda: 10**11)
    assert agree_on_location(gpu, config, dataset, "memory") == "memory"
    assert agree_on_location(gpu, config, dataset, "file") == "file", "the machine's own memory has no room"
    monkeypatch.setattr(worker, "gpu_bytes", lambda: None)
    assert agree_on_location(gpu, config, dataset, "memory") == "memory"


def test_a_gpu_that_is_too_small_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, ratings: Path) -> None:
    monkeypatch.setattr(worker, "gpu_bytes", lambda: 10**6)
    monkeypatch.setattr(preparation, "set_up", lambda hyper: Computing("gpu", "GPU: pretended"))
    run = create_run(request(ratings, epochs=1))

    with pytest.raises(TrainingError, match=r"the training needs about .* GB .*; you have 0\.0"):
        train(run)
    assert run.state == "failed"


def test_a_device_beside_the_cpu_takes_whole_batches() -> None:
    biased = find_recipe("biased")
    hyper = biased.check({"members": 1, "audience": False, "factors": 32})
    whole, cut = (biased.estimate(Sizes(100, 100, 40_000_000, given), hyper).batch for given in (True, False))
    assert whole > 2.5 * cut


def test_a_budget_that_nothing_can_keep_is_refused_with_what_is_needed() -> None:
    with pytest.raises(UsageError, match="needs 400 MB beside TensorFlow") as refused:
        location_within(NEEDED, "300MB")
    assert refused.value.hint


@pytest.mark.long
def test_a_run_says_where_its_ratings_are(home: Path) -> None:
    hyper = {"members": 1, "audience": False, "epochs": 1, "memory": "4MB"}
    run = create_run(TrainRequest(hyper=hyper))
    document = train(run)
    assert document["test_rmse"] < document["baseline_rmse"]["global_mean"] and document["peak_data_mb"] > 0
    assert run.config().ratings_in == "file"
    assert settings_of(run)["ratings in"] == "file"
    assert "read from a file" in run.log_path.read_text()


def test_a_recipe_that_cannot_says_so() -> None:
    with pytest.raises(UsageError, match="recipe als has no memory"):
        TrainRequest(recipe="als", hyper={"memory": "1GB"}).checked()
