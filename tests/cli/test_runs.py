"""`mftui runs`: what there is, shown, compared, stopped and removed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.command import call
from helpers.models import HOSTILE, toy_run
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, start_trainer, wait_until, write_ratings

from mftui.engine.recipes import RECIPES
from mftui.runs.store.notes import Notes, write_notes
from mftui.runs.store.process import Process
from mftui.runs.store.run import Run, create_run
from mftui.runs.store.status import Status, write_status
from mftui.runs.trainer.main import train

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ratings(tmp_path_factory.mktemp("data") / "ratings.csv")


def trained(ratings: Path, **changes: Any) -> Run:
    run = create_run(request(ratings, **changes))
    train(run, make_training=NumpyTraining)
    return run


def test_without_runs_it_says_how_to_make_one(capfd: Capture) -> None:
    assert "mftui train" in call(capfd, "runs", "ls").out
    assert call(capfd, "runs", "ls", "--json").document == {"runs": []}


def test_ls_lists_the_newest_first_with_score_and_split(capfd: Capture, ratings: Path) -> None:
    first, second = trained(ratings), trained(ratings, name="second")
    rows = call(capfd, "runs", "ls", "--json").document["runs"]
    assert [row["run"] for row in rows] == [second.id, first.id]
    result = second.result()
    assert result is not None
    assert {key: rows[0][key] for key in ("name", "state", "recipe", "dataset", "factors", "test_rmse")} == {
        "name": "second",
        "state": "finished",
        "recipe": "biased",
        "dataset": result["dataset"],
        "factors": RECIPES["biased"].field("factors").default,
        "test_rmse": result["test_rmse"],
    }
    assert rows[0]["split"] == "random 10 % (seed 0)" and rows[0]["started"] and rows[0]["has_model"]
    table = call(capfd, "runs", "ls").out
    assert first.id in table and f"{result['test_rmse']:.3f}" in table and "random 10 % (seed 0)" in table


def test_a_damaged_run_is_listed_and_can_be_removed(capfd: Capture, ratings: Path) -> None:
    run = trained(ratings)
    for name in ("status.json", "config.json", "result.json"):
        (run.path / name).write_text("{")
    assert call(capfd, "runs", "ls", "--json").document["runs"][0]["state"] == "unreadable"
    assert call(capfd, "runs", "show", run.id).code == 2
    assert call(capfd, "runs", "rm", run.id).code == 0
    assert call(capfd, "runs", "ls", "--json").document == {"runs": []}


def test_show_tells_everything(capfd: Capture, ratings: Path) -> None:
    run = trained(ratings)
    document = call(capfd, "runs", "show", run.id[:17], "--json").document
    assert document["run"] == run.id and document["result"] == run.result()
    assert document["config"] == run.config().to_dict() and document["status"]["state"] == "finished"
    shown = call(capfd, "runs", "show", run.id).out
    for words in ("learning rate", "data set", "tested on", "test RMSE", "mean ratings/s", "version of mftui"):
        assert words in shown
    for raw in ("learning_rate", "{", "tested_on", "True", "False", "None"):
        assert raw not in shown


def test_compare_shows_only_what_differs(capfd: Capture, ratings: Path) -> None:
    one, two = trained(ratings), trained(ratings, seed=5)
    document = call(capfd, "runs", "compare", one.id, two.id, "--json").document
    assert document["differences"] == {"seed": [0, 5]}
    assert len(document["measures"]["test_rmse"]) == 2 and document["measures"]["split"][0]
    assert call(capfd, "runs", "compare", one.id).code == 2
    assert "seed" in call(capfd, "runs", "compare", one.id, two.id).out


def test_compare_judges_the_models_beside_the_baselines_on_their_split(capfd: Capture, ratings: Path) -> None:
    one, two = trained(ratings), trained(ratings, seed=5)
    for found in call(capfd, "runs", "compare", one.id, two.id, "--json").document["evaluations"]:
        assert found["split"] == "random 10 % (seed 0)"
        assert {"rmse", "mae", "ndcg@10", "recall@10", "coverage", "mean_popularity", "calibration"} <= found.keys()
        assert {"rmse", "ndcg@10"} <= found["baselines"]["bias"].keys()
    paired = call(capfd, "runs", "compare", one.id, two.id, "--json").document["paired"]
    assert paired[0] is None
    assert {"n", "rmse", "standard_error", "within_noise"} == set(paired[1])
    shown = call(capfd, "runs", "compare", one.id, two.id)
    assert f"Difference from {one.id}" in " ".join(shown.out.split())
    for words in ("NDCG@10", "user and movie bias: RMSE", "most rated first: recall@10", "calibration 10 of 10"):
        assert words in shown.out
    assert "cannot be compared" not in shown.err


def test_compare_says_where_measures_cannot_be_compared(capfd: Capture, ratings: Path) -> None:
    one, two = trained(ratings), trained(ratings, split_seed=1)
    untested = trained(ratings, split="none")

    shown = call(capfd, "runs", "compare", one.id, two.id)
    assert "measured on different ratings" in shown.err
    assert not [
        line for line in shown.out.splitlines() if line.startswith(("RMSE", "test RMSE")) and len(line.split()) > 3
    ]
    like_two = trained(ratings, split_seed=1, seed=5)
    document = call(capfd, "runs", "compare", one.id, two.id, like_two.id, "--json").document
    assert document["tested_alike"] == [[one.id], [two.id, like_two.id]]
    assert [found is None for found in document["paired"]] == [True, True, False]
    assert call(capfd, "runs", "compare", one.id, untested.id, "--json").document["evaluations"][1] is None


def test_stop_reaches_the_trainer_and_rm_waits_for_that(capfd: Capture, ratings: Path) -> None:
    run = create_run(request(ratings, epochs=100_000))
    trainer = start_trainer(run)
    wait_until(lambda: run.state == "running", "it runs")
    refused = call(capfd, "runs", "rm", run.id)
    assert refused.code == 2 and "is running" in refused.err and run.path.is_dir()
    assert call(capfd, "runs", "stop", run.id, "--json").document == {"run": run.id, "state": "stopped"}
    trainer.communicate()
    assert call(capfd, "runs", "stop", run.id).code == 2
    assert call(capfd, "runs", "rm", run.id, "--json").document == {"removed": [run.id]}
    assert not run.path.exists()


def test_stop_spares_a_process_that_took_over_the_pid(capfd: Capture, home: Path) -> None:
    run = toy_run(home)
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        recycled = replace(Process.of(bystander.pid), start="long ago")
        write_status(run.path, Status(state="running", process=recycled))
        answer = call(capfd, "runs", "stop", run.id)
        assert answer.code == 2 and "crashed" in answer.err
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("text", ["../home", "..", "/", "nothing"])
def test_rm_takes_no_path(capfd: Capture, home: Path, text: str) -> None:
    run = toy_run(home)
    assert call(capfd, "runs", "rm", text).code == 2
    assert run.path.is_dir()


def test_names_that_would_harm_a_terminal_are_shown_harmless(capfd: Capture, ratings: Path) -> None:
    for name in HOSTILE:
        run = create_run(request(ratings))
        write_notes(run.path, Notes(name=name, note=name, tags=(name,)))
        answer = call(capfd, "runs", "show", name)
        assert answer.code == 0
        assert not any(ord(c) < 32 and c != "\n" for c in answer.out) and "\u202e" not in answer.out


def test_listing_needs_neither_numpy_nor_anything_heavier(home: Path) -> None:
    toy_run(home)
    script = (
        "import sys; from mftui.cli import run_command; code = run_command(['runs', 'ls', '--json']); "
        "heavy = {'numpy', 'pandas', 'pyarrow', 'tensorflow', 'textual'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr


def test_a_run_is_renamed_noted_and_tagged(capfd: Capture, home: Path) -> None:
    run = toy_run(home)
    call(capfd, "runs", "rename", run.id, "The best")
    call(capfd, "runs", "note", "The best", "k of 4", "is enough")
    document = call(capfd, "runs", "tag", "The best", "keep", "k4", "--json").document
    assert document == {"run": run.id, "name": "The best", "note": "k of 4 is enough", "tags": ["keep", "k4"]}
    rows = call(capfd, "runs", "ls", "--tag", "keep", "--json").document["runs"]
    assert [row["run"] for row in rows] == [run.id] and rows[0]["tags"] == ["keep", "k4"] and rows[0]["size_bytes"] > 0
    assert call(capfd, "runs", "ls", "--tag", "other", "--json").document == {"runs": []}
    assert "The best" in call(capfd, "runs", "ls").out and "k of 4" in call(capfd, "runs", "show", run.id).out
    assert call(capfd, "runs", "tag", run.id, "k4", "--remove", "--json").document["tags"] == ["keep"]
    assert call(capfd, "runs", "tag", run.id, "no/tag").code == 2


def test_what_was_removed_by_mistake_is_restored_until_the_trash_is_emptied(capfd: Capture, home: Path) -> None:
    one, two = toy_run(home, name="one"), toy_run(home, name="two")
    assert "restore" in call(capfd, "runs", "rm", one.id, two.id).out
    listed = call(capfd, "runs", "trash", "--json").document["trash"]
    assert {row["run"] for row in listed} == {one.id, two.id} and all(row["size_bytes"] for row in listed)
    assert call(capfd, "runs", "restore", "--json").document == {"restored": [two.id]}
    assert call(capfd, "runs", "restore", one.id, "--json").document == {"restored": [one.id]}
    call(capfd, "runs", "rm", one.id)
    assert call(capfd, "runs", "prune", "--older-than", "1", "--json").document == {"pruned": [], "freed_bytes": 0}
    assert call(capfd, "runs", "prune", "--json").document["pruned"] == [one.id]
    assert call(capfd, "runs", "restore", one.id).code == 2
    assert "empty" in call(capfd, "runs", "restore").out and "empty" in call(capfd, "runs", "trash").out
    assert [row["run"] for row in call(capfd, "runs", "ls", "--json").document["runs"]] == [two.id]


def test_of_several_runs_none_is_removed_where_one_is_being_trained(capfd: Capture, home: Path) -> None:
    idle, busy = toy_run(home, name="idle"), toy_run(home, name="busy", state="running")
    assert call(capfd, "runs", "rm", idle.id, busy.id).code == 2
    assert idle.path.is_dir() and busy.path.is_dir()
