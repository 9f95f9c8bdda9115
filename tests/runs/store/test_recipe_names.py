"""`seed`, the name of recipe `post2019` in 0.1.0, stays an alias for scripts, settings and old runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.command import call
from helpers.numpy_training import NumpyTraining
from helpers.runs import request
from pytest import CaptureFixture, MonkeyPatch

from mftui.engine.recipes import RECIPES, find_recipe
from mftui.errors import UsageError
from mftui.runs.store.config import write_config
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import create_run
from mftui.runs.trainer.main import train


def test_an_alias_is_kept_as_the_name_and_nothing_asked_for_is_the_first() -> None:
    assert find_recipe("seed").name == TrainRequest(recipe="seed").recipe == "post2019"
    assert find_recipe("").name == TrainRequest().recipe == next(iter(RECIPES))
    with pytest.raises(UsageError, match="no recipe other"):
        TrainRequest(recipe="other").checked()


@pytest.mark.parametrize("flag", [("--recipe", "seed"), ()], ids=["flag", "setting"])
def test_scripts_and_settings_use_it(
    capfd: CaptureFixture[str], monkeypatch: MonkeyPatch, flag: tuple[str, ...]
) -> None:
    if not flag:
        monkeypatch.setenv("MFTUI_RECIPE", "seed")
    assert "recipe post2019 has no --batch-size" in call(capfd, "train", *flag, "--batch-size", 5).err


def test_a_run_made_with_it_is_gone_on_with(ratings: Path) -> None:
    run = create_run(request(ratings, recipe="post2019"))
    config = run.config()
    write_config(run.path, replace(config, recipe="seed", request={**config.request, "recipe": "seed"}))
    assert run.request().recipe == "post2019"
    assert train(run, make_training=NumpyTraining)["state"] == "finished"
    assert run.load_factors().n_movies == 40
