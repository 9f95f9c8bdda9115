"""Runs that 0.1.0 made open with the answers that it gave, and are resumed to the result that it had.

`fixtures/mftui-0.1.0.tar.gz` is `data synth --users 40 --movies 60 --ratings 900`, and three runs on it: "whole" has
finished, "killed" was killed in its audience block, "post", of the recipe that was then called `seed`, was stopped.
`fixtures/mftui-0.1.0-recipes.tar.gz` has a stopped run of each of the other recipes, named after it.
"""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.command import call
from pytest import CaptureFixture

from mftui.errors import FormatError
from mftui.runs.store.config import write_config
from mftui.runs.store.run import Run, find_run, list_runs
from mftui.runs.trainer.main import train

ARCHIVE = Path(__file__).parent / "fixtures" / "mftui-0.1.0.tar.gz"
OTHERS = ("funk", "fastai", "pmf", "als", "bayes")


@pytest.fixture
def before(home: Path, tmp_path: Path) -> Path:
    """The directory of the ratings; the runs are in the home."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def others(before: Path, tmp_path: Path) -> Path:
    """The same, with the runs of OTHERS and what was answered of them."""
    with tarfile.open(ARCHIVE.with_name("mftui-0.1.0-recipes.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    return before


def answers(before: Path) -> dict[str, Any]:
    return dict(json.loads((before / "answers.json").read_text()))


ANOTHER_MEANING = {"uncertainty", "std", "lower", "upper", "coverage", "mean_popularity"}
"""Today's ± is that of held-out ratings, and lists that are judged hold no film that was rated."""


def same(one: Any, other: Any) -> None:
    """All that 0.1.0 said is said again, numbers but for their last digits."""
    if isinstance(other, dict):
        for name in other.keys() - ANOTHER_MEANING:
            same(one[name], other[name])
    elif isinstance(other, list):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            same(*pair)
    else:
        assert one == (pytest.approx(other, rel=1e-4, abs=1e-5) if isinstance(other, float) else other)


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("similar", ["Film 000001", "-n", 5]),
        ("recommend", [7, "-n", 5]),
        ("predict", ["pairs.csv"]),
        ("evaluate", []),
    ],
)
def test_the_same_answers(before: Path, capfd: CaptureFixture[str], what: str, arguments: list[Any]) -> None:
    given = [before / one if one == "pairs.csv" else one for one in arguments]
    same(call(capfd, what, *given, "--run", "whole", "--json").document, answers(before)[what])


def test_its_files_are_read_as_they_are(before: Path, capfd: CaptureFixture[str]) -> None:
    assert [(run.name, run.state) for run in list_runs()] == [
        ("post", "stopped"),
        ("killed", "crashed"),
        ("whole", "finished"),
    ]
    for run in list_runs():
        document = json.loads((run.path / "config.json").read_text())
        assert run.config().to_dict() == {name: value for name, value in document.items() if name != "checksum"}
        assert run.metrics() and run.request().data
    page = before / "page.html"
    assert call(capfd, "report", "whole", "-o", page).code == 0
    assert "Film 0000" in page.read_text()


def moved(run: Run, ratings: Path) -> Run:
    """The run with its ratings where they are now."""
    config = run.config()
    write_config(run.path, replace(config, request={**config.request, "data": str(ratings)}))
    return run


@pytest.mark.long
@pytest.mark.parametrize("name", ["killed", "post"])
def test_resumed_to_the_end(before: Path, name: str) -> None:
    run = moved(find_run(name), before / "ratings.csv")
    lines = len(run.metrics())
    found, expected = train(run, resume=True), answers(before)["resumed"][name]
    if name == "killed":  # its audience block is begun anew, as today's is
        assert find_run(name).load_factors().parameters.audience_user_factors is None
        expected = {key: value for key, value in expected.items() if key != "steps"}
    same(found, expected)
    assert len(run.metrics()) > lines and run.state == "finished"
    assert "resumed at step" in run.log_path.read_text()


@pytest.mark.parametrize("name", OTHERS)
def test_a_run_of_every_other_recipe_answers_the_same(others: Path, capfd: CaptureFixture[str], name: str) -> None:
    expected = answers(others)[name]
    asked: dict[str, list[Any]] = {
        "similar": ["Film 000001", "-n", 3],
        "recommend": [7, "-n", 3],
        "predict": [others / "pairs.csv"],
    }
    for what, given in asked.items():
        same(call(capfd, what, *given, "--run", name, "--json").document, expected[what])


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS[:-1])
def test_a_run_of_every_other_recipe_is_resumed_to_the_end(others: Path, name: str) -> None:
    run = moved(find_run(name), others / "ratings.csv")
    found, expected = train(run, resume=True), answers(others)[name]["resumed"]
    same(found, {key: expected[key] for key in ("state", "outcome", "train_rmse", "test_rmse", "test_mae")})
    assert run.state == "finished" and "resumed at step" in run.log_path.read_text()


def test_a_run_of_bayes_says_why_it_cannot_be_resumed(others: Path) -> None:
    run = moved(find_run("bayes"), others / "ratings.csv")
    with pytest.raises(FormatError, match=r"type text, as in a checkpoint of bayes by mftui 0\.1"):
        train(run, resume=True)
