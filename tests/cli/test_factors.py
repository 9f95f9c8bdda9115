"""`mftui factors`: the axes of a model as JSON and as tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command import call
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def test_json_tells_each_axis_with_its_ends_its_traits_and_its_users(capfd: Capture, home: Path) -> None:
    run = toy_run(home, toy_factors(TITLES * 4))
    answer = call(capfd, "factors", "--json", "-n", "3", "--films", "2").document
    assert (answer["run"], answer["by"], answer["n_axes"]) == (run.id, "taste", 4)
    assert [axis["axis"] for axis in answer["axes"]] == [1, 2, 3]
    first = answer["axes"][0]
    assert first["share"] >= answer["axes"][1]["share"] > 0
    assert len(first["high"]) == len(first["low"]) == 2 and first["high"][0]["title"] in TITLES
    assert {"name", "kind", "n", "r", "low", "high", "sure"} == set(first["traits"][0])
    assert all(trait["low"] <= trait["r"] <= trait["high"] for trait in first["traits"])
    assert len(first["users"]["quantiles"]) == 5


def test_tables_say_the_same_to_people(capfd: Capture, home: Path) -> None:
    toy_run(home, toy_factors(TITLES * 4))
    assert "share" in call(capfd, "factors").out
    one = call(capfd, "factors", "--axis", "2").out
    assert "axis 2" in one and "correlates with" in one and "Users: mean" in one


def test_what_does_not_exist_is_said(capfd: Capture, home: Path) -> None:
    toy_run(home)
    assert call(capfd, "factors", "--axis", "9").code == 2
    assert call(capfd, "factors", "--min-ratings", "999").code == 2
    assert call(capfd, "factors", "--by", "audience").code == 2


def test_titles_cannot_harm_a_terminal(capfd: Capture, home: Path) -> None:
    toy_run(home, toy_factors(HOSTILE))
    answer = call(capfd, "factors", "--axis", "1")
    assert answer.code == 0 and not set(answer.out) & {"\x1b", "\u202e"}
