"""Two runs asked the same by command: `--run` given twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.asking import Ask, document
from helpers.finished import make_run
from helpers.models import TITLES, toy_factors

import mftui


@pytest.fixture(autouse=True)
def runs(home: Path) -> None:
    """`a` and `b` on the same data, `c` on other data: a thirteenth film, and five more users."""
    for number, (name, seed) in enumerate((("a", 0), ("b", 1)), 3):
        make_run(home, name, number, model=toy_factors(audience=True, seed=seed))
    make_run(home, "c", 5, model=toy_factors((*TITLES, "Up (2009)"), n_users=25))


def places(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [(row["movie_id"], row["place_1"], row["place_2"], row["change"], row["moved"]) for row in rows]


def test_both_commands_say_what_python_says(ask: Ask) -> None:
    both = mftui.compare("a", "b")
    asked = {
        "neighbours": (("similar", "toy", "story"), both.similar("toy story", n=5)),
        "recommendations": (("recommend", "7"), both.recommend(7, n=5)),
    }
    for name, (command, frame) in asked.items():
        found = document(ask(*command, "--run", "a", "--run", "b", "-n", "5", "--json"))
        assert [run["recipe"] for run in found["runs"]] == ["biased", "biased"]
        assert (found["same_data"], found["matched_by"], found["notes"]) == (True, "movie_id", [])
        by_python = frame.astype(object).where(frame.notna(), None)
        assert places(found[name]) == places(by_python.to_dict("records"))
        assert {row["change"] for row in found[name]} - {"same"}


def test_the_table_names_runs_data_and_what_differs(ask: Ask) -> None:
    code, out, err = ask("similar", "toy", "story", "--run", "a", "--run", "b", "-n", "4")
    assert (code, err) == (0, "")
    assert "1: run 20260101-000000-biased-k4-a, biased k=3 on toy (made by a test)" in out
    assert "2: run 20260101-000000-biased-k4-b, biased k=4 on toy (made by a test)" in out
    assert "They differ in factors (3, 4)." in out
    assert out.splitlines()[4].split()[:4] == ["title", "1", "2", "change"]
    assert " new " in out and " gone " in out
    code, out, _ = ask("recommend", "7", "--run", "a", "--run", "b", "-n", "4")
    assert code == 0 and "Recommended to user 7 by two runs" in out and "like 1" in out


def test_a_user_as_two_runs_predict_them(ask: Ask) -> None:
    found = document(ask("user", "7", "--run", "a", "--run", "b", "--json"))
    rated = [set(mftui.open_run(run).factors.history.of_user(6).movies.tolist()) for run in ("a", "b")]
    assert {row["movie_id"] for row in found["rated"]} == {movie + 1 for movie in rated[0] | rated[1]}
    assert "of the ratings are others in the data of run 2" in " ".join(found["notes"])
    assert {"rating", "predicted_1", "predicted_2", "difference", "held_out_1"} <= set(found["rated"][0])
    code, out, err = ask("user", "7", "--run", "a", "--run", "b", "-n", "3")
    assert code == 0 and "predicted 1" in out and "Recommended to user 7 by two runs" in out
    assert "3 of " in err


def test_what_only_one_of_them_knows_is_said(ask: Ask) -> None:
    _, out, err = ask("similar", "toy", "story", "--run", "a", "--run", "c", "-n", "12")
    assert "1 lacks it" in out
    for said in ("movies and users are matched by id", "1 of 12 films is not in the data of run 1", "run 2 by taste"):
        assert said in err
    code, out, err = ask("similar", "up", "--run", "a", "--run", "c")
    assert code == 0 and "Run 1 does not know this movie, so only run 2 lists neighbours." in err
    for command in ("recommend", "user"):
        code, _, err = ask(command, "23", "--run", "a", "--run", "c")
        assert code == 0 and "Run 1 does not know user 23, so all here is of run 2." in err
        code, _, err = ask(command, "99", "--run", "a", "--run", "c")
        assert code == 2 and "no user with id 99" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("similar", "1", "--run", "a", "--run", "a"), "both are run"),
        (
            ("similar", "1", "--run", "a", "--run", "b", "--run", "c"),
            "two runs can be compared, not 3. Give",
        ),
        (("recommend", "7", "--run", "a", "--run", "x"), "no run named 'x'"),
        (("recommend", "7", "--run", "a", "--run", "b", "--explain"), "--explain is about one run"),
        (("user", "--run", "a", "--run", "b"), "asked about a user of the data"),
        (("similar", "no such film", "--run", "a", "--run", "b"), "no such film"),
    ],
)
def test_what_cannot_be_compared_is_refused(ask: Ask, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "") and said in err


def test_own_ratings_are_folded_into_both(ask: Ask, home: Path) -> None:
    (home / "mine.csv").write_text("title,rating\nToy Story (1995),5\nHeat (1995),1\n")
    found = document(ask("recommend", "--ratings", str(home / "mine.csv"), "--run", "a", "--run", "b", "--json"))
    assert {row["place_1"] for row in found["recommendations"]} > {1, 2, 3}
    assert "Toy Story (1995)" not in [row["title"] for row in found["recommendations"]]
