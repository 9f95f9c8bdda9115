"""No number without its split, no guess that looks like knowledge, no sample that looks like real ratings."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.command import Answer, call
from helpers.models import toy_factors, toy_run
from helpers.numpy_training import NumpyTraining
from helpers.ratings_files import write
from helpers.runs import request

import mftui
from mftui.engine.model.factors import Factors
from mftui.engine.query.recommend import recommend
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer.main import train
from mftui.tui.base.display import Display
from mftui.tui.lists.rows import recommended_rows

COLD_USER, COLD_MOVIE = 1, 4


def half_cold() -> Factors:
    """Trained on nothing of user 1 and of movie 4."""
    factors = toy_factors()
    held_out = np.array(factors.history.held_out)
    held_out[factors.history.offsets[0] : factors.history.offsets[1]] = True
    counts = np.array(factors.movie_train_counts)
    counts[COLD_MOVIE - 1] = 0
    held_out[factors.history.movies == COLD_MOVIE - 1] = True
    history = replace(factors.history, held_out=held_out)
    return replace(factors, history=history, movie_train_counts=counts).with_parameters(factors.parameters)


@pytest.fixture
def run(home: Path) -> Run:
    return toy_run(home, half_cold())


def test_predictions_for_cold_users_and_movies_are_marked(
    run: Run, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pairs = write(tmp_path / "p.csv", "user,movie\n2,3\n1,3\n2,4\n99,3\n2,99\n")
    answer = call(capfd, "predict", pairs, "--json")
    assert [row["cold"] for row in answer.document["predictions"]] == [False, True, True, True, True]
    assert "1 of 5 rows have a user that the model does not know" in answer.err
    assert "2 of 5 rows have a user or movie without training ratings (cold)" in answer.err
    marked = call(capfd, "predict", pairs, "--mark-cold").out.splitlines()
    assert marked[0] == "user,movie,predicted,cold" and [line.split(",")[-1] for line in marked[1:]] == [
        "no",
        *["yes"] * 4,
    ]


def test_lists_and_tables_mark_what_is_cold(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    for command, key in (("recommend", "recommendations"), ("user", "rated")):
        answer = call(capfd, command, COLD_USER, "--json")
        assert answer.document[key] and all(row["cold"] for row in answer.document[key])
        table = call(capfd, command, COLD_USER)
        assert "(cold)" in table.out and "(cold): no training ratings of this user or movie" in table.err
    warm = call(capfd, "user", 2, "--json").document
    assert {row["movie_id"] for row in warm["rated"] if row["cold"]} <= {COLD_MOVIE}


def test_what_is_known_beside_its_ratings_is_not_cold(
    home: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As recipe bayes knows movies by their genres and users by their age where `features` names them."""
    model = half_cold().with_parameters(replace(toy_factors().parameters, knows_cold=(True, True)))
    toy_run(home, model)
    pairs = write(tmp_path / "p.csv", "user,movie\n1,3\n2,4\n99,3\n")
    predictions = call(capfd, "predict", pairs, "--json").document["predictions"]
    assert [row["cold"] for row in predictions] == [False, False, True]
    for user in (COLD_USER, 2):
        listed = call(capfd, "recommend", user, "--json").document["recommendations"]
        assert listed and not any(row["cold"] for row in listed)
        assert "cold" not in call(capfd, "user", user).out
    similar = call(capfd, "similar", COLD_MOVIE, "--json").document
    assert len(similar["neighbours"]) == 10 and similar["note"] == ""
    asked = mftui.open_run()
    assert len(asked.similar(COLD_MOVIE)) == 10 and not asked.recommend(2, n=6).cold.any()
    user = next(u for u in range(model.n_users) if COLD_MOVIE - 1 not in model.history.of_user(u).movies)
    in_app = recommend(model, user, 20)
    assert COLD_MOVIE - 1 in in_app.movies
    assert not any("cold" in str(cell) for row in recommended_rows(model, in_app, Display()) for cell in row)


def test_a_movie_of_which_nothing_is_known_has_no_neighbours(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert call(capfd, "similar", COLD_MOVIE, "--json").document["neighbours"] == []
    with pytest.warns(UserWarning, match="neighbours are unknown"):
        assert not len(mftui.open_run().similar(COLD_MOVIE))


QUESTIONS = (("similar", "3"), ("user", "2"), ("recommend", "2"), ("evaluate",))


@pytest.mark.parametrize("state", ["running", "stopped", "crashed"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_an_answer_of_an_unfinished_run_says_so(
    home: Path, capfd: pytest.CaptureFixture[str], state: str, question: tuple[str, ...]
) -> None:
    run = toy_run(home, state="running" if state == "crashed" else state)
    if state == "crashed":
        kill_in_status(run)
    table, document = call(capfd, *question), call(capfd, *question, "--json")
    assert f"({state}, not finished)" in table.out
    assert f"is {state}, not finished: this is its best model so far" in table.err
    assert document.document["state"] == state and "not finished" in document.err


def kill_in_status(run: Run) -> None:
    from mftui.runs.store.process import Process
    from mftui.runs.store.status import Status, write_status

    write_status(run.path, Status(state="running", process=replace(Process.current(), start="long ago")))


def test_a_finished_run_is_not_excused(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    for question in QUESTIONS:
        answer = call(capfd, *question)
        assert "not finished" not in answer.out + answer.err


def test_ids_that_a_test_file_has_and_the_model_has_not_are_counted(
    run: Run, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    test = write(tmp_path / "t.csv", "user,movie,rating\n2,3,4\n99,3,2\n2,99,1\n3,2,5\n")
    answer = call(capfd, "evaluate", "--test", test, "--json")
    assert answer.document["n_left_out"] == 2 and answer.document["n_test"] == 2
    assert "2 of 4 test ratings are left out: their user or movie is not in the model." in answer.err
    assert str(test) in answer.document["split"]


def test_ratings_that_were_trained_on_are_counted_in_a_test_file(
    home: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    factors = toy_factors(test_fraction=0)
    toy_run(home, factors)
    user, movie = 3, int(factors.history.of_user(2).movies[0]) + 1
    test = write(tmp_path / "t.csv", f"user,movie,rating\n{user},{movie},4\n2,99,1\n")
    answer = call(capfd, "evaluate", "--test", test, "--json")
    assert answer.document["n_trained_on"] == 1 and "were trained on: this flatters the model" in answer.err


def every_answer(capfd: pytest.CaptureFixture[str], run: Run) -> list[Answer]:
    commands = (
        ("runs", "ls"),
        ("runs", "show", run.id),
        ("similar", "1"),
        ("user", "1"),
        ("recommend", "1"),
        ("evaluate",),
    )
    return [call(capfd, *command, *json) for command in commands for json in ((), ("--json",))]


def test_the_sample_is_called_synthetic_wherever_it_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    created = create_run(TrainRequest(hyper={"epochs": 2, "learning_rate": 0.001}, checkpoint_seconds=0.05))
    before = [
        call(capfd, "runs", "ls"),
        call(capfd, "runs", "ls", "--json"),
        call(capfd, "data", "info", "sample", "--json"),
    ]
    train(created, make_training=NumpyTraining)
    for answer in before + every_answer(capfd, created):
        text = re.sub(r'"(name|source|data|dataset)": "sample"', "", answer.out)
        assert "sample" not in text or "synthetic" in text, answer.out
    assert created.load_factors().meta["dataset"] == "sample (synthetic ratings)"


def test_no_measure_is_shown_without_its_split(ratings: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run, other = (create_run(request(ratings, epochs=3, seed=seed)) for seed in (0, 1))
    for one in (run, other):
        train(one, make_training=NumpyTraining)
    for command in (("runs", "ls"), ("runs", "show", run.id), ("runs", "compare", run.id, other.id), ("evaluate",)):
        for json in ((), ("--json",)):
            answer = call(capfd, *command, *json)
            assert answer.code == 0 and re.search("rmse", answer.out, re.IGNORECASE)
            assert "random 10 % (seed 0)" in answer.out, answer.out
