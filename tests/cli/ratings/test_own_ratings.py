"""Recommendations for somebody who is not in the data: `recommend --ratings FILE`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.models import toy_factors, toy_run

from mftui.cli import run_command
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.recommend import recommend_newcomer


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    toy_run(tmp_path, toy_factors(audience=True))
    return tmp_path


def written(home: Path, text: str) -> str:
    (home / "mine.csv").write_text(text, encoding="utf-8")
    return str(home / "mine.csv")


def test_a_list_from_ones_own_ratings_by_id_or_by_title(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_id = written(home, "movieId,rating\n1,5\n3,1.5\n")
    assert run_command(["recommend", "--ratings", by_id, "-n", "4", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    expected = recommend_newcomer(
        toy_factors(audience=True),
        fold_in(toy_factors(audience=True), np.array([0, 2]), np.array([5, 1.5], np.float32)),
        4,
    )
    assert [line["movie_id"] for line in first["recommendations"]] == [m + 1 for m in expected.movies]

    by_title = written(home, 'title,rating\nToy Story (1995),5\n"Matrix, The",1.5\n')
    assert run_command(["recommend", "--ratings", by_title, "-n", "4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recommendations"] == first["recommendations"]


def test_what_is_in_no_movie_of_the_model_is_counted_and_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, "title,rating\nToy Story,5\nNo Such Film (1900),3\n")
    assert run_command(["recommend", "--ratings", file]) == 0
    assert "1 of 2 ratings are of movies that the model does not have: No Such Film (1900)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("film,stars\n1,x\n", "line 2: the rating x is not a number"),
        ("movieId,rating\n1,9\n", "line 2: rating 9 is outside 0.5 to 5, the model's scale"),
        ("movieId\n1\n", "needs a movie and a rating column; it has: movieId"),
        ("", "it has: nothing"),
        ("movieId,rating\n999,3\n", "the model has none of its movies"),
        ("movieId,rating\n1\n", "line 2: too few columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    home: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert run_command(["recommend", "--ratings", written(home, text)]) == 2
    assert message in capsys.readouterr().err


def test_without_a_user_or_a_file_both_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recommend"]) == 2
    assert "--ratings FILE" in capsys.readouterr().err


def test_a_user_with_a_file_is_refreshed_by_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = toy_factors(audience=True)
    history = model.history.of_user(2)
    again = int(history.movies[~history.held_out][0])
    new = next(m for m in range(model.n_movies) if m not in history.movies)
    file = written(home, f"movieId,rating\n{again + 1},0.5\n{new + 1},5\n")

    assert run_command(["user", "3", "--ratings", file, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    rated = {line["movie_id"]: line["rating"] for line in answer["rated"]}
    assert answer["user"] == 3
    assert answer["folded_in"]
    assert rated[again + 1] == 0.5
    assert rated[new + 1] == 5
    assert len(rated) == (~history.held_out).sum() + 1
    listed = {line["movie_id"] - 1 for line in answer["recommendations"]}
    assert not listed & {new, *history.movies.tolist()}


def test_the_table_of_ones_own_ratings_is_said_to_be_a_fit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, "movieId,rating\n1,5\n3,1.5\n")
    assert run_command(["user", "--ratings", file]) == 0
    said = capsys.readouterr()
    assert "this is not a test" in said.err
    assert [line.split()[-2] for line in said.out.splitlines()[2:4]] == ["fit", "fit"]


@pytest.mark.parametrize("rank", ["like", "watch", "both"])
def test_every_reason_is_given_and_adds_up(home: Path, capsys: pytest.CaptureFixture[str], rank: str) -> None:
    file = written(home, "movieId,rating\n1,5\n3,1.5\n5,4\n")
    assert run_command(["recommend", "--ratings", file, "--rank", rank, "--explain", "--json"]) == 0
    for line in json.loads(capsys.readouterr().out)["recommendations"]:
        shares = sum(reason["contribution"] for reason in line["because"])
        assert {reason["movie_id"] for reason in line["because"]} == {1, 3, 5}
        assert shares == pytest.approx(line["parts"]["ratings"], abs=1e-5)
        assert sum(line["parts"].values()) == pytest.approx(line["predicted"], abs=1e-5)
        assert line["parts"]["training"] == 0
        ranked = [reason["on_list"] for reason in line["because"]]
        if rank == "like":
            assert line["score"] is line["score_parts"] is None and ranked == [None] * 3
            continue
        assert ranked == sorted(ranked, key=lambda share: -abs(share))
        assert sum(ranked) == pytest.approx(line["score_parts"]["ratings"], abs=1e-5)
        assert sum(line["score_parts"].values()) == pytest.approx(line["score"], abs=1e-5)


def test_a_trained_user_is_explained_beside_what_training_found(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recommend", "3", "--explain", "--json"]) == 0
    for line in json.loads(capsys.readouterr().out)["recommendations"]:
        assert sum(line["parts"].values()) == pytest.approx(line["predicted"], abs=1e-4)
    assert run_command(["recommend", "3", "--explain"]) == 0
    said = capsys.readouterr().out
    assert "rated" in said
    assert ", training " in said


def test_without_explain_there_are_no_reasons(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recommend", "3", "--json"]) == 0
    assert all(line["because"] == [] for line in json.loads(capsys.readouterr().out)["recommendations"])


def test_what_to_rate_next_is_nothing_that_was_rated(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, "movieId,rating\n1,5\n3,1.5\n")
    for arguments, rated in ((["--ratings", file], {1, 3}), ([], set())):
        assert run_command(["suggest", *arguments, "-n", "5", "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["n_ratings"] == len(rated)
        assert len(answer["suggestions"]) == 5
        assert not rated & {line["movie_id"] for line in answer["suggestions"]}
        assert all(0 <= line["seen"] <= 1 and 0 < line["gain"] < 1 for line in answer["suggestions"])
    assert run_command(["suggest", "3"]) == 0
    assert "Movies to rate next, for user 3" in capsys.readouterr().out
