"""What is held out where nothing is said, and what of TensorFlow's complaints is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers.models import toy_run

from mftui.cli.commands.train import train
from mftui.engine.recipes import RECIPES
from mftui.runs.store import log
from mftui.runs.store.request import TrainRequest


def test_post2019_holds_nothing_out_unless_it_is_asked_to() -> None:
    assert TrainRequest(recipe="post2019").split_spec.kind == "none"
    assert TrainRequest(recipe="post2019", split="random").split_spec.kind == "random"
    assert TrainRequest().split_spec.kind == "random"
    assert TrainRequest(recipe="post2019", test="u1.test").split_spec.kind == "file"


def test_the_help_says_where_each_recipe_comes_from_and_in_what_it_differs() -> None:
    said = " ".join(CliRunner().invoke(train, ["--help"], terminal_width=100).output.split())
    for recipe in RECIPES.values():
        assert recipe.about in said


@pytest.mark.parametrize("driver", [False, True])
def test_complaints_about_a_gpu_are_shown_only_where_there_is_a_driver(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: bool
) -> None:
    monkeypatch.setattr(log, "_GPU_DRIVER", tmp_path if driver else tmp_path / "none")
    run = toy_run(home)
    complaint = "E0000 00:00:1.2 1 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error"
    run.log_path.write_text(f"INFO import\n{complaint}\nINFO compile\n")

    assert run.log_tail() == ["INFO import", *[complaint] * driver, "INFO compile"]
