"""± by command: lists by the ends of intervals, and what a run's ± is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.members import with_members
from helpers.models import toy_factors, toy_run

from mftui.cli import main
from mftui.engine.model.factors import Factors
from mftui.engine.query.recommend import INTERVAL_STDS

Capture = pytest.CaptureFixture[str]


def draws() -> Factors:
    return with_members(toy_factors(audience=True), noise=0.5)


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

    assert (answer["bound"], answer["ranked_by"]) == (bound, "like")
    assert answer["uncertainty"] == {"of": "draws", "n": 8, "level": 0.8, "stds": pytest.approx(1.2816, abs=1e-4)}
    lines = answer["recommendations"]
    ends = [line["predicted"] + sign * INTERVAL_STDS * line["std"] for line in lines]
    inside = [(end, line) for end, line in zip(ends, lines, strict=True) if 0.5 < line["predicted"] < 5]
    assert [end for end, _ in inside] == sorted((end for end, _ in inside), reverse=True)
    for end, line in inside:
        assert line[bound] == pytest.approx(min(max(end, 0.5), 5), abs=1e-4)


def test_the_table_says_what_its_ends_are(home: Path, capsys: Capture) -> None:
    toy_run(home, draws())
    _, out, err = ask(capsys, "recommend", "3")
    assert "from" in out
    assert "over 8 posterior draws" in err
    assert "80% probability" in err


def test_the_spread_of_members_is_called_no_probability(home: Path, capsys: Capture) -> None:
    toy_run(home, with_members(toy_factors()))
    _, _, err = ask(capsys, "recommend", "3", "--bound", "lower")
    assert "spread of 8 members" in err
    assert "Not a probability interval" in err
    answer = document(capsys, "recommend", "3")
    assert (answer["uncertainty"]["of"], answer["uncertainty"]["level"]) == ("members", None)
    assert document(capsys, "user", "3")["uncertainty"] == answer["uncertainty"]


def test_one_member_has_no_bounds(home: Path, capsys: Capture) -> None:
    toy_run(home, toy_factors())
    code, out, err = ask(capsys, "recommend", "3", "--bound", "upper")
    assert (code, out) == (2, "")
    assert "one member" in err
    assert "bayes" in err
    answer = document(capsys, "recommend", "3")
    assert answer["uncertainty"] is None
    assert answer["recommendations"][0]["lower"] is None


def test_evaluate_tells_how_often_the_truth_lay_within(home: Path, capsys: Capture) -> None:
    toy_run(home, draws())
    found = document(capsys, "evaluate")
    assert found["split"]
    coverage = found["uncertainty"]["coverage"]
    assert [one["level"] for one in coverage][-2:] == [0.9, 0.95]
    assert all(0 <= one["covered"] <= 1 for one in coverage)
    _, out, _ = ask(capsys, "evaluate")
    assert "How often the p % interval contains the rating" in out


def test_evaluate_shows_members_as_members(home: Path, capsys: Capture) -> None:
    toy_run(home, with_members(toy_factors()))
    code, out, err = ask(capsys, "evaluate")
    assert code == 0
    assert "Spread of 8 members" in out
    assert "p % interval" not in out
    assert "It is not an interval" in err
