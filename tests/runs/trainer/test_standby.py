"""What is prepared before a training is asked for: it changes nothing, and is used for that training alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, same_model, without_times, write_ratings

from mftui.errors import DataError
from mftui.runs.store.config import RunConfig
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer import preparation, standby
from mftui.runs.trainer.main import train
from mftui.runs.trainer.preparation import Preparation
from mftui.runs.trainer.prepare import with_data
from mftui.runs.trainer.standby import Ahead

SMALL: dict[str, Any] = {"members": 1, "factors": 4, "audience": False}


def ahead_of(asked: TrainRequest) -> Ahead:
    return Ahead(asked.checked(), Preparation())


def prepared(asked: TrainRequest) -> Ahead:
    ahead = ahead_of(asked)
    ahead.prepare(lambda: False)
    return ahead


def never() -> bool:
    raise AssertionError("asked too early")


def test_parts_that_are_there_are_not_made_again(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request(ratings).checked()
    ready, config = Preparation(NumpyTraining), RunConfig.of(asked)
    config = with_data(config, *ready.data(config))
    ready.training(replace(config, ratings_in=ready.location(config)))
    for name in ("open_data", "choose_location", "training_spec"):
        monkeypatch.setattr(preparation, name, lambda *_: never())
    run = create_run(asked)
    train(run, preparation=ready)
    monkeypatch.undo()
    plain = create_run(asked)
    train(plain, make_training=NumpyTraining)
    assert same_model(run, plain) and without_times(run.metrics()) == without_times(plain.metrics())
    mine, others = run.config().to_dict(), plain.config().to_dict()
    different = {name for name in mine if mine[name] != others[name]}
    assert different <= {"run", "sequence", "started"}, "the run says the same of itself"


def test_what_was_prepared_is_for_the_same_training_alone(ratings: Path) -> None:
    asked = request(ratings)
    ahead = ahead_of(asked)
    same = [asked, replace(asked, name="mine", checkpoint_seconds=9.0, tensorboard=True, store="float16")]
    assert all(ahead.is_for(create_run(one)) for one in same)
    other = [replace(asked, seed=1), replace(asked, hyper={"epochs": 3}), replace(asked, split_seed=1)]
    other += [replace(asked, recipe="als", hyper={}), replace(asked, data="sample")]
    assert not any(ahead.is_for(create_run(one)) for one in other)


def test_a_run_that_is_resumed_or_gone_is_another_training(ratings: Path) -> None:
    asked = request(ratings, epochs=1)
    run = create_run(asked)
    train(run, make_training=NumpyTraining)
    assert not ahead_of(asked).is_for(run), "its data is known"
    assert not ahead_of(asked).is_for(Run(run.path.with_name("gone")))


@pytest.mark.parametrize("name", ["ratings.csv", "movies.csv", "users.dat"])
def test_a_file_that_has_changed_since_makes_it_another_training(tmp_path: Path, name: str) -> None:
    write_ratings(tmp_path / "ratings.csv")
    (tmp_path / "movies.csv").write_text("movieId,title\n1,Heat (1995)\n")
    (tmp_path / "users.dat").write_text("1::F::1::10::48067\n")
    asked = request(tmp_path)
    ahead = ahead_of(asked)
    assert ahead.is_for(create_run(asked))
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    assert not ahead.is_for(create_run(asked))
    run = create_run(asked)
    (tmp_path / "ratings.csv").unlink()
    assert not ahead.is_for(run)


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(standby, "MOST_READ_BYTES", 10),
        lambda patch: patch.setattr(standby, "find_cluster", lambda: "several workers"),
    ],
    ids=["a large file that was never read", "several workers"],
)
def test_some_data_is_not_opened_ahead(
    ratings: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    change(monkeypatch)
    monkeypatch.setattr(preparation, "open_data", lambda *_: never())
    prepared(request(ratings))


@pytest.mark.parametrize(
    ("hyper", "change"),
    [
        ({}, lambda patch: patch.setattr(standby, "MOST_HELD_BYTES", 10)),
        ({"deterministic": True}, lambda patch: None),
        ({"strategy": "mirrored"}, lambda patch: None),
        ({}, lambda patch: patch.setattr(preparation, "choose_location", lambda *_: "file")),
    ],
    ids=["much memory", "a switch that cannot be switched back", "several devices", "ratings in a file"],
)
def test_some_trainings_are_not_compiled_ahead(
    ratings: Path, monkeypatch: pytest.MonkeyPatch, hyper: dict[str, Any], change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    change(monkeypatch)
    monkeypatch.setattr(preparation, "training_spec", lambda *_: never())
    prepared(request(ratings, hyper=SMALL | hyper))


def test_it_leaves_off_once_something_else_is_to_be_done(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "choose_location", lambda *_: never())
    ahead_of(request(ratings)).prepare(lambda: True)


def test_what_cannot_be_prepared_is_said_by_the_training(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("neither,here\nnor,there\n")
    asked = request(tmp_path / "notes.csv")
    ahead = ahead_of(asked)
    with pytest.raises(DataError):
        ahead.prepare(lambda: False)
    run = create_run(asked)
    assert ahead.is_for(run)
    with pytest.raises(DataError):
        train(run, preparation=ahead.preparation)
    assert run.state == "failed" and "notes.csv" in run.status().message


def compare(asked: TrainRequest, home: Path) -> None:
    """Train as asked, prepared and not, after another training was prepared in vain."""
    vain = prepared(replace(asked, seed=asked.seed + 1))
    ahead = prepared(asked)
    assert not (home / "runs").exists(), "nothing is written before it is asked for"
    run, plain = create_run(asked), create_run(asked)
    assert ahead.is_for(run) and not vain.is_for(run)
    document = train(run, preparation=ahead.preparation)
    others = train(plain)
    assert same_model(run, plain) and without_times(run.metrics()) == without_times(plain.metrics())
    assert document["test_rmse"] == others["test_rmse"]
    assert 0 <= document["seconds"]["compile"] < others["seconds"]["compile"], "only what came after it was asked for"


@pytest.mark.long
def test_a_prepared_training_learns_the_same_bit_for_bit(ratings: Path, home: Path) -> None:
    compare(request(ratings, epochs=2, hyper=SMALL), home)


@pytest.mark.long
@pytest.mark.parametrize("recipe", ["biased", "als", "bayes", "post2019", "funk"])
def test_a_prepared_training_of_any_recipe_learns_the_same(ratings: Path, home: Path, recipe: str) -> None:
    few = {"epochs": 2} if recipe != "bayes" else {"epochs": 4, "burn_in": 1, "chains": 1}
    compare(TrainRequest(str(ratings), recipe=recipe, hyper=few), home)
