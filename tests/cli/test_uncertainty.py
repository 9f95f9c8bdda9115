"""± by command: the same as in the app and from Python, lists by the ends of intervals, and what a run's ± is worth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.members import with_members
from helpers.models import toy_factors, toy_run

import mftui
from mftui.cli import main
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.engine.model.factors import Factors
from mftui.engine.query import held_out_errors
from mftui.tui.lists.explanation import why_user
from mftui.tui.lists.rankings import spread_basis
from mftui.tui.screens.users.page import user_page
from mftui.tui.screens.you.page import YouChoices, about, why_you, you_list
from mftui.tui.screens.you.ratings import read_profile

Capture = pytest.CaptureFixture[str]


def draws() -> Factors:
    return with_members(toy_factors(audience=True, n_users=80), noise=0.5)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def ask(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0), *capsys.readouterr()


def document(capsys: Capture, *arguments: str) -> Any:
    code, out, err = ask(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.parametrize(("bound", "sign"), [("lower", -1), ("upper", 1)])
def test_a_list_is_in_the_order_of_a_bound(home: Path, capsys: Capture, bound: str, sign: int) -> None:
    toy_run(home, draws())
    answer = document(capsys, "recommend", "3", "--bound", bound, "-n", "4")

    assert (answer["bound"], answer["ranked_by"], answer["unit"]) == (bound, "like", "stars")
    n = int(draws().history.held_out.sum())
    assert answer["uncertainty"] == {"of": "rating", "level": 0.9, "n": n, "held_out": n}
    lines = answer["recommendations"]
    ends = [line["predicted"] + sign * line["plus_minus"] for line in lines]
    inside = [(end, line) for end, line in zip(ends, lines, strict=True) if 0.5 < line["predicted"] < 5]
    assert [end for end, _ in inside] == sorted((end for end, _ in inside), reverse=True)
    for end, line in inside:
        assert line[bound] == pytest.approx(min(max(end, 0.5), 5), abs=1e-4)


def test_the_table_says_what_its_ends_are(home: Path, capsys: Capture) -> None:
    toy_run(home, draws())
    _, out, err = ask(capsys, "recommend", "3")
    assert "from" in out
    assert "90% of ratings lie so near" in " ".join(err.split())


def test_one_member_has_no_bounds_but_a_plus_minus(home: Path, capsys: Capture) -> None:
    toy_run(home, toy_factors(n_users=80))
    code, out, err = ask(capsys, "recommend", "3", "--bound", "upper")
    assert (code, out) == (2, "")
    assert "one member" in err
    assert "bayes" in err
    answer = document(capsys, "recommend", "3")
    assert answer["uncertainty"] == document(capsys, "user", "3")["uncertainty"]
    assert answer["recommendations"][0]["lower"] is not None


def test_without_enough_ratings_held_out_there_is_none(home: Path, capsys: Capture) -> None:
    toy_run(home, with_members(toy_factors()))
    answer = document(capsys, "recommend", "3")
    assert answer["uncertainty"] is None
    assert [answer["recommendations"][0][name] for name in ("std", "plus_minus", "lower", "upper")] == [None] * 4
    code, _, err = ask(capsys, "recommend", "3", "--bound", "lower")
    assert code == 2
    assert "--test-fraction" in err
    _, out, _ = ask(capsys, "suggest", "3")
    assert "±" in out


def film(found: list[dict[str, Any]], movie: int) -> dict[str, Any]:
    return next(one for one in found if one["movie_id"] == movie)


NEAR = 1e-4
"""Of what a file of decimals, or JSON, rounds."""


@pytest.mark.parametrize("factors", [draws, lambda: toy_factors(n_users=80)], ids=["draws", "one member"])
def test_a_film_has_the_same_plus_minus_for_a_user_everywhere(
    home: Path, tmp_path: Path, capsys: Capture, factors: Callable[[], Factors]
) -> None:
    toy_run(home, model := factors())
    listed = document(capsys, "recommend", "3")["recommendations"]
    movie = listed[0]["movie_id"]
    one = film(listed, movie)
    assert film(document(capsys, "user", "3")["recommendations"], movie)["plus_minus"] == one["plus_minus"]
    assert film(document(capsys, "suggest", "3", "-n", "12")["suggestions"], movie)["plus_minus"] == pytest.approx(
        one["plus_minus"], abs=NEAR
    )
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"user,movie\n3,{movie}\n")
    told = document(capsys, "predict", str(pairs), "--interval", "0.9")["predictions"][0]
    for theirs, mine in {"predicted": "predicted", "std": "std", "low": "lower", "high": "upper"}.items():
        assert told[theirs] == pytest.approx(one[mine], abs=NEAR)
    rows = mftui.open_run().recommend(3)
    row = rows[rows.movie_id == movie].iloc[0]
    assert [row.predicted, row.plus_minus] == pytest.approx([one["predicted"], one["plus_minus"]])
    why = why_user(model, 3, movie - 1, "like")
    assert [why.predicted, why.plus_minus] == pytest.approx([one["predicted"], one["plus_minus"]])
    page = user_page(model, 3)
    at = page.recommended.movies.tolist().index(movie - 1)
    assert page.recommended.plus_minus is not None
    assert page.recommended.plus_minus[at] == pytest.approx(one["plus_minus"])


@pytest.mark.parametrize("factors", [draws, lambda: toy_factors(n_users=80)], ids=["draws", "one member"])
def test_a_film_has_the_same_plus_minus_for_somebody_new_everywhere(
    home: Path, tmp_path: Path, capsys: Capture, factors: Callable[[], Factors]
) -> None:
    toy_run(home, model := factors())
    ratings = tmp_path / "mine.csv"
    ratings.write_text("movie_id,rating\n2,5\n7,2\n")
    listed = document(capsys, "recommend", "--ratings", str(ratings))["recommendations"]
    movie = listed[0]["movie_id"]
    one = film(listed, movie)
    asked = document(capsys, "suggest", "--ratings", str(ratings), "-n", "12")["suggestions"]
    assert film(asked, movie)["plus_minus"] == pytest.approx(one["plus_minus"], abs=NEAR)
    rows = mftui.open_run().recommend({2: 5, 7: 2})
    assert rows[rows.movie_id == movie].iloc[0].plus_minus == pytest.approx(one["plus_minus"])
    for name, stars in {"2": 5.0, "7": 2.0}.items():
        Profile().rate(Matcher(model), int(name) - 1, stars)
    now = you_list(model, read_profile(Profile(), Matcher(model)), YouChoices())
    at = now.recommended.movies.tolist().index(movie - 1)
    assert now.recommended.plus_minus is not None
    assert now.recommended.plus_minus[at] == pytest.approx(one["plus_minus"])
    assert why_you(model, now, movie - 1, "like").plus_minus == pytest.approx(one["plus_minus"])
    suggested = about(model, now, YouChoices()).suggested
    assert suggested.plus_minus is not None
    assert suggested.plus_minus[suggested.movies.tolist().index(movie - 1)] == pytest.approx(one["plus_minus"])


def test_why_adds_up_as_it_is_printed(home: Path, capsys: Capture) -> None:
    toy_run(home, draws())
    _, out, _ = ask(capsys, "recommend", "3", "--explain", "-n", "5")
    words = " ".join(out.split())
    sums = re.findall(r"everybody ([\d.]+),((?: [a-z ]+[+-][\d.]+,?)+) = ([\d.]+)", words)
    assert len(sums) == 5
    for first, others, total in sums:
        assert round(float(first) + sum(map(float, re.findall(r"[+-][\d.]+", others))), 9) == float(total)
    for line in document(capsys, "recommend", "3", "--explain")["recommendations"]:
        assert sum(line["parts"].values()) == pytest.approx(line["predicted"], abs=1e-5)
        assert sum(one["contribution"] for one in line["because"]) == pytest.approx(line["parts"]["ratings"], abs=1e-5)


def test_evaluate_tells_how_often_the_truth_lay_within(home: Path, capsys: Capture) -> None:
    toy_run(home, draws())
    found = document(capsys, "evaluate")
    assert found["split"]
    coverage = found["uncertainty"]["coverage"]
    assert [one["level"] for one in coverage][-2:] == [0.9, 0.95]
    assert all(0 <= one["covered"] <= 1 for one in coverage)
    _, out, _ = ask(capsys, "evaluate")
    assert "How often the p % interval contains the rating" in out


def test_it_says_on_how_many_of_the_held_out_ratings_a_width_was_measured(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out_errors, "MAX_PAIRS", 60)
    model = draws()
    n = int(model.history.held_out.sum())
    assert n > 60
    assert held_out_errors.measured_on(model) == (60, n)
    assert spread_basis(model) == f"+/- measured on 60 of the {n} ratings held out"
    toy_run(home, model)
    assert document(capsys, "recommend", "3")["uncertainty"] == {"of": "rating", "level": 0.9, "n": 60, "held_out": n}
    assert f"measured on 60 of the {n} ratings held out of training" in ask(capsys, "recommend", "3")[2]


def test_it_says_that_it_was_measured_on_all(home: Path, capsys: Capture) -> None:
    toy_run(home, model := draws())
    n = int(model.history.held_out.sum())
    assert f"measured on the {n} ratings held out of training" in ask(capsys, "recommend", "3")[2]
