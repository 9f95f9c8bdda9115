"""`mftui train`: options, the JSON object, clean streams, signals, kills and resuming, with the real engine."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from helpers.command import Answer, answer_of, call, launch
from helpers.runs import runs_in, same_model, wait_until, without_times, write_ratings

from mftui.cli.commands.train import train
from mftui.cli.shared.train_options import request_from
from mftui.engine.recipes import RECIPES
from mftui.runs.store.run import Run

KEYS = {
    *("run", "run_dir", "state", "recipe", "dataset", "split", "n_users", "n_movies", "n_train", "n_test"),
    *("factors", "epochs", "steps", "train_rmse", "test_rmse", "test_mae", "baseline_rmse", "seconds"),
    *("ratings_per_second", "peak_rss_mb"),
}
LONG = ("--epochs", 900, "--patience", 1000, "--factors", 8, "--checkpoint-seconds", 0.2, "--json")


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ratings(tmp_path_factory.mktemp("data") / "ratings.csv")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(home))


@pytest.fixture(scope="module")
def on_the_sample(home: Path) -> Answer:
    """`mftui --headless --json`, on the sample."""
    return answer_of(launch("--headless", "--json", MFTUI_HOME=str(home)))


@pytest.fixture(scope="module")
def undisturbed(home: Path, ratings: Path) -> Answer:
    return answer_of(launch("train", "--data", ratings, *LONG, MFTUI_HOME=str(home)))


def run_of(answer: Answer) -> Run:
    return Run(Path(answer.document["run_dir"]))


def test_headless_trains_on_the_sample_and_prints_the_design_s_object(on_the_sample: Answer) -> None:
    assert on_the_sample.code == 0, on_the_sample.err
    document = on_the_sample.document
    assert set(document) >= KEYS
    assert document["state"] == "finished"
    assert document["dataset"] == "sample (synthetic ratings)"
    assert document["split"] == "random 10 % (seed 0)"
    assert document == run_of(on_the_sample).result()
    best = min(document["baseline_rmse"].values())
    assert document["test_rmse"] < 0.95 * best


def test_standard_output_is_one_line_and_libraries_are_only_heard_in_the_log(on_the_sample: Answer) -> None:
    assert on_the_sample.out.count("\n") == 1
    lines = on_the_sample.err.splitlines()
    assert lines.pop(1).startswith("Read as text with commas between columns"), "how the data was read"
    assert all(line.startswith("epoch ") or line.endswith(" …") for line in lines)
    assert lines[0] == "reading the data …" and lines[-1] == "evaluating …"
    assert any("finished" in line for line in run_of(on_the_sample).log_tail())


def test_every_measure_names_what_it_was_made_on(on_the_sample: Answer) -> None:
    assert "training RMSE" in on_the_sample.err and "validation RMSE" in on_the_sample.err
    assert run_of(on_the_sample).load_factors().meta["split"] == "random 10 % (seed 0)"


@pytest.mark.long
def test_killed_and_resumed_it_learns_what_it_would_have_learned(
    ratings: Path, undisturbed: Answer, home: Path
) -> None:
    assert undisturbed.code == 0, undisturbed.err
    before = set(runs_in(home))
    process = launch("train", "--data", ratings, *LONG)
    wait_until(lambda: len(set(runs_in(home)) - before) == 1, "there is a run")
    (run,) = set(runs_in(home)) - before
    wait_until(lambda: run.checkpoint_path.exists() or process.poll() is not None, "it is saved", timeout_s=120)
    process.kill()
    process.communicate()
    assert run.state == "crashed" and run.has_factors
    resumed = answer_of(launch("train", "--resume", run.id, "--json"))
    assert resumed.code == 0, resumed.err
    assert resumed.document["run"] == run.id
    assert any("resumed at step" in line for line in run.log_tail(100))
    assert same_model(run, run_of(undisturbed))
    assert without_times(run.metrics()) == without_times(run_of(undisturbed).metrics())
    assert resumed.document["test_rmse"] == undisturbed.document["test_rmse"]


@pytest.mark.long
def test_ctrl_c_saves_prints_the_result_and_exits_130(ratings: Path, home: Path) -> None:
    before = set(runs_in(home))
    process = launch("train", "--data", ratings, *LONG, "--epochs", 100_000, "--patience", 1000)
    wait_until(lambda: len(set(runs_in(home)) - before) == 1, "there is a run")
    (run,) = set(runs_in(home)) - before
    wait_until(lambda: run.state == "running", "it runs", timeout_s=120)
    process.send_signal(signal.SIGINT)
    answer = answer_of(process)
    assert answer.code == 130
    assert answer.document["state"] == "stopped" and answer.document["test_rmse"] is not None
    assert f"mftui train --resume {run.id}" in answer.err


def test_a_finished_run_cannot_be_resumed(capfd: pytest.CaptureFixture[str], on_the_sample: Answer) -> None:
    answer = call(capfd, "train", "--resume", on_the_sample.document["run"], "--json")
    assert answer.code == 2
    assert "is finished" in answer.err and answer.out == ""


def test_resuming_refuses_other_settings(capfd: pytest.CaptureFixture[str]) -> None:
    answer = call(capfd, "train", "--resume", "x", "--epochs", 3)
    assert answer.code == 2 and "--epochs cannot be given" in answer.err


def test_there_is_an_option_for_every_field_of_every_recipe(capfd: pytest.CaptureFixture[str]) -> None:
    answer = call(capfd, "train", "--help")
    assert answer.code == 0
    for recipe in RECIPES.values():
        for field in recipe.fields:
            assert f"--{field.name.replace('_', '-')} " in answer.out


def test_every_preset_is_in_the_help_and_fields_given_beside_it_win(capfd: pytest.CaptureFixture[str]) -> None:
    options = {parameter.name: None for parameter in train.params}
    for recipe in RECIPES.values():
        for preset in recipe.presets:
            assert preset.name in " ".join(call(capfd, "train", "--help").out.split())
            given = options | {"recipe": recipe.name, "preset": preset.name, "factors": 3}
            assert request_from(given).hyper == {**preset.values, "factors": 3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--recipe", "post2019", "--batch-size", "5"), "recipe post2019 has no --batch-size. These have: biased"),
        (("--factors", "0"), "factors"),
        (("--factors", "many"), "is not a whole number, auto, or a multiple such as 2*auto"),
        (("--members", "2*nope"), "is not a whole number, auto, or a multiple such as 2*auto"),
        (("--recipe", "magic"), "magic"),
        (("--preset", "magic"), "recipe biased has no preset magic. It has: default, fast"),
        (("--recipe", "post2019", "--preset", "fast"), "recipe post2019 has no preset fast. It has: post"),
        (("--test-fraction", "2"), "--test-fraction must be between 0 and 1 (got 2)."),
        (("--seed", "-1"), "seeds must be"),
        (("--columns", "user"), "user=customer_id"),
        (("--test", "x.csv", "--split", "random"), "leave --split"),
        (("--data", "nowhere/at/all"), "nowhere/at/all"),
        (("--resume", "../../etc"), "no run"),
        (("--name", "///"), "no letter or digit"),
        (("--run-dir", "/nonexistent"), "cannot be read"),
        (("--nonsense",), "nonsense"),
    ],
)
def test_wrong_usage_exits_2_and_says_what(
    capfd: pytest.CaptureFixture[str], on_the_sample: Answer, arguments: tuple[str, ...], message: str
) -> None:
    answer = call(capfd, "train", *arguments)
    assert answer.code == 2
    assert message in answer.err and answer.out == ""


def test_settings_are_used_where_no_option_is_given(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_DATA", "from/the/environment")
    assert "from/the/environment" in call(capfd, "train").err
    assert "from/the/option" in call(capfd, "train", "--data", "from/the/option").err
    monkeypatch.setenv("MFTUI_SEED", "many")
    assert "MFTUI_SEED" in call(capfd, "train").err


def test_without_a_terminal_the_app_names_headless_and_exits_2(capfd: pytest.CaptureFixture[str]) -> None:
    answer = call(capfd)
    assert answer.code == 2 and "--headless" in answer.err


def test_the_help_imports_no_command(capfd: pytest.CaptureFixture[str]) -> None:
    answer = call(capfd, "--help")
    assert answer.code == 0 and "recommend" in answer.out and "mftui completion bash" in answer.out


def test_an_unknown_command_exits_2(capfd: pytest.CaptureFixture[str]) -> None:
    assert call(capfd, "tarin").code == 2


def test_a_reader_that_leaves_is_no_error_message(on_the_sample: Answer) -> None:
    process = launch("runs", "show", on_the_sample.document["run"], "--json")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.wait()
    process.stderr.close()


def test_metrics_are_lines_of_json(on_the_sample: Answer) -> None:
    lines = run_of(on_the_sample).metrics_path.read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == sorted({json.loads(line)["step"] for line in lines})
