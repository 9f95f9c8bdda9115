"""Films that a profile leaves out: not seen, not interested."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from helpers.models import TITLES, toy_factors

from mftui import paths
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import LEFT_OUT, Of, Profile, profiles

MATCHER = Matcher(toy_factors())
TOY_STORY, MATRIX = 0, 2


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def listed(of: Of) -> list[str]:
    return [row.title for row in Profile().rows(of)]


@pytest.mark.parametrize("of", LEFT_OUT)
def test_a_film_is_left_out_once_and_taken_back(of: Of) -> None:
    profile = Profile()
    before = profile.stamp()
    assert profile.leave_out(MATCHER, MATRIX, of).after and not profile.leave_out(MATCHER, MATRIX, of).after
    assert listed(of) == [TITLES[MATRIX]] and profile.rows() == [] and profile.stamp() != before
    assert {name: movies.tolist() for name, movies in zip(LEFT_OUT, profile.left_out(MATCHER), strict=True)} == {
        name: [MATRIX] * (name == of) for name in LEFT_OUT
    }
    assert profile.leave_out(MATCHER, MATRIX, of, back=True).before and listed(of) == []
    assert not profile.leave_out(MATCHER, MATRIX, of, back=True).before


def test_undo_takes_back_ratings_and_films_left_out_in_the_order_in_which_they_were_made() -> None:
    profile = Profile()
    profile.leave_out(MATCHER, MATRIX, "not_seen")
    profile.rate(MATCHER, TOY_STORY, 4.5)
    profile.leave_out(MATCHER, MATRIX, "not_interested")
    profile.leave_out(MATCHER, MATRIX, "not_seen", back=True)
    seen = []
    while change := profile.undo():
        seen.append((change.of, [row.title for row in change.before], [row.title for row in change.after]))
    assert seen == [
        ("not_seen", [], [TITLES[MATRIX]]),
        ("not_interested", [TITLES[MATRIX]], []),
        ("", [TITLES[TOY_STORY]], []),
        ("not_seen", [TITLES[MATRIX]], []),
    ]
    assert not any(map(listed, ("", *LEFT_OUT)))


def test_its_files_are_for_nobody_else_and_no_profiles_of_their_own(home: Path) -> None:
    for of in LEFT_OUT:
        Profile().leave_out(MATCHER, MATRIX, of)
    files = [file for file in paths.ratings_dir().iterdir() if file.suffix == ".csv"]
    assert len(files) == 2 and {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert [profile.name for profile in profiles()] == ["me"]
