"""Recommendations for somebody who is not in the data: `recommend --ratings FILE`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.models import toy_factors, toy_run

from mftui.cli import run_command


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
    expected = toy_factors(audience=True).recommend_newcomer(np.array([0, 2]), np.array([5, 1.5], np.float32), 4)
    assert [line["movie_id"] for line in first["recommendations"]] == [m + 1 for m in expected.movies]

    by_title = written(home, 'title,rating\nToy Story (1995),5\n"Matrix, The",1.5\n')
    assert run_command(["recommend", "--ratings", by_title, "-n", "4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recommendations"] == first["recommendations"]


def test_what_is_in_no_movie_of_the_model_is_counted_and_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, "title,rating\nToy Story,5\nNo Such Film (1900),3\n")
    assert run_command(["recommend", "--ratings", file]) == 0
    assert "1 of 2 ratings name no movie of the model: No Such Film (1900)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("film,stars\n1,x\n", "line 2: the rating x is not a number"),
        ("movieId,rating\n1,9\n", "line 2: rating 9 is outside 0.5 to 5, the model's scale"),
        ("movieId\n1\n", "needs a movie and a rating column; it has: movieId"),
        ("", "it has: nothing"),
        ("movieId,rating\n999,3\n", "none of its movies is in the model"),
        ("movieId,rating\n1\n", "line 2: too few columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    home: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert run_command(["recommend", "--ratings", written(home, text)]) == 2
    assert message in capsys.readouterr().err


def test_a_user_or_a_file_and_not_both(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recommend"]) == 2
    assert run_command(["recommend", "3", "--ratings", written(home, "movieId,rating\n1,5\n")]) == 2
    assert "--ratings FILE" in capsys.readouterr().err
